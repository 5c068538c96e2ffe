import type { Clock, Timer } from '../../env'
import type { EventLoopDelay } from './node-status'

/** While somebody asks: often enough to meet a thread that is held up. */
const PERIOD_MS = 1_000
/** While nobody does: each look wakes up a thread that may have nothing else to do. */
const UNASKED_PERIOD_MS = 5_000
/** For so long after a question somebody is taken to ask. */
const ASKED_MS = 10_000
const KEPT_LOOKS = 5

/** Measures how late this thread runs what is due: what a person feels as slowness, and Raft as a slow node. */
export class EventLoopDelayMeter {
  readonly #clock: Clock
  readonly #delaysMs = new Float64Array(KEPT_LOOKS)
  #looks = 0
  #askedAtMs = -Infinity
  #dueMs = 0
  #timer: Timer | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  start(): void {
    const nowMs = this.#clock.monotonicMs()
    const periodMs = nowMs - this.#askedAtMs < ASKED_MS ? PERIOD_MS : UNASKED_PERIOD_MS
    this.#dueMs = nowMs + periodMs
    this.#timer = this.#clock.setTimer(periodMs, () => {
      this.#delaysMs[this.#looks++ % KEPT_LOOKS] = Math.max(0, this.#clock.monotonicMs() - this.#dueMs)
      this.start()
    })
  }

  /** Twice is harmless. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** Over the last five looks: five seconds for who goes on asking, longer for the first one who asks. Zeros before the first look. */
  read(): EventLoopDelay {
    this.#askedAtMs = this.#clock.monotonicMs()
    const delaysMs = this.#delaysMs.subarray(0, Math.min(this.#looks, KEPT_LOOKS))
    if (delaysMs.length === 0) return { meanMs: 0, maxMs: 0 }
    return {
      meanMs: delaysMs.reduce((sum, delayMs) => sum + delayMs, 0) / delaysMs.length,
      maxMs: Math.max(...delaysMs),
    }
  }
}
