import type { RaftState } from './raft-state'

/**
 * Leases, counted in ticks. A leader holds one as long as no quorum of its voters can have elected somebody else: each
 * of them promised, by answering a heartbeat, to ignore candidates for one election timeout after it. The leader counts
 * from the tick at which it sent the heartbeat, which is before the voter received it, so it errs to the safe side.
 *
 * The promise holds whatever becomes of the voter meanwhile: it outlasts a change of term, and a voter that has been
 * restarted and does not remember begins by waiting. Only a transfer of leadership breaks it, and the leader that
 * starts one knows. (Thesis, section 6.4.1.)
 */

/**
 * A tick may have begun just before an event and may end just after the next: one at each end is not to be relied on.
 */
const TICKS_LOST_TO_ROUNDING = 2

/** Whether this leader may answer reads without asking anybody. */
export function holdsLease(raft: RaftState): boolean {
  if (raft.role !== 'StateLeader' || !raft.config.checkQuorum || raft.leaseForfeited) return false
  if (raft.tracker.isSingleton && raft.tracker.get(raft.id)?.isLearner === false) return true
  return leaseTicksLeft(raft) > 0
}

/** For how many more ticks the lease holds if nobody answers any more; 0 if it does not hold. */
export function leaseTicksLeft(raft: RaftState): number {
  const since = raft.tracker.quorumLeaseTick()
  if (since === 0) return 0
  const length = raft.config.electionTicks - raft.config.maxClockDriftTicks - TICKS_LOST_TO_ROUNDING
  return Math.max(0, since + length - raft.tickCount + 1)
}

/** There was a sign of a leader: this voter's promise begins anew. */
export function promiseLease(raft: RaftState): void {
  raft.lastLeaderTick = raft.tickCount
}

/**
 * Whether this voter must ignore candidates because somebody may be answering reads on the strength of its promise.
 * Only with lease reads; the weaker rule of checkQuorum, which spares a healthy leader, is applied beside it.
 */
export function owesLease(raft: RaftState): boolean {
  if (raft.config.readMode !== 'lease' || raft.lastLeaderTick === 0) return false
  return raft.tickCount - raft.lastLeaderTick < raft.config.electionTicks
}
