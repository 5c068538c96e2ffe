import type { Clock, Timer } from '../../src-main/env'

interface Waiting {
  dueMs: number
  readonly periodMs: number | undefined
  readonly callback: () => void
  real: Timer | undefined
}

/** Real time that can be made to leap, so that a test need not wait for what a minute would bring about. */
export class SkippingClock implements Clock {
  readonly #clock: Clock
  readonly #waiting = new Set<Waiting>()
  #skippedMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Time leaps: timers that are due by then run soon. */
  skip(ms: number): void {
    this.#skippedMs += ms
    for (const waiting of this.#waiting) {
      waiting.real?.cancel()
      this.#arm(waiting)
    }
  }

  wallTimeMs(): number {
    return this.#clock.wallTimeMs()
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs() + this.#skippedMs
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    return this.#set(delayMs, undefined, callback)
  }

  setRepeatingTimer(periodMs: number, callback: () => void): Timer {
    return this.#set(periodMs, periodMs, callback)
  }

  atEndOfTurn(callback: () => void): void {
    this.#clock.atEndOfTurn(callback)
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.sleep(delayMs, signal)
  }

  #set(delayMs: number, periodMs: number | undefined, callback: () => void): Timer {
    const waiting: Waiting = { dueMs: this.monotonicMs() + delayMs, periodMs, callback, real: undefined }
    this.#waiting.add(waiting)
    this.#arm(waiting)
    return {
      cancel: () => {
        this.#waiting.delete(waiting)
        waiting.real?.cancel()
      },
    }
  }

  #arm(waiting: Waiting): void {
    waiting.real = this.#clock.setTimer(Math.max(0, waiting.dueMs - this.monotonicMs()), () => {
      if (waiting.periodMs === undefined) this.#waiting.delete(waiting)
      else {
        waiting.dueMs = Math.max(waiting.dueMs + waiting.periodMs, this.monotonicMs())
        this.#arm(waiting)
      }
      waiting.callback()
    })
  }
}
