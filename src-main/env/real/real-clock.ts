import { performance } from 'node:perf_hooks'
import type { Clock, Timer } from '../clock'
import { checkDelay, checkPeriod } from '../delay'
import { sleepOn } from '../sleep'

/** Node fires longer timers at once instead of late, so they are set in pieces. */
const LONGEST_PIECE_MS = 2 ** 31 - 1

/** The time of the machine. Timers keep the process alive until they ran or were cancelled. */
export class RealClock implements Clock {
  wallTimeMs(): number {
    return Date.now()
  }

  monotonicMs(): number {
    return performance.now()
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    checkDelay(delayMs)
    return new RealTimer(delayMs, callback, undefined)
  }

  setRepeatingTimer(periodMs: number, callback: () => void): Timer {
    checkPeriod(periodMs)
    return new RealTimer(periodMs, callback, periodMs)
  }

  atEndOfTurn(callback: () => void): void {
    setImmediate(callback)
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal)
  }
}

class RealTimer implements Timer {
  readonly #callback: () => void
  readonly #periodMs: number | undefined
  #dueMs: number
  #handle: NodeJS.Timeout | undefined

  constructor(delayMs: number, callback: () => void, periodMs: number | undefined) {
    this.#callback = callback
    this.#periodMs = periodMs
    this.#dueMs = performance.now() + delayMs
    this.#arm(delayMs)
  }

  cancel(): void {
    clearTimeout(this.#handle)
    this.#handle = undefined
  }

  #arm(remainingMs: number): void {
    this.#handle = setTimeout(
      () => {
        this.#fire()
      },
      Math.min(Math.ceil(remainingMs), LONGEST_PIECE_MS),
    )
  }

  #fire(): void {
    const nowMs = performance.now()
    // Node counts in whole ms from the start of its loop's turn and can be early by a part of one.
    if (nowMs < this.#dueMs) {
      this.#arm(this.#dueMs - nowMs)
      return
    }
    this.#handle = undefined
    if (this.#periodMs !== undefined) {
      const onTimeMs = this.#dueMs + this.#periodMs
      this.#dueMs = onTimeMs > nowMs ? onTimeMs : nowMs + this.#periodMs
      this.#arm(this.#dueMs - nowMs)
    }
    this.#callback()
  }
}
