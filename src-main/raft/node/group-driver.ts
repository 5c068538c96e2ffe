import { assert } from '../../base/assert'
import type { RaftConfig } from '../core/config'
import { decodeConfChange } from '../core/model/conf-change'
import type { ConfState } from '../core/model/conf-state'
import type { Entry, EntryId } from '../core/model/entry'
import type { Message } from '../core/model/message'
import type { NodeId } from '../core/model/node-id'
import { APPEND_THREAD, APPLY_THREAD } from '../core/model/node-id'
import type { Snapshot } from '../core/model/snapshot'
import { RawNode } from '../core/raw-node'
import type { Ready } from '../core/ready'
import type { RaftLogStore } from '../log/raft-log-store'
import { noProbe } from '../../flow/flow-probe'
import type { PeerMessage, RaftPeerMessage } from '../transport/peer-message'
import { ApplyQueue } from './apply-queue'
import { CatchUpReader } from './catch-up-reader'
import { CommitNotices } from './commit-notices'
import { GroupSnapshots } from './group-snapshots'
import { LeaseClock } from './lease-clock'
import { LogStorage } from './log-storage'
import { LogWriter } from './log-writer'
import { MessageStages } from './message-stages'
import { PeerContacts } from './peer-contacts'
import type { RaftNodeOptions, RaftSettings } from './raft-node-options'
import type { RaftNodeObserver } from './raft-node-observer'
import type { SnapshotStore } from './snapshot/snapshot-store'
import { StageWatch } from './stage-watch'
import type { AppliedState } from './state-machine'

/** A membership change that was applied. */
export interface AppliedMembershipChange {
  readonly entry: Entry
  /** The membership from now on. */
  readonly confState: ConfState
}

/** Who asks a driver for things and answers for them. */
export interface GroupDriverHost<Result> {
  /** Called before each look at what the core wants: the time to hand it what waits. */
  beforeReady(): void
  readConfirmed(token: Uint8Array, index: number): void
  applied(entries: readonly Entry[], results: readonly Result[], change: AppliedMembershipChange | undefined): void
  /** A snapshot takes the place of the entries from an index up to another one. */
  skipped(firstIndex: number, lastIndex: number): void
  /** A snapshot is installed. */
  installed(index: number): void
  /** Role, leader or term may have changed. */
  leadershipNoted(): void
  /** The driver can do nothing more. Called once. */
  failed(thrown: unknown): void
}

/**
 * Keeps one core at work. What comes in is stepped at once and then pumped out once for all that came in the same turn of
 * the loop: messages leave, the log is appended to, committed entries go to the state machine. What log and state machine
 * answer is stepped again.
 */
export class GroupDriver<Result> {
  readonly core: RawNode
  readonly contacts = new PeerContacts()
  readonly snapshots: GroupSnapshots
  /** Through which stepping sees and stops the replication. */
  readonly watch: StageWatch
  readonly #options: RaftNodeOptions<Result>
  readonly #host: GroupDriverHost<Result>
  readonly #observer: RaftNodeObserver<Result> | undefined
  readonly #log: RaftLogStore
  readonly #messageStages: MessageStages
  readonly #writer: LogWriter
  readonly #applyQueue: ApplyQueue<Result>
  readonly #catchUp: CatchUpReader
  readonly #notices: CommitNotices
  /** Undefined where reads rest on no lease. */
  readonly #leaseClock: LeaseClock | undefined
  #applied: EntryId
  #committed: number
  /** The membership change that is being applied. */
  #change: AppliedMembershipChange | undefined
  #isPumpScheduled = false
  #isStopped = false

