import { SandboxError } from '../../base/sandbox-error'
import type { RequestTrace } from '../../flow/flow-probe'
import { RaftError } from '../core/errors'
import type { ConfChange } from '../core/model/conf-change'
import type { ConfState } from '../core/model/conf-state'
import type { EntryId } from '../core/model/entry'
import type { NodeId } from '../core/model/node-id'
import type { RaftStatus } from '../core/status'
import { MAX_PAYLOAD_BYTES } from '../log/log-record'
import type { LogReader } from '../log/raft-log-store'
import type { PeerMessage } from '../transport/peer-message'
import type { Lifecycle } from './braft-status'
import { toRaftNodeStatus } from './braft-status'
import { GroupDriver } from './group-driver'
import { LeadershipTransfer } from './leadership-transfer'
import { toNodeError } from './node-error'
import { hasNeverRun, recoverNode } from './node-recovery'
import type { ProposalResult, ReadResult, Refused, TransferResult } from './outcome'
import { nodeStopped, notLeading } from './outcome'
import { Proposals, membershipChangeRefused } from './proposals'
import type { RaftNodeOptions, RaftSettings } from './raft-node-options'
import { resolveSettings } from './raft-node-options'
import type { RaftNodeStatus } from './raft-node-status'
import { ReadBarriers } from './read-barriers'
import { SnapshotStore } from './snapshot/snapshot-store'
import { entryIdDatum } from './stage-watch'
import type { AppliedState } from './state-machine'

/**
 * One member of one Raft group at work, over a log, a transport and a state machine. It takes commands, membership changes
 * and reads, and answers each exactly once. Followers get entries while the leader's own sync is under way, and what is
 * proposed meanwhile goes into the log together when it ends.
 *
 * The first error of log, state machine or core ends the node: everything is answered, and it must be opened anew.
 */
export class RaftNode<Result> {
  readonly regionId: number
  readonly #options: RaftNodeOptions<Result>
  readonly #settings: RaftSettings
  readonly #driver: GroupDriver<Result>
  readonly #proposals: Proposals<Result>
  readonly #reads = new ReadBarriers()
  readonly #transfer = new LeadershipTransfer()
  #lifecycle: Lifecycle = 'running'
  #isGathering = false
  /** The term that this node leads, as far as its callers were told; 0 if it does not lead. */
  #ledTerm = 0
  #closing: Promise<void> | undefined

