/**
 * What a node does passes here: while the gate is closed it waits, in its order. A node that is paused so takes no call or
 * message, makes and sends none, and does not notice that time goes on, as if its processor stood still, whatever else runs
 * in its thread.
 */
export class PauseGate {
  readonly #waiting: Array<() => void> = []
  #isClosed = false
  #isOpening = false

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Lets nothing pass from now on. Twice is harmless. */
  close(): void {
    this.#isClosed = true
  }

  /**
   * Lets what waits pass, within this call, and then everything; called by what waits, it leaves that to the call under way.
   * Twice is harmless. An error of one piece of work escapes by itself, later, and keeps none of the others back.
   */
  open(): void {
    if (this.#isOpening) return
    this.#isOpening = true
    // What comes meanwhile must not overtake what waits: it is added and taken in turn, and the gate opens behind the last.
    for (const work of this.#waiting) {
      try {
        work()
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
    this.#waiting.length = 0
    this.#isClosed = false
    this.#isOpening = false
  }

  /** Does the work now, or when the gate opens. */
  pass(work: () => void): void {
    if (this.#isClosed) this.#waiting.push(work)
    else work()
  }

  /** Resolves when the gate is open; undefined if it is. */
  opened(): Promise<void> | undefined {
    if (!this.#isClosed) return undefined
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }
}