  /** @throws RaftError if the stored state contradicts itself */
  constructor(
    options: RaftNodeOptions<Result>,
    settings: RaftSettings,
    snapshots: SnapshotStore,
    applied: AppliedState,
    host: GroupDriverHost<Result>,
  ) {
    const { log, observer, stateMachine, transport, regionId } = options
    this.#options = options
    this.#host = host
    this.#observer = observer
    this.watch = options.watch ?? new StageWatch(noProbe, regionId, transport.nodeId, () => Promise.resolve(undefined))
    this.#log = log
    this.#applied = applied.last
    this.#committed = Math.max(log.hardState.commit, applied.last.index)
    const fail = this.fail.bind(this)
    const deliver = this.#deliver.bind(this)
    this.#messageStages = new MessageStages(this.watch, options.env.clock)
    const changeMembership = this.#changeMembership.bind(this)
    const entriesApplied = this.#entriesApplied.bind(this)
    const queueHost = { changeMembership, applied: entriesApplied, deliver, fail }
    this.#applyQueue = new ApplyQueue(stateMachine, applied, queueHost, this.watch)
    this.#writer = new LogWriter(log, { deliver, install: this.#install.bind(this), fail }, observer, this.watch)
    this.#catchUp = new CatchUpReader(log, fail)
    this.#notices = new CommitNotices(options.env.clock, this.#sendAtOnce)
    this.snapshots = this.#newSnapshots(snapshots, settings)
    this.#leaseClock = settings.readMode === 'lease' ? new LeaseClock(options.env.clock) : undefined
    this.core = this.#newCore(settings, applied.confState)
  }

  /** The last entry that the state machine has applied. */
  get applied(): EntryId {
    return this.#applied
  }

  /** The highest index known to be committed. */
  get committed(): number {
    return this.#committed
  }

  /** The last index that was handed to the state machine. */
  get applyingIndex(): number {
    return this.#applyQueue.applyingIndex
  }

  /** The membership behind that index. */
  get confState(): ConfState {
    return this.#applyQueue.confState
  }

  /** Whether the log is being made durable. */
  get isSyncing(): boolean {
    return this.#writer.isSyncing
  }

