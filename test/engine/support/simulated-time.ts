import type { SimulatedClock } from '../../../src-main/env/simulated'

/** More than any election, or the resending of anything, takes. */
const SETTLE_MS = 60_000

/** Lets virtual time pass for everybody who waits for something, with one driver at a time. */
export class SimulatedTime {
  readonly #clock: SimulatedClock
  readonly #waiting = new Set<() => boolean>()
  #driving: Promise<void> | undefined

  constructor(clock: SimulatedClock) {
    this.#clock = clock
  }

  async settle<T>(work: Promise<T>): Promise<T> {
    let isSettled = false
    const settled = () => {
      isSettled = true
    }
    work.then(settled, settled)
    await this.until(() => isSettled)
    return work
  }

  async until(condition: () => boolean): Promise<void> {
    this.#waiting.add(condition)
    while (!condition()) {
      this.#driving ??= this.#drive().finally(() => {
        this.#driving = undefined
      })
      await this.#driving
    }
    this.#waiting.delete(condition)
  }

  async advance(ms: number): Promise<void> {
    const end = this.#clock.monotonicMs() + ms
    let isOver = false
    this.#clock.setTimer(ms, () => {
      isOver = true
    })
    await this.until(() => isOver || this.#clock.monotonicMs() >= end)
  }

  /** Until something that is waited for has come true. */
  async #drive(): Promise<void> {
    const isDone = () => [...this.#waiting].some((condition) => condition())
    if (!(await this.#clock.runUntil(isDone, { timeMs: SETTLE_MS }))) throw new Error('It does not come to an end.')
  }
}
