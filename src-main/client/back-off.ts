import type { Random } from '../env'

const FIRST_PAUSE_MS = 10
const LONGEST_PAUSE_MS = 500

/**
 * The pauses between the tries of one operation: each twice as long as the one before, up to a bound, and shortened by up
 * to half at random, so that clients that failed together do not come back together.
 */
export class BackOff {
  readonly #random: Random
  #nextMs = FIRST_PAUSE_MS

  constructor(random: Random) {
    this.#random = random
  }

  /** Ms to wait before the next try. */
  nextPauseMs(): number {
    const pauseMs = this.#nextMs
    this.#nextMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)
    return pauseMs * (1 - this.#random.fraction() / 2)
  }
}
