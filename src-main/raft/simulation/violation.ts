import type { NodeId } from '../core/model/node-id'

/** A rule of Raft that a run broke. */
export interface Violation {
  /** Which check found it; the names are those of the checkers. */
  readonly check: string
  /** What happened, in a sentence. */
  readonly message: string
  /** The node at which it showed; 0 for the group as a whole. */
  readonly nodeId: NodeId
}
