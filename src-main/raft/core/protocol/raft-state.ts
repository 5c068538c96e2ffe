import type { ResolvedConfig } from '../config'
import { RaftLog } from '../log/raft-log'
import type { RaftLogger } from '../logger'
import type { HardState } from '../model/hard-state'
import type { Message } from '../model/message'
import type { NodeId } from '../model/node-id'
import { NO_NODE } from '../model/node-id'
import type { Role } from '../model/soft-state'
import type { ReadState } from '../ready'
import { ProgressTracker } from '../tracker/progress-tracker'
import { ReadQueue } from './read-queue'

/**
 * Everything that one node knows. The modules of this folder are functions over it, one concern each; which module may
 * change a group of fields is said beside them. Nobody outside the core sees it.
 */
export interface RaftState {
  readonly id: NodeId
  readonly config: ResolvedConfig
  readonly logger: RaftLogger
  readonly log: RaftLog
  readonly tracker: ProgressTracker

  /** Changed by role-transitions only. */
  role: Role
  term: number
  /** Whom this node voted for in its term. Changed by role-transitions and when a vote is granted. */
  vote: NodeId
  /** Who leads as far as this node knows. */
  leader: NodeId
  /** Whether this node is a member without a vote. Changed by membership-change. */
  isLearner: boolean

  /**
   * Ticks since this node started; a voter's promises are counted in it. Starts at 1, so that 0 can stand for never.
   * Changed by tick.
   */
  tickCount: number
  /**
   * Leader: the time by which it counts its leases, from 1: ticks, or what the driver said last. Changed by tick and by
   * the lease.
   */
  leaseTime: number
  /**
   * Leader: ticks since the last check of the quorum. Others: ticks since a sign of the leader or the last campaign.
   */
  electionElapsed: number
  /** Leader: ticks since the last heartbeats. */
  heartbeatElapsed: number
  /** Ticks after which this node campaigns, drawn anew with every change of role. */
  randomizedElectionTimeout: number
  /** The tick of the last sign of a leader, in whatever term; 0 if there was none. Voters honour leases by it. */
  lastLeaderTick: number

  /** Leader: to whom leadership is being handed over, 0 if to nobody. */
  leadTransferee: NodeId
  /** Leader: whether somebody was told to campaign at once in this term, so that no lease holds any more. */
  leaseForfeited: boolean
  /** The last entry of which the configuration in force knows. Changed by membership-change. */
  configurationIndex: number
  /** Leader: no membership change may be proposed before the applied index has reached this one. */
  pendingConfIndex: number
  /** Leader: payload bytes appended in this term and not applied yet; an estimate that is never too high. */
  uncommittedBytes: number

  /** Leader: reads that wait for a quorum. */
  readonly readQueue: ReadQueue
  /** Leader: reads that wait for the first commit of the term. */
  pendingReads: Message[]
  /** Reads that may be served; handed out with the next Ready. */
  readStates: ReadState[]

  /** Messages that may leave at once, never to this node itself. */
  messages: Message[]
  /**
   * Messages that promise something to others, and this node's own vote and acknowledgement, which count like
   * anybody's. They may leave only after everything that the log, the term and the vote contain by now is durable. That
   * one rule is what makes every promise survive a crash.
   */
  messagesAfterAppend: Message[]
}

/** The state of a node that has just been started and has not looked at its storage except for the log. */
export function newRaftState(config: ResolvedConfig): RaftState {
  return {
    id: config.id,
    config,
    logger: config.logger,
    log: new RaftLog(config.storage, config.logger, config.maxApplyingBytes),
    tracker: new ProgressTracker(),
    role: 'StateFollower',
    term: 0,
    vote: NO_NODE,
    leader: NO_NODE,
    isLearner: false,
    tickCount: 1,
    leaseTime: 1,
    electionElapsed: 0,
    heartbeatElapsed: 0,
    randomizedElectionTimeout: 0,
    lastLeaderTick: 0,
    leadTransferee: NO_NODE,
    leaseForfeited: false,
    configurationIndex: 0,
    pendingConfIndex: 0,
    uncommittedBytes: 0,
    readQueue: new ReadQueue(),
    pendingReads: [],
    readStates: [],
    messages: [],
    messagesAfterAppend: [],
  }
}

/** What must be found again after a crash. */
export function hardStateOf(raft: RaftState): HardState {
  return { term: raft.term, vote: raft.vote, commit: raft.log.committed }
}

/**
 * Whether this node may become leader: a voter by its own configuration that does not wait for a snapshot to be stored.
 */
export function isPromotable(raft: RaftState): boolean {
  const own = raft.tracker.get(raft.id)
  return own !== undefined && !own.isLearner && raft.log.unstable.snapshot === undefined
}

/** Whether an entry of the current term is committed. Only then does a leader know what is committed at all. */
export function hasCommittedInTerm(raft: RaftState): boolean {
  return raft.log.term(raft.log.committed) === raft.term
}