  private constructor(options: RaftNodeOptions<Result>, snapshots: SnapshotStore, applied: AppliedState) {
    this.regionId = options.regionId
    this.#options = options
    this.#settings = resolveSettings(options.settings)
    this.#proposals = new Proposals(this.#settings)
    this.#driver = new GroupDriver(options, this.#settings, snapshots, applied, {
      beforeReady: () => {
        this.#handOver()
      },
      readConfirmed: (token, index) => {
        this.#reads.confirmed(token, index, this.#driver.applied.index)
      },
      applied: (entries, results, change) => {
        this.#proposals.answerApplied(entries, results)
        if (change !== undefined) this.#proposals.answerMembershipChange(change)
        this.#reads.appliedTo(this.#driver.applied.index)
      },
      skipped: (firstIndex, lastIndex) => {
        this.#proposals.skipped(firstIndex, lastIndex, this.leader)
      },
      installed: (index) => {
        this.#reads.appliedTo(index)
      },
      leadershipNoted: () => {
        this.#noteLeadership()
      },
      failed: (thrown) => {
        this.#fail(thrown)
      },
    })
  }

  /**
   * Brings one member of a group up from what is stored, founding the group if this is a founding member that has never run.
   * The log belongs to the node from now on; if opening fails, it is closed.
   *
   * @throws SandboxError RAFT_SNAPSHOT_MISSING, RAFT_SNAPSHOT_DAMAGED, RAFT_STATE_AHEAD_OF_LOG, RAFT_INVARIANT_VIOLATED, INVALID_ARGUMENT,
   * and those of log, state machine and disk
   */
  static async open<Result>(options: RaftNodeOptions<Result>): Promise<RaftNode<Result>> {
    const { regionId, env, log, stateMachine, initialMembers, snapshotDirectory } = options
    try {
      const snapshots = await SnapshotStore.open({ disk: env.disk, directory: snapshotDirectory, regionId })
      if (snapshots.damage !== undefined) options.onWarning(snapshots.damage)
      // A founder that has never run has promised nothing; what founding writes would look as if it had.
      const mayOweLease = (options.settings?.mayOweLease ?? true) && !hasNeverRun({ log, stateMachine })
      const applied = await recoverNode({ regionId, log, snapshots, stateMachine, initialMembers })
      log.releaseUpTo(applied.last.index)
      const settings = { ...options.settings, mayOweLease }
      const node = new RaftNode({ ...options, settings }, snapshots, applied)
      node.#driver.schedulePump()
      return node
    } catch (error) {
      await log.close().catch((_consequence: unknown) => {
        // Why the node does not open is what its owner needs to know; a failed log does not close well either.
      })
      throw toNodeError(error, regionId)
    }
  }

  /** This member's id. */
  get id(): NodeId {
    return this.#driver.core.id
  }

  /** Who leads as far as this node knows, 0 if nobody. */
  get leader(): NodeId {
    return this.#driver.core.leader
  }

  /** Whether this node leads its term; others may have moved on already, so reads need {@link readBarrier}. */
  get isLeader(): boolean {
    return this.#lifecycle === 'running' && this.#driver.core.isLeader
  }

  get term(): number {
    return this.#driver.core.term
  }

  /** The last entry that the state machine has applied. */
  get applied(): EntryId {
    return this.#driver.applied
  }

  /** Who is a member behind the last entry that was handed to the state machine. */
  get confState(): ConfState {
    return this.#driver.confState
  }

  /**
   * One tick of time has passed. Allocates nothing while nothing is due. Never throws. Its number is as {@link RawNode.tick}
   * has it.
   */
  tick(tickNumber?: number): void {
    if (this.#transfer.isUnderWay) this.#transfer.tick(this.leader)
    this.#driver.tick(tickNumber)
  }

  /**
   * After how many ticks, at least 1, one must not be late: then this node campaigns, or something that it waits for is given up.
   * Infinity if that does not come without another event before.
   */
  get ticksUntilUrgent(): number {
    return this.#transfer.isUnderWay ? 1 : this.#driver.ticksUntilUrgent
  }

  /** Takes what another member sent. Never throws. */
  receive(from: NodeId, message: PeerMessage): void {
    this.#driver.receive(from, message)
  }

  /**
   * Proposes a command; only the leader takes it. Answered exactly once.
   *
   * @param data not to be changed afterwards
   * @param trace follows it over the group
   * @throws SandboxError INVALID_ARGUMENT if the command is longer than the log takes or the transport carries
   */
  async propose(data: Uint8Array, trace?: RequestTrace): Promise<ProposalResult<Result>> {
    const maxBytes = Math.min(MAX_PAYLOAD_BYTES, this.#options.transport.maxCommandBytes ?? MAX_PAYLOAD_BYTES)
    if (data.length > maxBytes) {
      const message = `A command of ${String(data.length)} bytes is longer than the ${String(maxBytes)} bytes that a log entry takes here: split it.`
      throw new SandboxError('INVALID_ARGUMENT', message, { details: { regionId: this.regionId } })
    }
    const refusal = this.#refusal()
    if (refusal !== undefined) return refusal
    if (!this.#proposals.hasRoomFor(data.length)) {
      const message = 'Too much waits for its turn already; try again when some of it is done.'
      return { kind: 'refused', code: 'UNCOMMITTED_LIMIT', message, leader: this.leader }
    }
    if (trace !== undefined) return this.#proposeInStages(data, trace)
    const answer = this.#proposals.add(data)
    this.#gather()
    return answer
  }

  /** The way of a command that somebody follows. */
  async #proposeInStages(data: Uint8Array, trace: RequestTrace): Promise<ProposalResult<Result>> {
    const { term } = this
    const proposing = this.#driver.watch.proposing(trace, data)
    if (proposing.held !== undefined) {
      await proposing.held
      // Leadership may have gone while it stood; and come back, after others have led: what the command was made from is old then.
      const refusal = this.#refusal() ?? (this.term === term ? undefined : notLeading(this.leader))
      if (refusal !== undefined) {
        proposing.leave(() => ({ error: new SandboxError('RAFT_NODE_STOPPED', refusal.message) }))
        return refusal
      }
    }
    const answer = this.#proposals.add(data, (index, term) => {
      trace.follows({ regionId: this.regionId, term, index })
      proposing.leave(() => ({ after: [entryIdDatum(index, term)] }))
    })
    this.#gather()
    const result = await answer
    proposing.leave()
    if (result.kind !== 'applied') return result
    const answering = this.#driver.watch.answering(trace)
    if (answering.held !== undefined) await answering.held
    answering.leave()
    return result
  }

  /**
   * Asks when the state machine may be read so that the read sees everything that was acknowledged before. Only the leader
   * answers `readable`, exactly once; the caller then reads the state machine at once. Where the group's reads rest on leases
   * and one holds, nobody is asked.
   *
   * @param proof `quorum`: a quorum is asked even then
   */
  async readBarrier(proof: 'as-configured' | 'quorum' = 'as-configured'): Promise<ReadResult> {
    const refusal = this.#refusal()
    if (refusal !== undefined) return refusal
    const index = proof === 'quorum' ? undefined : this.#driver.leasedReadIndex()
    if (index === undefined) {
      const answer = this.#reads.add()
      this.#gather()
      return answer
    }
    const { applied } = this.#driver
    return index <= applied.index ? { kind: 'readable', index, proof: 'lease' } : this.#reads.addLeased(index)
  }

  /**
   * Proposes a change of the membership. It is answered when the change is in force here; a joint change that ends by
   * itself is then in its joint phase, and ends with a later entry. Answered exactly once.
   *
   * @throws SandboxError INVALID_ARGUMENT if it names something that is no member id, type or transition
   */
  async proposeMembershipChange(change: ConfChange): Promise<ProposalResult<ConfState>> {
    const refusal = this.#refusal()
    if (refusal !== undefined) return refusal
    let outcome
    try {
      outcome = this.#driver.core.proposeConfChange(change)
    } catch (error) {
      if (error instanceof RaftError && error.code === 'INVALID_ARGUMENT') {
        throw SandboxError.from(error, 'INVALID_ARGUMENT')
      }
      this.#driver.fail(error)
      return nodeStopped(this.leader)
    }
    this.#driver.schedulePump()
    switch (outcome.kind) {
      case 'appended':
        return this.#proposals.recordMembershipChange(outcome.lastIndex, outcome.term)
      case 'ignored':
        return membershipChangeRefused(this.leader)
      case 'refused':
        return { kind: 'refused', ...outcome.refusal }
      case 'forwarded':
        return notLeading(outcome.leader)
    }
  }

  /**
   * Hands leadership over to a voter. Proposals are refused until that is settled, one election timeout at most. Answered
   * exactly once.
   */
  async transferLeadership(target: NodeId): Promise<TransferResult> {
    const refusal = this.#refusal()
    if (refusal !== undefined) return refusal
    if (target === this.id) return { kind: 'transferred', leader: target }
    if (!this.confState.voters.includes(target)) {
      const message = `Node ${String(target)} is no voter of the group, so it cannot lead.`
      return { kind: 'refused', code: 'NOT_A_MEMBER', message, leader: this.id }
    }
    const answer = this.#transfer.begin(target, this.#settings.electionTicks, this.id)
    this.#driver.step(() => {
      this.#driver.core.transferLeader(target)
    })
    return answer
  }

  /** Campaigns now instead of waiting for the election timeout, if this member may. */
  campaign(): void {
    this.#driver.step(() => {
      this.#driver.core.campaign()
    })
  }

  /**
   * Saves a snapshot of what is applied and cuts the log behind it, as far as the settings say.
   *
   * @returns where the newest snapshot ends now; undefined if there was nothing to save or it failed, which the node's owner was warned of
   * @throws SandboxError RAFT_NODE_STOPPED
   */
  async saveSnapshot(): Promise<EntryId | undefined> {
    if (this.#lifecycle === 'running') return this.#driver.snapshots.save()
    const message = `The Raft node of region ${String(this.regionId)} is stopped: open it anew.`
    throw new SandboxError('RAFT_NODE_STOPPED', message, { details: { regionId: this.regionId } })
  }

  /** The node in the terms of DingoDB's BRaftStatus. */
  status(): RaftNodeStatus {
    return toRaftNodeStatus({
      lifecycle: this.#lifecycle,
      core: this.#driver.core.status(),
      electionTicks: this.#settings.electionTicks,
      pendingProposals: this.#proposals.count,
      applyingIndex: this.#driver.applyingIndex,
      durableIndex: this.#options.log.durableIndex,
      contacts: this.#driver.contacts,
    })
  }

  /** Its log, to look at. Reading it holds up nobody. */
  get log(): LogReader {
    return this.#options.log
  }

  /** The core's own view, for screens and checks. */
  coreStatus(): RaftStatus {
    return this.#driver.core.status()
  }

  /**
   * Ends the node: everything is answered, what runs is finished, log and files are closed. Twice is harmless.
   *
   * @throws SandboxError of the log if it cannot be closed; not if the node had failed before
   */
  stop(): Promise<void> {
    if (this.#lifecycle === 'running') {
      this.#lifecycle = 'stopping'
      this.#answerAll()
      this.#closing = this.#driver.stop().finally(() => {
        this.#lifecycle = 'stopped'
      })
    }
    return this.#closing ?? Promise.resolve()
  }

  /** What is asked for in one turn of the loop shares an entry's way through the group: without a pause the first would go alone. */
  #gather(): void {
    if (this.#isGathering) return
    this.#isGathering = true
    this.#options.env.clock.atEndOfTurn(this.#gathered)
  }

  readonly #gathered = (): void => {
    this.#isGathering = false
    this.#driver.schedulePump()
  }

  #refusal(): Refused | undefined {
    if (this.#lifecycle !== 'running') return nodeStopped(this.leader)
    return this.#driver.core.isLeader ? undefined : notLeading(this.leader)
  }

  /** Gives the core what waits. While a sync is under way commands gather, and go into the log together when it ends. */
  #handOver(): void {
    const { core, isSyncing, applied } = this.#driver
    if (this.#proposals.hasWaiting && !isSyncing) this.#proposeBatch()
    // Before something of its own term is applied here, a leader does not know what its predecessors had acknowledged.
    const mayAsk = core.isLeader && applied.term === core.term
    if (this.#reads.wantsRound && mayAsk) this.#driver.askQuorum(this.#reads.beginRound())
  }

  #proposeBatch(): void {
    const batch = this.#proposals.takeBatch()
    const outcome = this.#driver.core.proposeAll(batch.map(({ data }) => data))
    if (outcome.kind === 'refused' || outcome.kind === 'forwarded') {
      const refusal: Refused =
        outcome.kind === 'refused' ? { kind: 'refused', ...outcome.refusal } : notLeading(outcome.leader)
      for (const { answer } of batch) answer(refusal)
      return
    }
    const { firstIndex, term } = outcome
    this.#proposals.recordBatch(batch, firstIndex, term)
    this.#options.observer?.proposed?.({ index: firstIndex, term }, batch.length)
  }

  #noteLeadership(): void {
    const { core, contacts, committed } = this.#driver
    const ledTerm = core.isLeader ? core.term : 0
    if (ledTerm !== this.#ledTerm) {
      if (this.#ledTerm !== 0) {
        const refusal = notLeading(core.leader)
        this.#proposals.leadershipLost(committed, refusal)
        this.#reads.leadershipLost(refusal)
        this.#driver.leadershipLost()
      }
      if (ledTerm !== 0) contacts.restart()
      this.#ledTerm = ledTerm
    }
    this.#transfer.leaderIs(core.leader, core.id)
  }

  #fail(thrown: unknown): void {
    this.#lifecycle = 'failed'
    const error = toNodeError(thrown, this.regionId)
    this.#answerAll()
    this.#closing = this.#driver.stop().catch((_consequence: unknown) => {
      // The failure that led here is the one that is reported; that a failed log does not close well follows from it.
    })
    this.#options.observer?.failed?.(error)
    this.#options.onFailure(error)
  }

  #answerAll(): void {
    const refusal = nodeStopped(this.leader)
    this.#proposals.end(refusal)
    this.#reads.end(refusal)
    this.#transfer.end(refusal)
  }
}
