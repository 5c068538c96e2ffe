import type { ConfState } from '../core/model/conf-state'
import { NO_MEMBERS } from '../core/model/conf-state'
import type { HardState } from '../core/model/hard-state'
import { EMPTY_HARD_STATE } from '../core/model/hard-state'
import type { NodeId } from '../core/model/node-id'
import type { Role } from '../core/model/soft-state'
import type { RaftLogStore } from '../log/raft-log-store'

/**
 * What is known from outside about one node, over all its runs. The log is looked at below everything that may deceive
 * the node: it is the store that writes to the disk.
 */
export class NodeRecord {
  readonly id: NodeId
  /** The log of the current run; of a node that is down, that of its last one, whose durable part still counts. */
  log: RaftLogStore | undefined
  isRunning = false
  role: Role = 'StateFollower'
  /** The highest term that the node was seen in, over all runs. */
  term = 0
  /** The last term that it led, over all runs; 0 if it never did. */
  lastLedTerm = 0
  /** What it knows to be committed, in this run. */
  commit = 0
  /** What its state machine has applied, in this run. */
  applied = 0
  /** The membership that counts for it. */
  confState: ConfState = NO_MEMBERS
  /** Term, vote and commit that the last finished sync covered. */
  durableHardState: HardState = EMPTY_HARD_STATE
  /** The last entry that the last finished sync covered. */
  durableLastIndex = 0
  /** The lowest index that changes touched which no sync has covered yet; infinite if there are none. */
  unsyncedFrom = Number.POSITIVE_INFINITY

  constructor(id: NodeId) {
    this.id = id
  }

  get isLeader(): boolean {
    return this.isRunning && this.role === 'StateLeader'
  }

  /** The term of an entry that the log holds, 0 where it does not reach; undefined where it was cut. */
  termAt(index: number): number | undefined {
    const { log } = this
    if (log === undefined || index > log.lastIndex) return 0
    return index < log.mark.index ? undefined : log.term(index)
  }

  /** Whether a loss of power would leave this entry here, in the log or in a snapshot. */
  holdsDurably(index: number, term: number): boolean {
    const { log } = this
    if (log === undefined || index > log.durableIndex) return false
    return index < log.mark.index || log.term(index) === term
  }
}
