import { performance } from 'node:perf_hooks'

/** Finds the longest stretch of this thread in which nothing else could run, from its making until it is stopped. */
export class ThreadStretches {
  #longestMs = 0
  #lastMs = performance.now()
  #isStopped = false

  constructor() {
    const turn = (): void => {
      this.#look()
      if (!this.#isStopped) setImmediate(turn)
    }
    setImmediate(turn)
  }

  /** @returns the longest stretch in ms */
  stop(): number {
    this.#look()
    this.#isStopped = true
    return this.#longestMs
  }

  #look(): void {
    const nowMs = performance.now()
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs)
    this.#lastMs = nowMs
  }
}
