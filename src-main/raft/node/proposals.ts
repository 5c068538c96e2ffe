import { assert } from '../../base/assert'
import type { ConfState } from '../core/model/conf-state'
import type { Entry } from '../core/model/entry'
import type { NodeId } from '../core/model/node-id'
import type { AppliedMembershipChange } from './group-driver'
import type { ProposalResult, Refused, Unknown } from './outcome'

/** A command that waits to be taken into the log. */
export interface WaitingCommand<Result> {
  readonly data: Uint8Array
  /** Told of the entry that the command becomes; absent but while somebody follows it. */
  readonly onEntry: ((index: number, term: number) => void) | undefined
  readonly answer: (result: ProposalResult<Result>) => void
}

/** How much goes into the log together, and how much may wait. */
export interface ProposalLimits {
  readonly maxBatchEntries: number
  readonly maxBatchBytes: number
  readonly maxWaitingBytes: number
}

interface UnderWay<Result> {
  readonly term: number
  readonly answer: (result: ProposalResult<Result>) => void
}

interface MembershipUnderWay extends UnderWay<ConfState> {
  readonly index: number
}

/**
 * The proposals of one node that are not answered yet: commands that wait for their turn, and entries that are in the log
 * and not applied. Whatever happens, each is answered once: what leaves a list here is answered by whoever takes it out.
 */
export class Proposals<Result> {
  readonly #limits: ProposalLimits
  #waiting: Array<WaitingCommand<Result>> = []
  #waitingBytes = 0
  readonly #underWay = new Map<number, UnderWay<Result>>()
  /** The core lets one change be under way at a time. */
  #membership: MembershipUnderWay | undefined

  constructor(limits: ProposalLimits) {
    this.#limits = limits
  }

  /** How many are not answered. */
  get count(): number {
    return this.#waiting.length + this.#underWay.size + (this.#membership === undefined ? 0 : 1)
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /** Whether another command of that length may wait. One always may. */
  hasRoomFor(bytes: number): boolean {
    return this.#waiting.length === 0 || this.#waitingBytes + bytes <= this.#limits.maxWaitingBytes
  }

  /** Takes a command; it will be answered exactly once. */
  add(data: Uint8Array, onEntry?: WaitingCommand<Result>['onEntry']): Promise<ProposalResult<Result>> {
    return new Promise((answer) => {
      this.#waiting.push({ data, onEntry, answer })
      this.#waitingBytes += data.length
    })
  }

  /** Takes out the commands that go into the log next, at least one if any waits. The caller answers or records them. */
  takeBatch(): ReadonlyArray<WaitingCommand<Result>> {
    const waiting = this.#waiting
    let bytes = 0
    let count = 0
    for (const { data } of waiting) {
      if (count > 0 && (count >= this.#limits.maxBatchEntries || bytes + data.length > this.#limits.maxBatchBytes))
        break
      bytes += data.length
      count += 1
    }
    this.#waitingBytes -= bytes
    if (count < waiting.length) return waiting.splice(0, count)
    this.#waiting = []
    return waiting
  }

  /** The commands are in the log from an index on, without gap. */
  recordBatch(batch: ReadonlyArray<WaitingCommand<Result>>, firstIndex: number, term: number): void {
    for (const [position, { onEntry, answer }] of batch.entries()) {
      const index = firstIndex + position
      onEntry?.(index, term)
      // An entry of an earlier term of leadership that this one replaces is answered: it is not in the log any more.
      this.#underWay.get(index)?.answer(replaced())
      this.#underWay.set(index, { term, answer })
    }
  }

  /** A membership change is in the log. */
  recordMembershipChange(index: number, term: number): Promise<ProposalResult<ConfState>> {
    this.#membership?.answer(replaced())
    return new Promise((answer) => {
      this.#membership = { index, term, answer }
    })
  }

  /** Entries were applied: those that were proposed here are answered. */
  answerApplied(entries: readonly Entry[], results: readonly Result[]): void {
    if (this.#underWay.size === 0) return
    for (const [position, entry] of entries.entries()) {
      const { index, term } = entry
      const proposal = this.#underWay.get(index)
      if (proposal === undefined) continue
      this.#underWay.delete(index)
      assert(position in results, 'there is a result for every entry', { index })
      const result = results[position] as Result
      proposal.answer(proposal.term === term ? { kind: 'applied', index, term, result } : replaced())
    }
  }

  /** A membership change was applied. */
  answerMembershipChange({ entry, confState }: AppliedMembershipChange): void {
    const { index, term } = entry
    const change = this.#membership
    if (change?.index !== index) return
    this.#membership = undefined
    change.answer(change.term === term ? { kind: 'applied', index, term, result: confState } : replaced())
  }

  /**
   * This node leads no more. What waits is refused; what is in the log and not known to be committed may or may not come to
   * be. Committed entries keep waiting: they will be applied here.
   */
  leadershipLost(committedIndex: number, refusal: Refused): void {
    this.refuseWaiting(refusal)
    const unknown = leadershipLost(refusal.leader)
    for (const [index, proposal] of this.#underWay) {
      if (index <= committedIndex) continue
      this.#underWay.delete(index)
      proposal.answer(unknown)
    }
    const change = this.#membership
    if (change === undefined || change.index <= committedIndex) return
    this.#membership = undefined
    change.answer(unknown)
  }

  /**
   * A snapshot takes the place of the entries from an index up to another one, so that their results will not be known. Those
   * before are being applied.
   */
  skipped(firstIndex: number, lastIndex: number, leader: NodeId): void {
    const isSkipped = (index: number) => index >= firstIndex && index <= lastIndex
    const unknown: Unknown = {
      kind: 'unknown',
      message: 'A snapshot of the leader took the place of the entry. Read to find out whether it was applied.',
      leader,
    }
    for (const [index, proposal] of this.#underWay) {
      if (!isSkipped(index)) continue
      this.#underWay.delete(index)
      proposal.answer(unknown)
    }
    const change = this.#membership
    if (change === undefined || !isSkipped(change.index)) return
    this.#membership = undefined
    change.answer(unknown)
  }

  refuseWaiting(refusal: Refused): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    for (const { answer } of waiting) answer(refusal)
  }

  /** The node ends: everything is answered. */
  end(refusal: Refused): void {
    this.refuseWaiting(refusal)
    const unknown: Unknown = {
      kind: 'unknown',
      message:
        'This Raft node stopped while the proposal was under way. Read elsewhere to find out whether it was applied.',
      leader: refusal.leader,
    }
    for (const { answer } of this.#underWay.values()) answer(unknown)
    this.#underWay.clear()
    this.#membership?.answer(unknown)
    this.#membership = undefined
  }
}

/** The answer to a membership change that does not fit. */
export function membershipChangeRefused(leader: NodeId): Refused {
  return {
    kind: 'refused',
    code: 'MEMBERSHIP_CHANGE_REFUSED',
    message:
      'The membership change does not fit: another one is under way, it would change nothing that can be changed, or no voter would be left.',
    leader,
  }
}

/** Another leader's entry stands where this one stood, so it is not in the log and cannot come back. */
function replaced(): Refused {
  return {
    kind: 'refused',
    code: 'NO_LEADER',
    message: 'Another leader put its own entry in the place of this one; it was not applied and may be proposed again.',
    leader: 0,
  }
}

function leadershipLost(leader: NodeId): Unknown {
  const message = 'This node lost leadership before the entry was known to be committed; the next leader decides.'
  return { kind: 'unknown', message, leader }
}
