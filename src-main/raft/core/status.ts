import type { NodeId } from './model/node-id'
import type { Role } from './model/soft-state'
import { leaseTimeLeft } from './protocol/lease'
import type { RaftState } from './protocol/raft-state'
import type { Configuration } from './tracker/configuration'
import type { Progress, ProgressState } from './tracker/progress'

/** How far a leader is with one member. */
export interface MemberStatus {
  readonly id: NodeId
  readonly state: ProgressState
  readonly match: number
  readonly next: number
  readonly isLearner: boolean
  readonly paused: boolean
  readonly recentActive: boolean
  /** The snapshot under way, 0 if none. */
  readonly pendingSnapshot: number
  readonly inflightMessages: number
  readonly inflightBytes: number
  readonly inflightFull: boolean
}

/** How far the log is. Written, durable and applied are three moments; each index counts everything up to it. */
export interface LogStatus {
  readonly firstIndex: number
  readonly lastIndex: number
  /** Handed out for writing. */
  readonly written: number
  /** Acknowledged as durable on this node. */
  readonly durable: number
  readonly committed: number
  /** Handed out for applying. */
  readonly applying: number
  readonly applied: number
}

/** A node at one moment, as plain data; taking it changes nothing. */
export interface RaftStatus {
  readonly id: NodeId
  readonly role: Role
  readonly term: number
  readonly vote: NodeId
  readonly leader: NodeId
  readonly isLearner: boolean
  readonly log: LogStatus
  readonly configuration: Configuration
  /** No membership change is taken before this index is applied. */
  readonly pendingConfIndex: number
  /** To whom leadership is being handed over, 0 if to nobody. */
  readonly leadTransferee: NodeId
  readonly uncommittedBytes: number
  /** Reads that wait for a quorum or for the first commit of the term. */
  readonly waitingReads: number
  readonly tickCount: number
  readonly electionElapsed: number
  readonly randomizedElectionTimeout: number
  readonly heartbeatElapsed: number
  /** Leader with checkQuorum: how long it may answer reads alone, in ticks or, with leaseMs, in ms; 0 if it may not. */
  readonly leaseTimeLeft: number
  /** Leader: every member in order of ids, itself included. Others: empty. */
  readonly members: readonly MemberStatus[]
}

/** Takes the status of a node. */
export function statusOf(raft: RaftState): RaftStatus {
  const { log, tracker } = raft
  const leads = raft.role === 'StateLeader'
  return {
    id: raft.id,
    role: raft.role,
    term: raft.term,
    vote: raft.vote,
    leader: raft.leader,
    isLearner: raft.isLearner,
    log: {
      firstIndex: log.firstIndex(),
      lastIndex: log.lastIndex(),
      written: log.unstable.offsetInProgress - 1,
      durable: log.unstable.offset - 1,
      committed: log.committed,
      applying: log.applying,
      applied: log.applied,
    },
    configuration: tracker.configuration,
    pendingConfIndex: raft.pendingConfIndex,
    leadTransferee: raft.leadTransferee,
    uncommittedBytes: raft.uncommittedBytes,
    waitingReads: raft.readQueue.size + raft.pendingReads.length,
    tickCount: raft.tickCount,
    electionElapsed: raft.electionElapsed,
    randomizedElectionTimeout: raft.randomizedElectionTimeout,
    heartbeatElapsed: raft.heartbeatElapsed,
    leaseTimeLeft: leads && raft.config.checkQuorum && !raft.leaseForfeited ? leaseTimeLeft(raft) : 0,
    members: leads ? tracker.ids.flatMap((id) => memberStatus(id, tracker.get(id))) : [],
  }
}

function memberStatus(id: NodeId, progress: Progress | undefined): readonly MemberStatus[] {
  if (progress === undefined) return []
  const { state, match, next, isLearner, paused, recentActive, pendingSnapshot } = progress
  return [
    {
      id,
      state,
      match,
      next,
      isLearner,
      paused,
      recentActive,
      pendingSnapshot,
      inflightMessages: progress.inflightCount,
      inflightBytes: progress.inflightBytes,
      inflightFull: progress.inflightFull,
    },
  ]
}
