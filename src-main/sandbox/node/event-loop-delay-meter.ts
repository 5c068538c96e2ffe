import type { Clock, Timer } from '../../env'
import type { EventLoopDelay } from './node-status'

/** One look a second: often enough to meet a thread that is held up, seldom enough to cost nothing. */
const PERIOD_MS = 1000
const KEPT_LOOKS = 20

/** Measures how late this thread runs what is due: what a person feels as slowness, and Raft as a slow node. */
export class EventLoopDelayMeter {
  readonly #clock: Clock
  readonly #delaysMs = new Float64Array(KEPT_LOOKS)
  #looks = 0
  #dueMs = 0
  #timer: Timer | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  start(): void {
    this.#dueMs = this.#clock.monotonicMs() + PERIOD_MS
    this.#timer = this.#clock.setTimer(PERIOD_MS, () => {
      this.#delaysMs[this.#looks++ % KEPT_LOOKS] = Math.max(0, this.#clock.monotonicMs() - this.#dueMs)
      this.start()
    })
  }

  /** Twice is harmless. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** Over the last 5 seconds; zeros before the first look. */
  read(): EventLoopDelay {
    const delaysMs = this.#delaysMs.subarray(0, Math.min(this.#looks, KEPT_LOOKS))
    if (delaysMs.length === 0) return { meanMs: 0, maxMs: 0 }
    return {
      meanMs: delaysMs.reduce((sum, delayMs) => sum + delayMs, 0) / delaysMs.length,
      maxMs: Math.max(...delaysMs),
    }
  }
}
