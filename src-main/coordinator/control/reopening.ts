import { SandboxError } from '../../base/sandbox-error'
import type { Clock, Timer } from '../../env'

/** How a coordinator's member of its group is opened again. Times in ms. */
export interface ReopeningOptions {
  readonly clock: Clock
  /** The pause before the first attempt; it doubles with each that fails, or does not last. */
  readonly pauseMs: number
  readonly maxPauseMs: number
  /** Lets go of the member that failed, and opens it anew. */
  readonly reopen: () => Promise<void>
  /** An attempt failed. */
  readonly onFailure: (error: SandboxError) => void
}

/** Plans attempts to open a member again that ended because the disk was full: there may be space later. */
export class Reopening {
  readonly #options: ReopeningOptions
  #pauseMs = 0
  #timer: Timer | undefined
  #attempt: Promise<void> | undefined
  /** On the monotonic clock: when it came up last; undefined if it did not since it failed first. */
  #reopenedAtMs: number | undefined
  #isClosed = false

  constructor(options: ReopeningOptions) {
    this.#options = options
  }

  /** Whether this failure is the first since all was well. */
  get isFirst(): boolean {
    const { clock, maxPauseMs } = this.#options
    if (this.#pauseMs === 0) return true
    return this.#reopenedAtMs !== undefined && clock.monotonicMs() - this.#reopenedAtMs > 2 * maxPauseMs
  }

  /** Tries after a pause, once: an attempt that fails is told, and planned anew by whoever is told. */
  plan(): void {
    if (this.#isClosed) return
    const { clock, pauseMs, maxPauseMs } = this.#options
    this.#pauseMs = this.isFirst ? pauseMs : Math.min(maxPauseMs, this.#pauseMs * 2)
    this.#reopenedAtMs = undefined
    this.#timer?.cancel()
    this.#timer = clock.setTimer(this.#pauseMs, () => {
      this.#timer = undefined
      this.#attempt = this.#try()
    })
  }

  /** Begins nothing more. Twice is harmless. */
  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
  }

  /** Resolves when no attempt is under way. */
  idle(): Promise<void> {
    return this.#attempt ?? Promise.resolve()
  }

  /** Never rejects. */
  async #try(): Promise<void> {
    const { clock, reopen, onFailure } = this.#options
    try {
      await reopen()
      // It may have failed again already.
      if (this.#timer === undefined) this.#reopenedAtMs = clock.monotonicMs()
    } catch (thrown) {
      onFailure(SandboxError.from(thrown))
    }
  }
}
