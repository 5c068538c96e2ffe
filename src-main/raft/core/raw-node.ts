import type { RaftConfig, ReadMode } from './config'
import { resolveConfig } from './config'
import { RaftError } from './errors'
import { findMessageFault } from './message-check'
import type { ConfChange } from './model/conf-change'
import { confChangeEntryType, encodeConfChange } from './model/conf-change'
import type { ConfState } from './model/conf-state'
import type { Entry } from './model/entry'
import { entriesSize } from './model/entry'
import type { HardState } from './model/hard-state'
import type { Message } from './model/message'
import { draftMessage } from './model/message'
import type { NodeId } from './model/node-id'
import { isMemberId } from './model/node-id'
import type { SoftState } from './model/soft-state'
import { startElection } from './protocol/election'
import { forgetLeader } from './protocol/follower'
import { reportSnapshot, reportUnreachable } from './protocol/leader'
import { leaseTimeIs, owesLease } from './protocol/lease'
import { applyConfChange } from './protocol/membership-change'
import { propose } from './protocol/proposal'
import type { RaftState } from './protocol/raft-state'
import { hardStateOf } from './protocol/raft-state'
import { handleReadIndex, leasedReadIndex } from './protocol/read-index'
import { startRaft } from './protocol/start'
import { step } from './protocol/step'
import { tick } from './protocol/tick'
import type { Ready } from './ready'
import type { Refusal } from './refusal'
import type { RaftStatus } from './status'
import { statusOf } from './status'
import {
  needsStorageAppend,
  storageAppendMessage,
  storageAppendResponse,
  storageApplyMessage,
  storageApplyResponse,
} from './storage-messages'
import type { Progress } from './tracker/progress'

/** What became of a proposal. */
export type ProposalOutcome =
  /** It is in this leader's log. Whether it will be committed is not known yet. */
  | { readonly kind: 'appended'; readonly term: number; readonly firstIndex: number; readonly lastIndex: number }
  /** The membership change does not fit the configuration in force; an empty entry took its place. */
  | { readonly kind: 'ignored'; readonly term: number; readonly firstIndex: number; readonly lastIndex: number }
  /** It was passed on to the leader. Nothing more will be heard of it. */
  | { readonly kind: 'forwarded'; readonly leader: NodeId }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/**
 * One member of a Raft group as a pure state machine: calls and messages go in, and {@link ready} says what is to be
 * stored, sent and applied. It does no I/O, knows no time but ticks, and every call is over when it returns.
 *
 * If a call throws a RaftInvariantError, or an error of the storage, the node must not be used any further.
 */
export class RawNode {
  readonly #raft: RaftState
  readonly #asyncStorageWrites: boolean
  #previousSoftState: SoftState
  #previousHardState: HardState
  /** Synchronous storage: what the storage threads would answer, delivered by advance(). */
  #stepsOnAdvance: readonly Message[] = []
  #awaitsAdvance = false

  /**
   * @throws RaftError INVALID_CONFIG, or INVALID_CONF_STATE if the stored membership contradicts itself
   * @throws RaftInvariantError if the stored hard state or the applied index do not fit the stored log
   */
  constructor(config: RaftConfig) {
    this.#raft = startRaft(resolveConfig(config))
    this.#asyncStorageWrites = this.#raft.config.asyncStorageWrites
    this.#previousSoftState = { leader: this.#raft.leader, role: this.#raft.role }
    this.#previousHardState = hardStateOf(this.#raft)
  }

  get id(): NodeId {
    return this.#raft.id
  }

