import type { RaftState } from './raft-state'

/**
 * Leases. A leader holds one as long as no quorum of its voters can have elected somebody else: each of them promised,
 * by answering a heartbeat, to ignore candidates for one election timeout after it. The leader counts from the moment at
 * which it sent the heartbeat, which is before the voter received it, so it errs to the safe side.
 *
 * Voters count their promises in ticks. A process that stands still counts none, which makes a promise longer and is
 * safe. A leader that stands still must not take its lease for longer, so a driver tells it the time, see
 * {@link leaseTimeIs}; only where no process can stand still, as in a scenario, may it count ticks as well.
 *
 * The promise holds whatever becomes of the voter meanwhile: it outlasts a change of term, and a voter that has been
 * restarted and does not remember begins by waiting. Only a transfer of leadership breaks it, and the leader that
 * starts one knows. (Thesis, section 6.4.1.)
 */

/**
 * A tick may have begun just before an event and may end just after the next: one at each end is not to be relied on.
 */
export const TICKS_LOST_TO_ROUNDING = 2

/** It is so late, in ms from 1 since any origin. Time that went back is not believed; where leases are in ticks, ms are of no use. */
export function leaseTimeIs(raft: RaftState, timeMs: number): void {
  if (raft.config.leaseMs !== undefined && timeMs > raft.leaseTime) raft.leaseTime = timeMs
}

/** Whether this leader may answer reads without asking anybody. */
export function holdsLease(raft: RaftState): boolean {
  if (raft.role !== 'StateLeader' || !raft.config.checkQuorum || raft.leaseForfeited) return false
  if (raft.tracker.isSingleton && raft.tracker.get(raft.id)?.isLearner === false) return true
  return leaseTimeLeft(raft) > 0
}

/** For how much longer the lease holds if nobody answers any more, in ticks or ms; 0 if it does not hold. */
export function leaseTimeLeft(raft: RaftState): number {
  const since = raft.tracker.quorumLeaseTime()
  if (since === 0) return 0
  const { leaseMs, electionTicks, maxClockDriftTicks } = raft.config
  const length = leaseMs ?? electionTicks - maxClockDriftTicks - TICKS_LOST_TO_ROUNDING + 1
  return Math.max(0, since + length - raft.leaseTime)
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
