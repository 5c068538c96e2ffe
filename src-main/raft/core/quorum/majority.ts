import type { NodeId } from '../model/node-id'
import type { VoteResult } from './vote-result'

/** Tells up to which index each voter has acknowledged. */
export interface AckedIndexes {
  /** The highest index that the voter acknowledged, or undefined if nothing is known of it. */
  ackedIndex(voter: NodeId): number | undefined
}

/**
 * The highest index that a majority of the voters has acknowledged. A voter that was not heard of counts as 0.
 * No voters at all acknowledge everything: that makes an empty half of a joint configuration drop out.
 *
 * For every voter's index it counts how many reach it. That is quadratic, but it is the definition itself, allocates
 * nothing, and groups have few voters.
 */
export function majorityCommittedIndex(voters: readonly NodeId[], acked: AckedIndexes): number {
  if (voters.length === 0) return Number.POSITIVE_INFINITY
  const quorum = quorumSize(voters.length)
  let committed = 0
  for (const candidate of voters) {
    const index = acked.ackedIndex(candidate) ?? 0
    if (index <= committed) continue
    let reached = 0
    for (const voter of voters) {
      if ((acked.ackedIndex(voter) ?? 0) >= index) reached += 1
    }
    if (reached >= quorum) committed = index
  }
  return committed
}

/** The outcome of an election among the voters, given who has answered what. No voters at all elect anyone. */
export function majorityVoteResult(voters: readonly NodeId[], votes: ReadonlyMap<NodeId, boolean>): VoteResult {
  if (voters.length === 0) return 'VoteWon'
  let granted = 0
  let missing = 0
  for (const voter of voters) {
    const vote = votes.get(voter)
    if (vote === undefined) missing += 1
    else if (vote) granted += 1
  }
  const quorum = quorumSize(voters.length)
  if (granted >= quorum) return 'VoteWon'
  return granted + missing >= quorum ? 'VotePending' : 'VoteLost'
}

/** How many of `voters` make a majority. */
export function quorumSize(voters: number): number {
  return Math.floor(voters / 2) + 1
}
