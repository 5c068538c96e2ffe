import type { ConfState } from '../core/model/conf-state'
import type { Entry, EntryId } from '../core/model/entry'
import type { Message } from '../core/model/message'
import type { NodeId } from '../core/model/node-id'
import type { Role } from '../core/model/soft-state'
import type { LogUpdate, RaftLogStore } from '../log/raft-log-store'
import type { AppliedState } from '../node/state-machine'
import type { RaftNodeObserver } from '../node/raft-node-observer'
import type { ClientAnswer, GroupChecker } from './checkers/group-checker'
import { groupCheckers } from './checkers/group-checkers'
import { GroupRecord } from './group-record'
import type { NodeRecord } from './node-record'
import { ObservedLog } from './observed-log'
import type { RunTrace } from './run-trace'
import type { Violation } from './violation'

/** Those of the checks that care for each kind of event, so that an event costs only those. */
type Listeners = { readonly [Kind in keyof GroupChecker]-?: ReadonlyArray<NonNullable<GroupChecker[Kind]>> }

/** What a watch needs to know. */
export interface GroupWatchOptions {
  /** The entry with which the group is founded. */
  readonly start: EntryId
  /** Gives equal results of the state machine the same text and different ones different texts. */
  readonly describeResult: (result: unknown) => string
  readonly trace: RunTrace
}

/**
 * Watches a group from outside: at the stores under its logs, at the network, at its clients, and by what its nodes say
 * of themselves. Keeps the record of what is known and lets every check look at each event before it enters the record.
 */
export class GroupWatch {
  readonly group: GroupRecord
  readonly #trace: RunTrace
  readonly #listeners: Listeners

  constructor(options: GroupWatchOptions) {
    this.group = new GroupRecord(options.start)
    this.#trace = options.trace
    this.#listeners = listenersOf(groupCheckers(this.group, options.describeResult))
  }

  get violation(): Violation | undefined {
    return this.group.violation
  }