  /**
   * One tick of time has passed.
   *
   * @param tickNumber how many ticks the driver has counted, for all its groups alike: a leader sends heartbeats when
   * heartbeatTicks divides it, so that those of all groups leave at the same ticks. Left out: heartbeatTicks after it was
   * elected, and after the last ones.
   */
  tick(tickNumber?: number): void {
    tick(this.#raft, tickNumber)
  }

  /**
   * Campaigns now instead of waiting for the election timeout, if this node may: a voter, not the leader, without
   * unapplied membership changes. With lease reads also not while a leader may rely on this node's promise.
   */
  campaign(): void {
    const raft = this.#raft
    if (raft.role !== 'StateLeader' && owesLease(raft)) {
      raft.logger.warning(`${raft.id.toString(16)} cannot campaign at term ${raft.term} since a lease is not expired`)
      return
    }
    startElection(raft)
  }

  /**
   * Takes a message from another member, or from one of this node's storage threads. A message that is malformed, of an
   * unknown type, for somebody else, or a response from a stranger changes nothing.
   *
   * @returns why the message was not taken, undefined if it was
   */
  step(message: Message): Refusal | undefined {
    const raft = this.#raft
    const fault = findMessageFault(message, raft.id, this.#isMember)
    if (fault !== undefined) return { ...fault, leader: raft.leader }
    return step(raft, message)
  }

  readonly #isMember = (id: NodeId): boolean => this.#raft.tracker.get(id) !== undefined

  /** Proposes one command. The bytes must not be changed afterwards. */
  propose(data: Uint8Array): ProposalOutcome {
    return this.#propose([{ term: 0, index: 0, type: 'EntryNormal', data }])
  }

  /**
   * Proposes several commands, which are taken all or none and stand next to each other in the log.
   *
   * @throws RaftError INVALID_ARGUMENT if there are none
   */
  proposeAll(commands: readonly Uint8Array[]): ProposalOutcome {
    if (commands.length === 0) throw new RaftError('INVALID_ARGUMENT', 'There is nothing to propose.')
    return this.#propose(commands.map((data) => ({ term: 0, index: 0, type: 'EntryNormal', data })))
  }

  /**
   * Proposes a membership change. It takes effect when it is applied, see {@link applyConfChange}; until then no
   * further one is taken.
   *
   * @throws RaftError INVALID_ARGUMENT if it names something that is no member id, type or transition
   */
  proposeConfChange(change: ConfChange): ProposalOutcome {
    return this.#propose([{ term: 0, index: 0, type: confChangeEntryType(change), data: encodeConfChange(change) }])
  }

  #propose(entries: readonly Entry[]): ProposalOutcome {
    const raft = this.#raft
    const refusal = propose(raft, entries)
    if (refusal !== undefined) return { kind: 'refused', refusal }
    if (raft.role !== 'StateLeader') return { kind: 'forwarded', leader: raft.leader }
    const lastIndex = raft.log.lastIndex()
    const isIgnored = entries[0]?.type !== 'EntryNormal' && raft.pendingConfIndex !== lastIndex
    return {
      kind: isIgnored ? 'ignored' : 'appended',
      term: raft.term,
      firstIndex: lastIndex - entries.length + 1,
      lastIndex,
    }
  }

  /**
   * Puts a committed membership change into force. To be called when its entry is applied, unless the state machine
   * decides against the change, in which case there is nothing to call.
   *
   * A change that a snapshot has overtaken is passed over; see {@link awaitsSnapshot}.
   *
   * @param index where the entry stands in the log
   * @returns the membership from now on, to be stored with the next snapshot; undefined if the change was passed over
   * @throws RaftError CONF_CHANGE_REFUSED, with nothing changed, if it does not fit the configuration in force
   */
  applyConfChange(change: ConfChange, index: number): ConfState | undefined {
    return applyConfChange(this.#raft, change, index)
  }

  /**
   * Asks at which index a read would be current. The answer comes as a read state of a later Ready, or not at all if
   * leadership changes meanwhile; the caller asks again then.
   *
   * @param context a token, not empty, that no other read of this group uses
   * @param proof `safe`: a leader asks its quorum even if it holds a lease. Default: as the node is configured
   * @throws RaftError INVALID_ARGUMENT if the token is empty
   */
  readIndex(context: Uint8Array, proof: ReadMode = this.#raft.config.readMode): void {
    if (context.length === 0) throw new RaftError('INVALID_ARGUMENT', 'A read needs a token of at least one byte.')
    const request = draftMessage('MsgReadIndex', this.#raft.id)
    request.from = this.#raft.id
    request.context = context
    if (this.isLeader) handleReadIndex(this.#raft, request, proof)
    else step(this.#raft, request)
  }

  /**
   * At which index a read is current, if this node leads and may answer on its lease without asking anybody; undefined
   * if it must ask. The driver tells the time first, see {@link leaseTimeIs}.
   */
  leasedReadIndex(): number | undefined {
    return leasedReadIndex(this.#raft)
  }

  /**
   * Tells what time it is, for a node whose leases are counted in ms (`leaseMs`): right before each tick, read and
   * {@link leasedReadIndex}. A time before one that was told already is passed over.
   *
   * @param timeMs ms since any moment of this process, at least 1, that go on while the process or the machine stands
   * still
   */
  leaseTimeIs(timeMs: number): void {
    leaseTimeIs(this.#raft, timeMs)
  }

  /**
   * Hands leadership over to a voter. A follower passes the request on. Whether it came off shows in who leads.
   *
   * @throws RaftError INVALID_ARGUMENT if the id cannot be that of a member
   */
  transferLeader(target: NodeId): void {
    this.#assertMemberId(target)
    const request = draftMessage('MsgTransferLeader', this.#raft.id)
    request.from = target
    step(this.#raft, request)
  }

  /** Forgets who leads, so that this node may vote at once for somebody else. Not with lease reads. */
  forgetLeader(): void {
    forgetLeader(this.#raft)
  }

  /** The last message to a member could not be delivered. Of use to a leader only. */
  reportUnreachable(id: NodeId): void {
    reportUnreachable(this.#raft, id)
  }

  /**
   * A snapshot that was to be sent to a member has arrived or has failed. A leader sends nothing to that member until
   * it hears of it, from here or from the member itself, so every snapshot must be reported.
   */
  reportSnapshot(id: NodeId, arrived: boolean): void {
    reportSnapshot(this.#raft, id, arrived)
  }

  /** Whether {@link ready} has anything to say. */
  hasReady(): boolean {
    const raft = this.#raft
    const { log } = raft
    return (
      raft.messages.length > 0 ||
      raft.messagesAfterAppend.length > 0 ||
      log.unstable.hasNextEntries ||
      log.hasNextCommittedEntries(!this.#asyncStorageWrites) ||
      raft.readStates.length > 0 ||
      log.unstable.nextSnapshot() !== undefined ||
      this.#softStateChanged() ||
      this.#hardStateChanged()
    )
  }

  /**
   * What is to be done now. It is handed out once: whoever asks must do it. With synchronous storage {@link advance}
   * must be called before the next one; with asynchronous storage the responses must be stepped, those of each thread
   * in order.
   *
   * @throws RaftError OUT_OF_ORDER if the one before was not advanced
   */
  ready(): Ready {
    if (this.#awaitsAdvance) {
      throw new RaftError('OUT_OF_ORDER', 'The last Ready was not advanced; call advance() before the next ready().')
    }
    const raft = this.#raft
    const { log } = raft
    const hardStateChanged = this.#hardStateChanged()
    const hardState = hardStateChanged ? hardStateOf(raft) : undefined
    const softState = this.#softStateChanged() ? { leader: raft.leader, role: raft.role } : undefined
    const entries = log.unstable.nextEntries()
    const snapshot = log.unstable.nextSnapshot()
    const committedEntries = log.nextCommittedEntries(!this.#asyncStorageWrites)
    const ready: Ready = {
      softState,
      hardState,
      readStates: raft.readStates,
      entries,
      snapshot,
      committedEntries,
      messages: raft.messages,
      mustSync:
        entries.length > 0 || raft.term !== this.#previousHardState.term || raft.vote !== this.#previousHardState.vote,
    }
    if (this.#asyncStorageWrites) this.#addStorageMessages(ready)
    else this.#addMessagesAfterAppend(ready)
    this.#accept(ready)
    return ready
  }

  /**
   * Tells the storage threads what to do. Whatever waits for storage travels with the order and comes back as its
   * responses.
   */
  #addStorageMessages(ready: Ready): void {
    const raft = this.#raft
    if (needsStorageAppend(raft, ready)) raft.messages.push(storageAppendMessage(raft, ready))
    if (ready.committedEntries.length > 0) raft.messages.push(storageApplyMessage(raft, ready.committedEntries))
  }

  /**
   * The caller writes before it sends, so what waits for storage can go along; what is for this node waits for
   * advance().
   */
  #addMessagesAfterAppend(ready: Ready): void {
    const raft = this.#raft
    const steps: Message[] = []
    for (const message of raft.messagesAfterAppend) (message.to === raft.id ? steps : raft.messages).push(message)
    const appended = storageAppendResponse(raft, ready.snapshot)
    if (appended !== undefined) steps.push(appended)
    if (ready.committedEntries.length > 0) steps.push(storageApplyResponse(raft, ready.committedEntries))
    this.#stepsOnAdvance = steps
    this.#awaitsAdvance = true
  }

  #accept(ready: Ready): void {
    const raft = this.#raft
    if (ready.softState !== undefined) this.#previousSoftState = ready.softState
    if (ready.hardState !== undefined) this.#previousHardState = ready.hardState
    if (ready.readStates.length > 0) raft.readStates = []
    raft.messages = []
    raft.messagesAfterAppend = []
    raft.log.unstable.acceptInProgress()
    const last = ready.committedEntries.at(-1)
    if (last !== undefined) {
      raft.log.acceptApplying(last.index, entriesSize(ready.committedEntries), !this.#asyncStorageWrites)
    }
  }

  /**
   * Everything that the last Ready asked for is done. Synchronous storage only.
   *
   * @throws RaftError OUT_OF_ORDER with asynchronous storage, or if there is no Ready to advance
   */
  advance(): void {
    if (this.#asyncStorageWrites) {
      throw new RaftError(
        'OUT_OF_ORDER',
        'With asynchronous storage there is no advance(); step the responses instead.',
      )
    }
    if (!this.#awaitsAdvance) throw new RaftError('OUT_OF_ORDER', 'There is no Ready to advance; call ready() first.')
    const steps = this.#stepsOnAdvance
    this.#stepsOnAdvance = []
    this.#awaitsAdvance = false
    for (const message of steps) step(this.#raft, message)
  }

  /** The node at this moment, for screens and tests. It allocates; drivers use the narrower getters. */
  status(): RaftStatus {
    return statusOf(this.#raft)
  }

  /** How far this leader is with each member, for printing; empty unless this node leads. */
  memberProgress(): ReadonlyMap<NodeId, Progress> {
    const copies = new Map<NodeId, Progress>()
    if (this.#raft.role !== 'StateLeader') return copies
    for (const [id, progress] of this.#raft.tracker.progress) copies.set(id, progress.clone())
    return copies
  }

  /**
   * Whether a snapshot from the leader waits to be stored. Its membership is in force already, so what is applied
   * meanwhile has no membership that is known: no snapshot may be taken of it.
   */
  get awaitsSnapshot(): boolean {
    return this.#raft.log.unstable.snapshot !== undefined
  }

  /** Who leads as far as this node knows, 0 if nobody. */
  get leader(): NodeId {
    return this.#raft.leader
  }

  get term(): number {
    return this.#raft.term
  }

  /** Up to where it was told that entries are applied. It may still look at any entry behind that. */
  get applied(): number {
    return this.#raft.log.applied
  }

  /** After how many ticks, at least 1, this node campaigns if it hears of no leader until then; Infinity if it leads. */
  get ticksUntilElection(): number {
    const { role, randomizedElectionTimeout, electionElapsed } = this.#raft
    return role === 'StateLeader' ? Infinity : Math.max(1, randomizedElectionTimeout - electionElapsed)
  }

  /** Whether this node leads its term. Others may have moved on already. */
  get isLeader(): boolean {
    return this.#raft.role === 'StateLeader'
  }

  /**
   * Sets the ticks after which this node campaigns, until it changes its role. For scenarios that need a certain node
   * to be first.
   *
   * @throws RaftError INVALID_ARGUMENT unless it is a whole number of at least 1
   */
  setElectionTimeout(ticks: number): void {
    if (!Number.isSafeInteger(ticks) || ticks < 1) {
      throw new RaftError(
        'INVALID_ARGUMENT',
        `The election timeout must be a whole number of ticks from 1, not ${ticks}.`,
      )
    }
    this.#raft.randomizedElectionTimeout = ticks
  }

  #assertMemberId(id: NodeId): void {
    if (!isMemberId(id)) throw new RaftError('INVALID_ARGUMENT', `${id} cannot be the id of a member.`)
  }

  #softStateChanged(): boolean {
    return this.#raft.leader !== this.#previousSoftState.leader || this.#raft.role !== this.#previousSoftState.role
  }

  #hardStateChanged(): boolean {
    const { term, vote, commit } = this.#previousHardState
    return this.#raft.term !== term || this.#raft.vote !== vote || this.#raft.log.committed !== commit
  }
}