  /** One tick of time has passed. Allocates nothing while nothing is due. Its number is as {@link RawNode.tick} has it. */
  tick(tickNumber?: number): void {
    if (this.#isStopped) return
    this.contacts.tick()
    try {
      this.#tellLeaseTime()
      this.core.tick(tickNumber)
      this.snapshots.tick()
      if (this.core.hasReady()) this.schedulePump()
    } catch (error) {
      this.fail(error)
    }
  }

  /** As {@link RaftNode.ticksUntilUrgent}. */
  get ticksUntilUrgent(): number {
    if (this.#isStopped) return Infinity
    return this.snapshots.isSending ? 1 : this.core.ticksUntilElection
  }

  /** At which index a read is current that this node, as the leader, answers on its lease; undefined if it must ask. */
  leasedReadIndex(): number | undefined {
    if (this.#leaseClock === undefined || this.#isStopped) return undefined
    this.#tellLeaseTime()
    return this.core.leasedReadIndex()
  }

  /** Asks a quorum whether this node still leads, for the reads behind a token. To be called before a look at what the core wants. */
  askQuorum(token: Uint8Array): void {
    this.#tellLeaseTime()
    this.core.readIndex(token, 'safe')
  }

  /** Takes what another member sent. */
  receive(from: NodeId, message: PeerMessage): void {
    if (this.#isStopped) return
    this.contacts.received(from)
    this.#observer?.received?.(from, message)
    if (message.kind === 'raft') {
      if (message.followed === undefined && !this.watch.isOn) this.#receiveRaft(from, message.message)
      else {
        this.#messageStages.receive(from, message, () => {
          // It may have been held: what it promises is counted from now, by ticks that are not behind.
          this.#options.catchUpTicks?.()
          if (!this.#isStopped) this.#receiveRaft(from, message.message)
        })
      }
    } else this.snapshots.take(from, message)
  }

  /** Does something to the core, and then whatever follows from it. */
  step(work: () => void): void {
    if (this.#isStopped) return
    try {
      work()
    } catch (error) {
      this.fail(error)
      return
    }
    this.schedulePump()
  }

  /** Has everything that came in during this turn of the loop carried out at its end. */
  schedulePump(): void {
    if (this.#isPumpScheduled) return
    this.#isPumpScheduled = true
    queueMicrotask(this.#runScheduledPump)
  }

  /** Gives back what only a leader needs. */
  leadershipLost(): void {
    this.#notices.clear()
    this.snapshots.leadershipLost()
    this.#catchUp.forget()
  }

  /** Ends with an error. Only the first one counts. */
  fail(thrown: unknown): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#host.failed(thrown)
  }

  /** Starts nothing more; resolves when what runs is over and the log is closed. @throws SandboxError of the log */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#notices.clear()
    this.#writer.stop()
    // What is held of this group would hold up its end.
    this.watch.end()
    this.#catchUp.forget()
    const snapshotsStopped = this.snapshots.stop()
    await this.#applyQueue.stop()
    await snapshotsStopped
    await this.#log.close()
  }

  /** Before whatever starts, renews or rests on a lease: a late tick must not make it last longer. */
  #tellLeaseTime(): void {
    if (this.#leaseClock !== undefined) this.core.leaseTimeIs(this.#leaseClock.nowMs())
  }

  #newSnapshots(store: SnapshotStore, settings: RaftSettings): GroupSnapshots {
    const { regionId, stateMachine, onWarning } = this.#options
    const committedIndex = () => this.#committed
    const unneededIndex = () => this.core.applied
    const confState = () => this.#applyQueue.confState
    return new GroupSnapshots(
      store,
      this.#log,
      settings,
      {
        regionId,
        get committedIndex() {
          return committedIndex()
        },
        get unneededIndex() {
          return unneededIndex()
        },
        get confState() {
          return confState()
        },
        createSnapshot: () => this.#applyQueue.createSnapshot(),
        persist: stateMachine.persist?.bind(stateMachine),
        send: this.#send.bind(this),
        reportSnapshot: (to, arrived) => {
          this.step(() => {
            this.core.reportSnapshot(to, arrived)
          })
        },
        fail: this.fail.bind(this),
        warn: onWarning,
      },
      this.#observer,
    )
  }

  #newCore(settings: RaftSettings, confState: ConfState): RawNode {
    const { regionId, transport, env, logger, createCore } = this.#options
    const { readMode, leaseMs, mayOweLease, preVote, checkQuorum, electionTicks, heartbeatTicks } = settings
    const { maxMessageBytes, maxApplyingBytes, maxUncommittedBytes, maxInflightMessages, maxInflightBytes } = settings
    const config: RaftConfig = {
      id: transport.nodeId,
      storage: new LogStorage(this.#log, this.#catchUp, confState, () => this.snapshots.newestForMembers()),
      random: env.random.fork(`raft node ${String(transport.nodeId)} of region ${String(regionId)}`),
      ...(logger !== undefined && { logger }),
      applied: this.#applied.index,
      asyncStorageWrites: true,
      ...{ readMode, leaseMs, mayOweLease, preVote, checkQuorum, electionTicks, heartbeatTicks },
      ...{ maxMessageBytes, maxApplyingBytes, maxUncommittedBytes, maxInflightMessages, maxInflightBytes },
    }
    return createCore?.(config) ?? new RawNode(config)
  }

  #receiveRaft(from: NodeId, message: Message): void {
    const isSnapshot = message.type === 'MsgSnap'
    if (isSnapshot && !this.snapshots.mayStep(message)) return
    try {
      // A leader may answer the read of another member on its lease.
      if (message.type === 'MsgReadIndex') this.#tellLeaseTime()
      const refusal = this.core.step(message)
      if (refusal !== undefined) {
        this.#observer?.refused?.(from, { kind: 'raft', regionId: this.#options.regionId, message }, refusal)
      }
      // A snapshot must reach the apply queue before anything else does: what waits there must not be applied any more.
      if (isSnapshot) this.#pump()
      else if (this.core.hasReady()) this.schedulePump()
    } catch (error) {
      this.fail(error)
    }
  }

  readonly #runScheduledPump = (): void => {
    this.#isPumpScheduled = false
    try {
      this.#pump()
    } catch (error) {
      this.fail(error)
    }
  }

  #pump(): void {
    while (!this.#isStopped) {
      this.#host.beforeReady()
      if (!this.core.hasReady()) return
      this.#handle(this.core.ready())
    }
  }

