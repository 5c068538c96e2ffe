/** Counts calls under way, so that closing can wait for their end: a native handle must never be freed under a call. */
export class OperationCounter {
  #underWay = 0
  #waiting: Array<() => void> = []

  get underWay(): number {
    return this.#underWay
  }

  /** Runs a call and counts it until it settles. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    this.#underWay++
    try {
      return await call()
    } finally {
      if (--this.#underWay === 0) this.#wake()
    }
  }

  /** Resolves once no call is under way. */
  async idle(): Promise<void> {
    while (this.#underWay > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
