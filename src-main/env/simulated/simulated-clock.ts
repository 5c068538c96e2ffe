import { assert } from '../../base/assert'
import type { Clock, Timer } from '../clock'
import { checkDelay, checkPeriod } from '../delay'
import { sleepOn } from '../sleep'
import { EventHeap, SimulatedEvent } from './event-heap'

/** The wall time at which a simulation starts unless told otherwise: 2026-01-01T00:00:00Z. */
export const DEFAULT_EPOCH_MS = 1_767_225_600_000

/** How far {@link SimulatedClock.runUntil} may go. */
export interface RunLimit {
  /** At most so many ms of simulated time. Default: no limit. */
  readonly timeMs?: number
  /** At most so many events. Default: no limit. */
  readonly events?: number
}

/**
 * Time that moves only when told: it jumps from one pending event to the next. Events of the same moment run in the
 * order in which they were scheduled. Time is counted in whole microseconds; delays are rounded up to them, so that no
 * timer is early and no delay above 0 is swallowed.
 *
 * What a timer's callback throws reaches whoever drives the clock.
 */
export class SimulatedClock implements Clock {
  readonly #heap = new EventHeap()
  /** The wall time, in ms since 1970-01-01 UTC, at which simulated time started. */
  readonly epochMs: number
  #nowUs = 0
  #nextSequence = 0
  #firing = false
  #driven = false

  /** @param options `epochMs`: the wall time, in ms since 1970-01-01 UTC, at which simulated time starts */
  constructor(options: { readonly epochMs?: number } = {}) {
    this.epochMs = options.epochMs ?? DEFAULT_EPOCH_MS
  }

  wallTimeMs(): number {
    return Math.floor(this.epochMs + this.#nowUs / 1000)
  }

  monotonicMs(): number {
    return this.#nowUs / 1000
  }

  /** Simulated time since its start, in whole microseconds. */
  get nowUs(): number {
    return this.#nowUs
  }

  /** How many events wait for their moment. */
  get pendingCount(): number {
    return this.#heap.size
  }

  /** When the next event is due, on the scale of {@link monotonicMs}; undefined when none is pending. */
  get nextEventMs(): number | undefined {
    const next = this.#heap.peek()
    return next === undefined ? undefined : next.dueUs / 1000
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    checkDelay(delayMs)
    return new CallbackTimer(this, delayMs, callback)
  }

  setRepeatingTimer(periodMs: number, callback: () => void): Timer {
    checkPeriod(periodMs)
    return new RepeatingTimer(this, periodMs, callback)
  }

  /** Events come one at a time here, so that a turn ends with its event. */
  atEndOfTurn(callback: () => void): void {
    queueMicrotask(callback)
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal)
  }

  /** Schedules an event that is not pending. `delayUs` is a whole number from 0 up. */
  schedule(event: SimulatedEvent, delayUs: number): void {
    assert(event.heapIndex < 0, 'an event is scheduled once at a time')
    event.dueUs = this.#nowUs + delayUs
    event.sequence = this.#nextSequence++
    this.#heap.push(event)
  }

  /** Takes back a scheduled event; harmless when it is not pending. */
  unschedule(event: SimulatedEvent): void {
    this.#heap.remove(event)
  }

