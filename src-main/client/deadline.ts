import { SandboxError } from '../base/sandbox-error'
import type { Clock, Timer } from '../env'

/** How long an operation of the client may take, and who may give it up. */
export interface OperationOptions {
  /** Ms for the whole operation, retries included. Default: the client's, 10,000. */
  readonly timeoutMs?: number | undefined
  /** Gives the operation up: CANCELLED. */
  readonly signal?: AbortSignal | undefined
  /** The operation is followed over the nodes: its calls carry this id. */
  readonly traceId?: string | undefined
}

/** The moment at which one operation of the client ends, however many calls it is made of. */
export class Deadline {
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  readonly traceId: string | undefined
  readonly #clock: Clock
  readonly #endsAtMs: number

  constructor(clock: Clock, timeoutMs: number, { signal, traceId }: Omit<OperationOptions, 'timeoutMs'> = {}) {
    this.#clock = clock
    this.timeoutMs = timeoutMs
    this.signal = signal
    this.traceId = traceId
    this.#endsAtMs = clock.monotonicMs() + timeoutMs
  }

  /** Ms that are left; 0 when it has passed. */
  get remainingMs(): number {
    return Math.max(0, this.#endsAtMs - this.#clock.monotonicMs())
  }

  /** The options of a single call that must end with the operation, or sooner. */
  callOptions(atMostMs = Infinity): Required<OperationOptions> {
    const { signal, traceId } = this
    return { timeoutMs: Math.max(1, Math.min(atMostMs, this.remainingMs)), signal, traceId }
  }

  /** Calls back after so many ms of the client's clock. */
  after(delayMs: number, callback: () => void): Timer {
    return this.#clock.setTimer(delayMs, callback)
  }

  /**
   * Waits, but not beyond the deadline.
   *
   * @param lastFailure what the operation will have ended with, if the deadline passes
   * @throws SandboxError CANCELLED, CLIENT_TIMED_OUT when nothing is left after the wait
   */
  async pause(delayMs: number, lastFailure: unknown, what: string): Promise<void> {
    const remainingMs = this.remainingMs
    if (delayMs >= remainingMs) throw this.timedOut(lastFailure, what)
    await this.#clock.sleep(delayMs, this.signal)
  }

  timedOut(lastFailure: unknown, what: string): SandboxError {
    const reason = lastFailure instanceof Error ? ` The last answer was: ${lastFailure.message}` : ''
    return new SandboxError(
      'CLIENT_TIMED_OUT',
      `${what} did not succeed within ${String(this.timeoutMs)} ms.${reason}`,
      {
        details: { timeoutMs: this.timeoutMs },
        cause: lastFailure,
      },
    )
  }
}
