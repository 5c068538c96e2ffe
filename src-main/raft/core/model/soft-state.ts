import type { NodeId } from './node-id'

/** The part that a node plays in its term. */
export type Role = 'StateFollower' | 'StatePreCandidate' | 'StateCandidate' | 'StateLeader'

/** What is worth knowing about a node at once and is not stored. */
export interface SoftState {
  /** Who leads as far as this node knows, 0 if nobody. */
  readonly leader: NodeId
  readonly role: Role
}