  #handle(ready: Ready): void {
    const { hardState, softState } = ready
    if (hardState !== undefined && hardState.commit > this.#committed) {
      if (this.watch.isOn) this.#watchCommit(this.#committed + 1, hardState.commit)
      this.#committed = hardState.commit
      this.#observer?.committed?.(hardState.commit, hardState.term)
    }
    // Votes are asked for once this node's own is durable. Others could elect it before that, and after a loss of power it would
    // know nothing of its term, be elected by the same votes and lead the term twice.
    let voteRequests: Message[] | undefined
    // The core puts the order to write behind the messages that may leave at once: followers write beside this node.
    for (const message of ready.messages) {
      if (message.type === 'MsgVote') (voteRequests ??= []).push(message)
      else if (message.to === APPEND_THREAD) {
        this.#append(ready, voteRequests === undefined ? message.responses : [...message.responses, ...voteRequests])
        voteRequests = undefined
      } else if (message.to === APPLY_THREAD) this.#applyQueue.apply(message.entries, message.responses)
      else this.#sendRaft(message)
    }
    assert(voteRequests === undefined, 'a term that votes are asked for is written first')
    for (const { index, context } of ready.readStates) this.#host.readConfirmed(context, index)
    if (softState !== undefined) this.#observer?.roleChanged?.(softState, this.core.term)
    if (softState !== undefined || hardState !== undefined) this.#host.leadershipNoted()
  }

  /** What a quorum holds is applied when the person who steps lets it. */
  #watchCommit(first: number, last: number): void {
    if (!this.core.isLeader) return
    const stages = this.watch.committing(first, last, this.core.term)
    if (stages?.held === undefined) stages?.leave()
    else {
      this.#applyQueue.waitFor(
        stages.held.then(() => {
          stages.leave()
        }),
      )
    }
  }

  #append({ entries, hardState, snapshot }: Ready, responses: readonly Message[]): void {
    if (snapshot !== undefined) {
      this.snapshots.beginInstalling(snapshot)
      this.#applyQueue.dropWaiting()
      this.#catchUp.forget()
      this.#observer?.membershipChanged?.(snapshot.confState)
      this.#host.skipped(this.applyingIndex + 1, snapshot.index)
    }
    const update = {
      ...(hardState !== undefined && { hardState }),
      ...(snapshot !== undefined && { reset: { index: snapshot.index, term: snapshot.term } }),
      ...(entries.length > 0 && { entries }),
    }
    this.#writer.append(update, responses, snapshot)
  }

  #changeMembership(entry: Entry): ConfState {
    // Undefined if a snapshot had overtaken the change; then it was dropped here, too, so that does not happen.
    const confState = this.core.applyConfChange(decodeConfChange(entry), entry.index)
    assert(confState !== undefined, 'a membership change that is applied is news to the core', { index: entry.index })
    this.#observer?.membershipChanged?.(confState)
    this.#change = { entry, confState }
    this.schedulePump()
    return confState
  }

  #entriesApplied(entries: readonly Entry[], results: readonly Result[]): void {
    const last = entries.at(-1)
    assert(last !== undefined, 'a batch holds entries')
    const change = this.#change
    this.#change = undefined
    this.#applied = { index: last.index, term: last.term }
    this.#observer?.applied?.(entries, results)
    this.#host.applied(entries, results, change)
    this.snapshots.appliedTo(last.index)
  }

  /** The log is reset for the snapshot, durably; now the state follows. */
  #install(snapshot: Snapshot, done: () => void): void {
    const { index, term, confState } = snapshot
    const state = this.snapshots.stateOf(snapshot)
    assert(state !== undefined, 'a snapshot stays while it is being installed', { index })
    this.#applyQueue.restore({ last: { index, term }, confState }, state, () => {
      this.#applied = { index, term }
      this.snapshots.installed(index)
      this.#observer?.snapshotInstalled?.(this.#applied)
      done()
      this.#host.installed(index)
    })
  }

  /** Hands on what log or state machine have let go of. */
  #deliver(responses: readonly Message[]): void {
    this.step(() => {
      for (const response of responses) {
        if (response.to === this.core.id) this.core.step(response)
        else this.#sendRaft(response)
      }
      // Not up to what is applied: until the core knows of it, which is when all of an order is, it may look at entries again.
      this.#log.releaseUpTo(this.core.applied)
    })
  }

  #sendRaft(message: Message): void {
    if (message.type === 'MsgSnap') this.snapshots.send(message)
    else if (this.watch.isOn) {
      this.#messageStages.send({ kind: 'raft', regionId: this.#options.regionId, message }, this.#sendStaged)
    } else if (!this.#notices.keeps(message)) this.#sendAtOnce(message)
  }

  readonly #sendAtOnce = (message: Message): void => {
    this.#send(message.to, { kind: 'raft', regionId: this.#options.regionId, message })
  }

  readonly #sendStaged = (message: RaftPeerMessage): void => {
    this.#send(message.message.to, message)
  }

  #send(to: NodeId, message: PeerMessage): void {
    if (this.#isStopped) return
    this.contacts.sent(to, this.#options.env.clock.wallTimeMs())
    this.#observer?.sent?.(to, message)
    this.#options.transport.send(to, message)
  }
}
