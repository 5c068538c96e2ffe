import type { Clock, Timer } from '../../env'

/** What a {@link Ticker} ticks. */
export interface TickerGroups {
  /** One tick has passed; see {@link RawNode.tick} for its number. */
  tick(tickNumber: number): void
  /** After how many ticks the first of the groups must not be late, at least 1. Asked right after a tick. */
  ticksUntilUrgent(): number
}

/**
 * Counts the ticks of all groups of a node with one timer. An idle node wakes up only at the ticks at which leaders send heartbeats.
 * Those between are made up for then, or before anything that comes in earlier is looked at, unless one of them is urgent:
 * so no group can tell that they were late.
 */
export class Ticker {
  readonly #clock: Clock
  readonly #tickMs: number
  readonly #heartbeatTicks: number
  readonly #groups: TickerGroups
  #tickNumber = 0
  /** When the next tick is due, in ms of the monotonic clock. */
  #dueMs: number
  /** The tick for which the timer is set. */
  #wakesAtTick = 0
  #timer: Timer | undefined

  constructor(clock: Clock, tickMs: number, heartbeatTicks: number, groups: TickerGroups) {
    this.#clock = clock
    this.#tickMs = tickMs
    this.#heartbeatTicks = heartbeatTicks
    this.#groups = groups
    this.#dueMs = clock.monotonicMs() + tickMs
    this.#plan()
  }

  /** Makes up for ticks that are over: to be called before what came in is looked at. */
  catchUp(): void {
    if (this.#wakesAtTick - this.#tickNumber <= 1) return
    const nowMs = this.#clock.monotonicMs()
    // The last one is the timer's, which tells whether it was late.
    while (this.#tickNumber < this.#wakesAtTick - 1 && this.#dueMs <= nowMs) this.#tick()
  }

  /** Twice is harmless. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #plan(): void {
    const untilHeartbeat = this.#heartbeatTicks - (this.#tickNumber % this.#heartbeatTicks)
    const ticks = untilHeartbeat === 1 ? 1 : Math.min(untilHeartbeat, this.#groups.ticksUntilUrgent())
    this.#wakesAtTick = this.#tickNumber + ticks
    const wakesAtMs = this.#dueMs + (ticks - 1) * this.#tickMs
    this.#timer = this.#clock.setTimer(Math.max(0, wakesAtMs - this.#clock.monotonicMs()), () => {
      while (this.#tickNumber < this.#wakesAtTick) this.#tick()
      // What a process missed that stood still is not made up for: it could not have heard of a leader meanwhile.
      const nowMs = this.#clock.monotonicMs()
      if (this.#dueMs <= nowMs) this.#dueMs = nowMs + this.#tickMs
      this.#plan()
    })
  }

  #tick(): void {
    this.#tickNumber += 1
    this.#dueMs += this.#tickMs
    this.#groups.tick(this.#tickNumber)
  }
}
