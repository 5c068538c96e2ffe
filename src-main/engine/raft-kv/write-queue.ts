import { assert } from '../../base/assert'
import type { SandboxError } from '../../base/sandbox-error'
import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { givenUp, notLeader } from '../engine-errors'
import type { TimestampProvider } from '../timestamp-provider'
import type { WriteDatum, WriteResult } from '../write-data'
import type { RegionLeadership } from './region-leadership'
import type { WriteContext } from './write-context'

/** What a queue needs of its replica. */
export interface WriteQueueHost {
  /** The greatest timestamp of a write that is applied here. */
  readonly maxAppliedTs: bigint
  /** Proposes at once: what is handed over later stands behind it in the log. */
  propose(context: WriteContext, datums: readonly WriteDatum[], ts: bigint): Promise<WriteResult>
  /**
   * Proposes a write that is followed, which may be held on the way.
   *
   * @param placed called when what is handed over from now on stands behind it in the log
   */
  proposeFollowed(
    context: WriteContext,
    datums: readonly WriteDatum[],
    ts: bigint,
    placed: () => void,
  ): Promise<WriteResult>
}

interface WaitingWrite {
  readonly context: WriteContext
  readonly datums: readonly WriteDatum[]
  readonly resolve: (result: Promise<WriteResult>) => void
  readonly reject: (reason: unknown) => void
}

/**
 * Gives the writes of one region their timestamps and proposes them in the order of these, so that a later entry of the log
 * is always a newer version. Most pass at once; when one must wait, for leadership or for timestamps, those behind it wait
 * too.
 */
export class WriteQueue {
  readonly #regionId: number
  readonly #leadership: RegionLeadership
  readonly #timestamps: TimestampProvider
  readonly #waitMs: number
  readonly #host: WriteQueueHost
  #waiting: WaitingWrite[] = []
  #isDraining = false
  #lastTs = 0n
  /** What everything is refused with once the queue has ended. */
  #refusal: (() => SandboxError) | undefined

  /** @param waitMs how long a write waits at most for a new leader to become ready */
  constructor(
    regionId: number,
    leadership: RegionLeadership,
    timestamps: TimestampProvider,
    waitMs: number,
    host: WriteQueueHost,
  ) {
    this.#regionId = regionId
    this.#leadership = leadership
    this.#timestamps = timestamps
    this.#waitMs = waitMs
    this.#host = host
  }

  /** See `Engine.write`. */
  async write(context: WriteContext, datums: readonly WriteDatum[]): Promise<WriteResult> {
    if (this.#refusal !== undefined) throw this.#refusal()
    const mustWait = this.#isDraining || !this.#leadership.isReady || context.trace !== undefined
    if (mustWait) return this.#enqueue(context, datums, undefined)
    const ts = this.#timestamps.next(this.#floor)
    return typeof ts === 'bigint' ? this.#propose(context, datums, ts) : this.#enqueue(context, datums, ts)
  }

  /** Refuses what waits and whatever comes. The first refusal stays. */
  end(refusal: () => SandboxError): void {
    this.#refusal ??= refusal
    const refused = this.#waiting
    this.#waiting = []
    for (const { reject } of refused) reject(this.#refusal())
  }

  /** The greatest timestamp that this region has seen: new ones lie above it. */
  get #floor(): bigint {
    const { maxAppliedTs } = this.#host
    return maxAppliedTs > this.#lastTs ? maxAppliedTs : this.#lastTs
  }

  #propose(context: WriteContext, datums: readonly WriteDatum[], ts: bigint): Promise<WriteResult> {
    assert(ts > this.#floor, 'timestamps grow', { regionId: this.#regionId, ts, floor: this.#floor })
    this.#lastTs = ts
    return this.#host.propose(context, datums, ts)
  }

  /** What comes behind waits until this write has its place in the log, wherever on the way it is held: its timestamp is less. */
  async #proposeFollowed({ context, datums, resolve }: WaitingWrite, ts: bigint): Promise<void> {
    assert(ts > this.#floor, 'timestamps grow', { regionId: this.#regionId, ts, floor: this.#floor })
    this.#lastTs = ts
    await new Promise<void>((placed) => {
      const result = this.#host.proposeFollowed(context, datums, ts, placed)
      resolve(result)
      // One that is refused takes no place.
      result.then(
        () => {
          placed()
        },
        () => {
          placed()
        },
      )
    })
  }

  #enqueue(
    context: WriteContext,
    datums: readonly WriteDatum[],
    ts: Promise<bigint> | undefined,
  ): Promise<WriteResult> {
    const result = new Promise<WriteResult>((resolve, reject) => {
      this.#waiting.push({ context, datums, resolve, reject })
    })
    if (!this.#isDraining) void this.#drain(ts)
    return result
  }

  /** Never rejects: whoever waits is told. */
  async #drain(firstTs: Promise<bigint> | undefined): Promise<void> {
    this.#isDraining = true
    let promised = firstTs
    for (let write = this.#waiting[0]; write !== undefined; write = this.#waiting[0]) {
      try {
        if (!this.#leadership.isReady) await this.#becomeReady()
        const { term } = this.#leadership
        const given = promised ?? this.#timestamps.next(this.#floor)
        promised = undefined
        const ts = typeof given === 'bigint' ? given : await given
        // The queue ended, and the write was refused with all that waited.
        if (this.#waiting[0] !== write) continue
        // Leadership that was lost and won again meanwhile: somebody else may have written above this timestamp.
        if (!this.#leadership.isReady || this.#leadership.term !== term) continue
        this.#waiting.shift()
        if (write.context.signal?.aborted === true) write.reject(givenUp(this.#regionId))
        else if (write.context.trace === undefined) write.resolve(this.#propose(write.context, write.datums, ts))
        else await this.#proposeFollowed(write, ts)
      } catch (error) {
        // What the first waits for all wait for: each waiting in turn would only add up.
        const refused = this.#waiting
        this.#waiting = []
        for (const { reject } of refused) reject(error)
      }
    }
    this.#isDraining = false
  }

  async #becomeReady(): Promise<void> {
    const wait = await this.#leadership.untilReady(this.#waitMs)
    if (wait === 'not-leader') throw notLeader(this.#regionId, this.#leadership.leader)
    if (wait === 'ready') return
    const message = `The new leader of region ${String(this.#regionId)} has not yet applied what its predecessors left, and takes no writes before that: try again soon.`
    throw dingoError(Errno.ERAFT_NOTLEADER, message, { details: { regionId: this.#regionId } })
  }
}
