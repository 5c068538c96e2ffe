import type { NodeId } from '../model/node-id'
import type { AckedIndexes } from './majority'
import { majorityCommittedIndex, majorityVoteResult } from './majority'
import type { VoteResult } from './vote-result'

/** Two sets of voters of which both must agree. Outside a joint change the outgoing one is empty and always agrees. */
export interface JointVoters {
  readonly incoming: readonly NodeId[]
  readonly outgoing: readonly NodeId[]
}

/** The highest index that a majority of each half has acknowledged. */
export function jointCommittedIndex(voters: JointVoters, acked: AckedIndexes): number {
  const incoming = majorityCommittedIndex(voters.incoming, acked)
  if (voters.outgoing.length === 0) return incoming
  return Math.min(incoming, majorityCommittedIndex(voters.outgoing, acked))
}

/** An election is won in both halves or not at all; losing one half loses it. */
export function jointVoteResult(voters: JointVoters, votes: ReadonlyMap<NodeId, boolean>): VoteResult {
  const incoming = majorityVoteResult(voters.incoming, votes)
  const outgoing = majorityVoteResult(voters.outgoing, votes)
  if (incoming === outgoing) return incoming
  if (incoming === 'VoteLost' || outgoing === 'VoteLost') return 'VoteLost'
  return 'VotePending'
}
