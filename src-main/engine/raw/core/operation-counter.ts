/** Counts calls under way, so that closing can wait for their end: a native handle must never be freed under a call. */
export class OperationCounter {
  #underWay = 0
  #waiting: Array<() => void> = []

  get underWay(): number {
    return this.#underWay
  }

  /** A call begins. Followed by {@link leave} in a `finally`; the pair costs the hot paths less than {@link run}. */
  enter(): void {
    this.#underWay += 1
  }

  /** A call has ended. */
  leave(): void {
    this.#underWay -= 1
    if (this.#underWay === 0) this.#wake()
  }

  /** Runs a call and counts it until it settles. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    this.enter()
    try {
      return await call()
    } finally {
      this.leave()
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