  /** Watches the log of a node that is being started, as it was recovered. @returns the log to give to the node */
  watchLog(nodeId: NodeId, log: RaftLogStore): RaftLogStore {
    const node = this.group.node(nodeId)
    node.log = log
    for (const recovers of this.#listeners.nodeRecovers) recovers(node)
    node.durableHardState = log.hardState
    node.durableLastIndex = log.lastIndex
    node.unsyncedFrom = Number.POSITIVE_INFINITY
    node.commit = log.hardState.commit
    const touched = new UnsyncedChanges(node)
    return new ObservedLog(log, {
      appends: (update) => {
        for (const appends of this.#listeners.logAppends) appends(node, update)
        touched.touch(update.reset?.index ?? update.entries?.[0]?.index)
      },
      appended: (update) => {
        for (const appended of this.#listeners.logAppended) appended(node, update)
        this.#traceAppend(node, update)
        if (log.hardState.commit > node.commit) this.#committed(node, log.hardState.commit)
      },
      cutsSuffix: (lastIndexToKeep) => {
        touched.touch(lastIndexToKeep + 1)
      },
      syncs: () => touched.syncs(),
    })
  }

  /** A node runs, with what its state machine had applied when it was started. */
  nodeStarted(nodeId: NodeId, applied: AppliedState): void {
    const node = this.group.node(nodeId)
    node.isRunning = true
    node.role = 'StateFollower'
    node.applied = applied.last.index
    node.commit = Math.max(node.commit, applied.last.index)
    node.confState = applied.confState
    this.#trace.event('started', nodeId, applied.last.index)
  }

  nodeEnded(nodeId: NodeId): void {
    this.group.node(nodeId).isRunning = false
    this.#trace.event('ended', nodeId, 0)
  }

  /** Told by the network of each message that leaves a node. */
  messageSent(from: NodeId, to: NodeId, message: Message): void {
    const node = this.group.node(from)
    for (const sent of this.#listeners.messageSent) sent(node, to, message)
  }

  /** A client was told by a node that its command is applied. */
  answered(nodeId: NodeId, answer: ClientAnswer): void {
    const node = this.group.node(nodeId)
    for (const answered of this.#listeners.answered) answered(node, answer)
  }

  /** What a run of a node tells of itself. @param isCurrent whether that run goes on */
  observer(nodeId: NodeId, isCurrent: () => boolean): RaftNodeObserver {
    const node = this.group.node(nodeId)
    const whileCurrent =
      <Parameters extends readonly unknown[]>(tell: (...parameters: Parameters) => void) =>
      (...parameters: Parameters): void => {
        if (isCurrent()) tell(...parameters)
      }
    return {
      roleChanged: whileCurrent(({ role }, term) => {
        this.#roleChanged(node, role, term)
      }),
      membershipChanged: whileCurrent((confState) => {
        this.#membershipChanged(node, confState)
      }),
      applied: whileCurrent((entries, results) => {
        this.#applied(node, entries, results)
      }),
      snapshotInstalled: whileCurrent((last) => {
        this.#snapshotInstalled(node, last)
      }),
    }
  }

  #roleChanged(node: NodeRecord, role: Role, term: number): void {
    for (const changes of this.#listeners.roleChanges) changes(node, role, term)
    node.role = role
    node.term = Math.max(node.term, term)
    if (role === 'StateLeader') node.lastLedTerm = term
    this.#trace.event(role, node.id, term)
  }

  #membershipChanged(node: NodeRecord, confState: ConfState): void {
    for (const changes of this.#listeners.membershipChanges) changes(node, confState)
    node.confState = confState
    this.#trace.event('membership', node.id, confState.voters.length)
  }

  #committed(node: NodeRecord, index: number): void {
    for (const commits of this.#listeners.commits) commits(node, index)
    node.commit = index
    this.#trace.event('committed', node.id, index)
  }

  #applied(node: NodeRecord, entries: readonly Entry[], results: readonly unknown[]): void {
    for (const applies of this.#listeners.applies) applies(node, entries, results)
    node.applied = entries.at(-1)?.index ?? node.applied
    this.#trace.event('applied', node.id, node.applied)
  }

  #snapshotInstalled(node: NodeRecord, { index, term }: EntryId): void {
    for (const installed of this.#listeners.snapshotInstalled) installed(node, index, term)
    node.applied = index
    node.commit = Math.max(node.commit, index)
    this.#trace.event('installed', node.id, index)
  }

  #traceAppend(node: NodeRecord, { hardState, reset, entries }: LogUpdate): void {
    this.#trace.event('appended', node.id, entries?.at(-1)?.index ?? reset?.index ?? 0, hardState?.term)
  }
}

/** Which entries were touched since the last sync that is done began. */
class UnsyncedChanges {
  readonly #node: NodeRecord
  #sequence = 0
  /** Oldest first. */
  #touched: Array<{ readonly sequence: number; readonly from: number }> = []

  constructor(node: NodeRecord) {
    this.#node = node
  }

  touch(from: number | undefined): void {
    if (from === undefined) return
    this.#sequence += 1
    this.#touched.push({ sequence: this.#sequence, from })
    this.#node.unsyncedFrom = Math.min(this.#node.unsyncedFrom, from)
  }

  syncs(): () => void {
    const node = this.#node
    const sequence = this.#sequence
    const { log } = node
    const hardState = log?.hardState
    return () => {
      // Of a run that has ended nothing is learned any more: the record speaks of the next one.
      if (log === undefined || node.log !== log) return
      if (hardState !== undefined && hardState.term >= node.durableHardState.term) node.durableHardState = hardState
      this.#touched = this.#touched.filter((change) => change.sequence > sequence)
      node.unsyncedFrom = this.#touched.reduce((lowest, { from }) => Math.min(lowest, from), Number.POSITIVE_INFINITY)
      node.durableLastIndex = log.durableIndex
    }
  }
}

function listenersOf(checkers: readonly GroupChecker[]): Listeners {
  const of = <Kind extends keyof GroupChecker>(kind: Kind): Array<NonNullable<GroupChecker[Kind]>> =>
    checkers.flatMap((checker) => {
      const listener = checker[kind]
      return listener === undefined ? [] : [listener]
    })
  return {
    name: of('name'),
    nodeRecovers: of('nodeRecovers'),
    logAppends: of('logAppends'),
    logAppended: of('logAppended'),
    messageSent: of('messageSent'),
    roleChanges: of('roleChanges'),
    membershipChanges: of('membershipChanges'),
    commits: of('commits'),
    applies: of('applies'),
    snapshotInstalled: of('snapshotInstalled'),
    answered: of('answered'),
  }
}
