import type { Clock, Timer } from './clock'
import { checkDelay, checkPeriod } from './delay'
import { sleepOn } from './sleep'

/** A clock that can be made to stand still. */
export interface Freezer {
  readonly isFrozen: boolean
  /** Stands still from now on. Twice is harmless. */
  freeze(): void
  /** Goes on. Twice is harmless. */
  thaw(): void
}

interface Waiting {
  /** On the frozen clock's own time. */
  dueMs: number
  readonly callback: () => void
  readonly periodMs: number | undefined
  real: Timer | undefined
}

/**
 * A clock that can be made to stand still: its monotonic time does not go on and its timers do not run, so that no election
 * starts and nothing times out while a person reads. When it goes on, every timer has as much time left as it had. Wall
 * time flows on: it is for show, and for what other machines compare with their own.
 */
export class FreezableClock implements Clock, Freezer {
  readonly #clock: Clock
  readonly #timers = new Set<Waiting>()
  /** How long it stood still so far, in ms. */
  #stoodMs = 0
  /** Real monotonic time at which it was frozen; undefined while it goes. */
  #frozenAtMs: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isFrozen(): boolean {
    return this.#frozenAtMs !== undefined
  }

  freeze(): void {
    if (this.isFrozen) return
    this.#frozenAtMs = this.#clock.monotonicMs()
    for (const timer of this.#timers) timer.real?.cancel()
  }

  thaw(): void {
    if (this.#frozenAtMs === undefined) return
    this.#stoodMs += this.#clock.monotonicMs() - this.#frozenAtMs
    this.#frozenAtMs = undefined
    for (const timer of this.#timers) this.#arm(timer)
  }

  wallTimeMs(): number {
    return this.#clock.wallTimeMs()
  }

  monotonicMs(): number {
    return (this.#frozenAtMs ?? this.#clock.monotonicMs()) - this.#stoodMs
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    checkDelay(delayMs)
    return this.#set(delayMs, undefined, callback)
  }

  setRepeatingTimer(periodMs: number, callback: () => void): Timer {
    checkPeriod(periodMs)
    return this.#set(periodMs, periodMs, callback)
  }

  atEndOfTurn(callback: () => void): void {
    this.#clock.atEndOfTurn(callback)
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal)
  }

  #set(delayMs: number, periodMs: number | undefined, callback: () => void): Timer {
    const waiting: Waiting = { dueMs: this.monotonicMs() + delayMs, callback, periodMs, real: undefined }
    this.#timers.add(waiting)
    if (!this.isFrozen) this.#arm(waiting)
    return {
      cancel: () => {
        this.#timers.delete(waiting)
        waiting.real?.cancel()
      },
    }
  }

  #arm(waiting: Waiting): void {
    const delayMs = Math.max(0, waiting.dueMs - this.monotonicMs())
    waiting.real = this.#clock.setTimer(delayMs, () => {
      this.#run(waiting)
    })
  }

  #run(waiting: Waiting): void {
    if (waiting.periodMs === undefined) this.#timers.delete(waiting)
    else {
      // A late run is not made up for.
      waiting.dueMs = Math.max(waiting.dueMs + waiting.periodMs, this.monotonicMs())
      this.#arm(waiting)
    }
    waiting.callback()
  }
}
