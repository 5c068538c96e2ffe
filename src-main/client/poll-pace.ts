import type { Deadline } from './deadline'

const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 250

/** The pauses between looks at something that changes by itself: short at first, then longer, up to the deadline. */
export class PollPace {
  readonly #deadline: Deadline
  readonly #what: string
  #pauseMs = FIRST_PAUSE_MS

  /** @param what names the wait in the error when it was in vain */
  constructor(deadline: Deadline, what: string) {
    this.#deadline = deadline
    this.#what = what
  }

  /**
   * @param obstacle what holds it up, told by the error when the wait was in vain
   * @throws SandboxError CLIENT_TIMED_OUT, CANCELLED
   */
  async pause(obstacle?: unknown): Promise<void> {
    await this.#deadline.pause(this.#pauseMs, obstacle, this.#what)
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 1.5)
  }
}