  /**
   * Moves time to the next event and runs it; false when none is pending. Promises that the event settles go on only when
   * the caller yields: see {@link settle}.
   */
  step(): boolean {
    assert(!this.#firing, 'an event does not drive the clock that runs it')
    const event = this.#heap.pop()
    if (event === undefined) return false
    this.#nowUs = event.dueUs
    this.#firing = true
    try {
      event.fire()
    } finally {
      this.#firing = false
    }
    return true
  }

  /**
   * Resolves when all code that waits for settled promises has run as far as it can without an event. Code under
   * simulation waits for promises and for its Env only, so nothing else can move it.
   */
  async settle(): Promise<void> {
    // Node empties the queue of promise continuations before it runs a tick that was asked for inside one of them.
    await Promise.resolve()
    await nextTick()
  }

  /**
   * Runs every event of the next `durationMs`, settling before each, and leaves time at the end of it.
   *
   * @returns how many events ran
   * @throws SandboxError INVALID_ARGUMENT for a duration below 0 or without end
   */
  async advance(durationMs: number): Promise<number> {
    checkDelay(durationMs)
    const endUs = this.#nowUs + toMicroseconds(durationMs)
    return this.#drive(async () => {
      let count = 0
      await this.settle()
      while (this.#hasEventUntil(endUs)) {
        this.step()
        count++
        await nextTick()
      }
      this.#nowUs = endUs
      return count
    })
  }

  /**
   * {@link advance} in one go, without letting promises go on in between: for code that works by callbacks alone, where it
   * is several times faster.
   */
  advanceWithoutSettling(durationMs: number): number {
    checkDelay(durationMs)
    const endUs = this.#nowUs + toMicroseconds(durationMs)
    let count = 0
    while (this.#hasEventUntil(endUs)) {
      this.step()
      count++
    }
    this.#nowUs = endUs
    return count
  }

  /**
   * Runs events, settling before each, until the condition holds.
   *
   * @returns false when the limit was reached or nothing was left to run before the condition held; after a limit of time
   * the clock stands at it
   */
  async runUntil(condition: () => boolean, limit: RunLimit = {}): Promise<boolean> {
    if (limit.timeMs !== undefined) checkDelay(limit.timeMs)
    const endUs = limit.timeMs === undefined ? Infinity : this.#nowUs + toMicroseconds(limit.timeMs)
    let eventsLeft = limit.events ?? Infinity
    return this.#drive(async () => {
      await this.settle()
      while (!condition()) {
        if (this.#heap.size === 0 || eventsLeft-- <= 0) return false
        if (!this.#hasEventUntil(endUs)) {
          this.#nowUs = endUs
          return false
        }
        this.step()
        await nextTick()
      }
      return true
    })
  }

  #hasEventUntil(endUs: number): boolean {
    const next = this.#heap.peek()
    return next !== undefined && next.dueUs <= endUs
  }

  /** Two drivers at once would each find the time moved behind its back. */
  async #drive<T>(run: () => Promise<T>): Promise<T> {
    assert(!this.#driven && !this.#firing, 'a simulated clock has one driver at a time')
    this.#driven = true
    try {
      return await run()
    } finally {
      this.#driven = false
    }
  }
}

/** Ms as whole microseconds, rounded up; the tolerance keeps 1.1 ms from becoming 1101 µs by the error of the product. */
export function toMicroseconds(ms: number): number {
  return ms > 0 ? Math.max(1, Math.ceil(ms * 1000 - 1e-6)) : 0
}

function nextTick(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve)
  })
}

class CallbackTimer extends SimulatedEvent implements Timer {
  readonly #clock: SimulatedClock
  readonly #callback: () => void

  constructor(clock: SimulatedClock, delayMs: number, callback: () => void) {
    super()
    this.#clock = clock
    this.#callback = callback
    clock.schedule(this, toMicroseconds(delayMs))
  }

  fire(): void {
    this.#callback()
  }

  cancel(): void {
    this.#clock.unschedule(this)
  }
}

class RepeatingTimer extends SimulatedEvent implements Timer {
  readonly #clock: SimulatedClock
  readonly #periodUs: number
  readonly #callback: () => void

  constructor(clock: SimulatedClock, periodMs: number, callback: () => void) {
    super()
    this.#clock = clock
    this.#periodUs = toMicroseconds(periodMs)
    this.#callback = callback
    clock.schedule(this, this.#periodUs)
  }

  fire(): void {
    this.#clock.schedule(this, this.#periodUs)
    this.#callback()
  }

  cancel(): void {
    this.#clock.unschedule(this)
  }
}
