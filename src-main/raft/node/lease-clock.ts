import type { Clock } from '../../env'
import { TICKS_LOST_TO_ROUNDING } from '../core/protocol/lease'

/**
 * The part of a promise that no lease counts on: for clocks that drift apart, real ones by a ten-thousandth or so, and for
 * what {@link LeaseClock} takes for roundings.
 */
const MARGIN = 0.1
/** Both clocks are read one after the other, one of them in whole ms: what differs by less is no jump. */
const SMALLEST_JUMP_MS = 20

/**
 * How long a lease lasts where voters count election timeouts of so many ticks, in ms; 0 if they are too short for one.
 * A voter's promise may be short of two ticks: one had begun when it was given, and a tick may be late and the next on time.
 */
export function leaseLengthMs(electionTicks: number, tickMs: number): number {
  return Math.max(0, Math.floor((electionTicks - TICKS_LOST_TO_ROUNDING) * tickMs * (1 - MARGIN)))
}

/**
 * The time by which a leader counts its lease. It goes on while the process stands still, and while the machine sleeps, which
 * the monotonic clock of some systems does not count: where the wall clock runs ahead of it, so does this one. It never goes
 * back. That somebody has only set the wall clock cannot be told from sleep: forward it costs a lease. What no clock here can see is a
 * machine whose clocks are both stopped, as those of a virtual machine that is moved, and sleep for which the wall clock was
 * set back by as much.
 */
export class LeaseClock {
  readonly #clock: Pick<Clock, 'monotonicMs' | 'wallTimeMs'>
  readonly #originMs: number
  /** By how much the wall clock was ahead of the monotonic one when they were last found apart. */
  #leadMs: number
  #skippedMs = 0

  constructor(clock: Pick<Clock, 'monotonicMs' | 'wallTimeMs'>) {
    this.#clock = clock
    this.#originMs = clock.monotonicMs()
    this.#leadMs = clock.wallTimeMs() - this.#originMs
  }

  /** Whole ms from 1 on. */
  nowMs(): number {
    const monotonicMs = this.#clock.monotonicMs()
    const leadMs = this.#clock.wallTimeMs() - monotonicMs
    const jumpMs = leadMs - this.#leadMs
    if (Math.abs(jumpMs) >= SMALLEST_JUMP_MS) {
      this.#leadMs = leadMs
      if (jumpMs > 0) this.#skippedMs += jumpMs
    }
    return 1 + Math.floor(monotonicMs - this.#originMs + this.#skippedMs)
  }
}
