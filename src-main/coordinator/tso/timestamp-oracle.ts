import { create } from '@bufbuild/protobuf'
import type { Clock } from '../../env'
import { dingoError } from '../../rpc/dingo-error'
import { IdEpochInternalSchema } from '../../rpc/generated/dingodb/coordinator_internal_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { Leadership } from '../control/leadership'
import type { MetaControl } from '../control/meta-control'
import { timestampBounds } from '../meta/meta-table'

/** Wall time in ms at which the physical part of timestamps is 0: 2020-01-01 00:00 UTC+8 (dingodb.md 3.6). */
export const TIMESTAMP_BASE_MS = 1_577_808_000_000
/** A timestamp is `(physical << 18) + logical`. */
export const LOGICAL_BITS = 18
const LOGICAL_LIMIT = 2 ** LOGICAL_BITS

/** The first of some timestamps that follow each other. */
export interface TimestampRun {
  /** Ms since {@link TIMESTAMP_BASE_MS}. */
  readonly physical: number
  /** 0 to 2^18 - 1. */
  readonly logical: number
}

/**
 * Hands out timestamps that are unique and grow over all leaders. A leader only hands out what lies below a bound that is
 * committed through Raft; the next leader begins at that bound. The bound is moved when it is reached, so who asks for no
 * timestamps costs no writes.
 */
export class TimestampOracle {
  readonly #leadership: Leadership
  readonly #control: MetaControl
  readonly #clock: Clock
  readonly #reserveMs: number
  /** The term in which `#next` is valid. */
  #term = 0
  #next: TimestampRun = { physical: 0, logical: 0 }
  /** Timestamps whose physical part is below may be handed out in this term. */
  #bound = 0
  #extension: Promise<void> | undefined

  constructor(leadership: Leadership, control: MetaControl, clock: Clock, reserveMs: number) {
    this.#leadership = leadership
    this.#control = control
    this.#clock = clock
    this.#reserveMs = reserveMs
  }

  /**
   * Hands out `count` timestamps, the returned one and those that follow it in the logical part. Proves leadership after it
   * was asked, so that it never answers below what another leader had answered before.
   *
   * @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS, ERAFT_NOTLEADER, ERAFT_COMMITLOG
   */
  async generate(count: number): Promise<TimestampRun> {
    if (!Number.isSafeInteger(count) || count < 1 || count >= LOGICAL_LIMIT) {
      const message = `From 1 to ${String(LOGICAL_LIMIT - 1)} timestamps can be asked for at once, not ${String(count)}.`
      throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
    }
    for (;;) {
      const term = await this.#leadership.barrier()
      const run = this.#take(term, count)
      if (run !== undefined) return run
      await this.#extend(term)
    }
  }

  /** The next timestamp and the bound, for people. */
  get info(): { readonly next: TimestampRun; readonly bound: number } {
    const isValid = this.#term !== 0 && this.#term === this.#leadership.ledTerm
    const stored = Number(this.#control.state.get(timestampBounds, 0)?.value ?? 0n)
    return isValid
      ? { next: this.#next, bound: this.#bound }
      : { next: { physical: stored, logical: 0 }, bound: stored }
  }

  /** Takes from what is reserved in this term; undefined if that does not reach. */
  #take(term: number, count: number): TimestampRun | undefined {
    if (this.#term !== term) return undefined
    const now = this.#now()
    let { physical, logical } = this.#next
    if (now > physical) {
      physical = now
      logical = 0
    } else if (logical + count > LOGICAL_LIMIT) {
      physical += 1
      logical = 0
    }
    if (physical >= this.#bound) return undefined
    this.#next = { physical, logical: logical + count }
    return { physical, logical }
  }

  /** Moves the bound; callers that come together share one log entry. */
  #extend(term: number): Promise<void> {
    this.#extension ??= this.#reserve(term).finally(() => {
      this.#extension = undefined
    })
    return this.#extension
  }

  async #reserve(term: number): Promise<void> {
    const { first, bound } = await this.#control.run((draft) => {
      const stored = Number(draft.get(timestampBounds, 0)?.value ?? 0n)
      const isMine = this.#term === term
      // Everything below the stored bound may have been handed out by the leader that stored it.
      const from = isMine ? this.#next.physical + 1 : stored
      const until = Math.max(from, stored, this.#now()) + this.#reserveMs
      draft.put(timestampBounds, 0, create(IdEpochInternalSchema, { id: 0n, value: BigInt(until) }))
      return { first: stored, bound: until }
    })
    if (this.#term !== term) this.#next = { physical: Math.max(first, this.#now()), logical: 0 }
    this.#term = term
    this.#bound = bound
  }

  #now(): number {
    return Math.max(0, Math.floor(this.#clock.wallTimeMs()) - TIMESTAMP_BASE_MS)
  }
}
