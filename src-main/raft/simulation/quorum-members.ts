import type { ConfState } from '../core/model/conf-state'
import type { NodeId } from '../core/model/node-id'

/**
 * Whether those for whom `holds` is true are a quorum: a majority of the voters, in a joint membership of both halves.
 */
export function isQuorum(confState: ConfState, holds: (id: NodeId) => boolean): boolean {
  return hasMajority(confState.voters, holds) && hasMajority(confState.votersOutgoing, holds)
}

/** A half without voters agrees to everything: there is none outside of joint memberships. */
function hasMajority(voters: readonly NodeId[], holds: (id: NodeId) => boolean): boolean {
  let count = 0
  for (const id of voters) if (holds(id)) count += 1
  return voters.length === 0 || count > voters.length / 2
}
