import { SandboxError } from '../../base/sandbox-error'
import type { TimestampProvider } from '../../engine/timestamp-provider'
import type { Clock } from '../../env/clock'
import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { TimestampSource } from './timestamp-source'
import { describeFailure, LOGICAL_BITS } from './timestamp-source'

/** How timestamps are kept in advance. */
export interface TimestampProviderOptions {
  readonly source: TimestampSource
  readonly clock: Clock
  /** Timestamps asked for at a time. Default 4,096. */
  readonly batchSize?: number
  /** Ms after which what is left of a batch is dropped, so that timestamps stay close to wall time. Default 5,000. */
  readonly maxAgeMs?: number
  /** Ms that a caller waits for a timestamp before it is refused. Default 3,000. */
  readonly timeoutMs?: number
  /** Ms between two attempts after a failure. Default 100. */
  readonly retryPauseMs?: number
}

/** What a provider has done since it was made (debug.proto, TsProviderMetrics). */
export interface TimestampProviderMetrics {
  /** Timestamps handed out. */
  readonly handedOut: number
  /** Callers that got none. */
  readonly refused: number
  /** Batches fetched. */
  readonly fetched: number
  /** Attempts to fetch that failed. */
  readonly fetchFailures: number
  /** Batches dropped because they were too old or overtaken. */
  readonly dropped: number
  /** Timestamps at hand. */
  readonly available: number
  /** The physical part of the last timestamp handed out, ms since the TSO's origin; 0 before the first. */
  readonly lastPhysicalMs: number
}

interface Batch {
  next: bigint
  readonly end: bigint
  /** Handing out this one is the sign to fetch the following batch. */
  readonly half: bigint
  readonly staleAtMs: number
}

/**
 * Timestamps from the coordinators, a batch at a time (dingodb.md 3.9 stage 7, TsProvider). The following batch is fetched
 * when half of one is used; there are never two fetches at once, and none without a caller.
 */
export class CoordinatorTimestampProvider implements TimestampProvider {
  readonly #source: TimestampSource
  readonly #clock: Clock
  readonly #batchSize: number
  readonly #maxAgeMs: number
  readonly #timeoutMs: number
  readonly #retryPauseMs: number
  readonly #closing = new AbortController()
  #current: Batch | undefined
  #following: Batch | undefined
  /** The fetch under way; never rejects, answers what it failed with. */
  #fetching: Promise<unknown> | undefined
  #last = 0n
  #handedOut = 0
  #refused = 0
  #fetched = 0
  #fetchFailures = 0
  #dropped = 0

  constructor(options: TimestampProviderOptions) {
    this.#source = options.source
    this.#clock = options.clock
    this.#batchSize = options.batchSize ?? 4096
    this.#maxAgeMs = options.maxAgeMs ?? 5000
    this.#timeoutMs = options.timeoutMs ?? 3000
    this.#retryPauseMs = options.retryPauseMs ?? 100
  }

  next(after: bigint): bigint | Promise<bigint> {
    const ts = this.#take(after)
    return ts ?? this.#waitFor(after)
  }

  metrics(): TimestampProviderMetrics {
    return {
      handedOut: this.#handedOut,
      refused: this.#refused,
      fetched: this.#fetched,
      fetchFailures: this.#fetchFailures,
      dropped: this.#dropped,
      available: left(this.#current) + left(this.#following),
      lastPhysicalMs: Number(this.#last >> LOGICAL_BITS),
    }
  }

  /** Gives up the fetch under way and refuses all who wait. Twice is harmless. */
  close(): void {
    this.#closing.abort()
    this.#current = undefined
    this.#following = undefined
  }

  /** A timestamp of the batches at hand; undefined if none of them has one. */
  #take(after: bigint): bigint | undefined {
    const floor = after > this.#last ? after : this.#last
    const nowMs = this.#clock.monotonicMs()
    for (let batch = this.#current; batch !== undefined; batch = this.#current) {
      const isSpent = batch.next === batch.end
      if (!isSpent && nowMs < batch.staleAtMs) {
        const ts = batch.next > floor ? batch.next : floor + 1n
        if (ts < batch.end) return this.#handOut(batch, ts)
        // Beyond this batch. It is kept for the other regions unless there is a better one: one region that is ahead of
        // the oracle must not cost all others theirs.
        if (this.#following === undefined || this.#following.end <= floor + 1n) return undefined
      }
      if (!isSpent) this.#dropped++
      this.#current = this.#following
      this.#following = undefined
    }
    return undefined
  }

  #handOut(batch: Batch, ts: bigint): bigint {
    batch.next = ts + 1n
    this.#last = ts
    this.#handedOut++
    if (ts >= batch.half && this.#following === undefined && this.#fetching === undefined) void this.#startFetch()
    return ts
  }

  async #waitFor(after: bigint): Promise<bigint> {
    const deadlineMs = this.#clock.monotonicMs() + this.#timeoutMs
    let failure: unknown
    while (!this.#closing.signal.aborted) {
      const handedOutBefore = this.#handedOut
      failure = await (this.#fetching ?? this.#startFetch())
      const ts = this.#take(after)
      if (ts !== undefined) return ts
      const leftMs = deadlineMs - this.#clock.monotonicMs()
      if (leftMs <= 0) break
      // If those who waited before have used the batch up, the next is fetched at once. Else the fetch failed, or the oracle
      // is behind what the region has applied: only time helps.
      if (this.#handedOut === handedOutBefore) await this.#pause(Math.min(this.#retryPauseMs, leftMs))
    }
    this.#refused++
    throw this.#unavailable(after, failure)
  }

  #startFetch(): Promise<unknown> {
    // It is over before any waiter goes on: one of them may have to start the next.
    const fetching = this.#fetch().then(
      () => {
        this.#fetching = undefined
        return undefined
      },
      (thrown: unknown) => {
        this.#fetching = undefined
        this.#fetchFailures++
        return thrown ?? new SandboxError('INTERNAL', 'A source of timestamps failed without a reason.')
      },
    )
    this.#fetching = fetching
    return fetching
  }

  async #fetch(): Promise<void> {
    const startedMs = this.#clock.monotonicMs()
    const { signal } = this.#closing
    const { first, count } = await this.#source.fetch(this.#batchSize, { timeoutMs: this.#timeoutMs, signal })
    if (signal.aborted) return
    this.#fetched++
    const end = first + BigInt(count)
    const batch = { next: first, end, half: first + BigInt(count >> 1), staleAtMs: startedMs + this.#maxAgeMs }
    if (this.#current === undefined) this.#current = batch
    else this.#following = batch
  }

  async #pause(delayMs: number): Promise<void> {
    try {
      await this.#clock.sleep(delayMs, this.#closing.signal)
    } catch (thrown) {
      // Closed: the loop that paused finds that out by itself.
      if (!SandboxError.is(thrown, 'CANCELLED')) throw thrown
    }
  }

  #unavailable(after: bigint, failure: unknown): SandboxError {
    const reason = this.#closing.signal.aborted
      ? 'the store is stopping'
      : failure === undefined
        ? `what the coordinators hand out is not above ${String(after)}, which the region has applied already`
        : describeFailure(failure)
    const message = `No timestamp came from the coordinators within ${String(this.#timeoutMs)} ms (${reason}): see that they have a leader, then retry.`
    return dingoError(Errno.ETSO_NOT_AVAILABLE, message, { cause: failure })
  }
}

function left(batch: Batch | undefined): number {
  return batch === undefined ? 0 : Number(batch.end - batch.next)
}
