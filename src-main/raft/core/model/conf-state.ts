import type { NodeId } from './node-id'

/**
 * The membership as it is stored in snapshots and handed to a new node. Ids are sorted when this core makes one. The
 * outgoing voters are there only while a joint change is under way.
 */
export interface ConfState {
  /** The voters, in a joint change those of the new configuration. */
  readonly voters: readonly NodeId[]
  /** In a joint change the voters of the old configuration, otherwise empty. */
  readonly votersOutgoing: readonly NodeId[]
  /** Members that receive the log and do not vote. */
  readonly learners: readonly NodeId[]
  /** Outgoing voters that become learners when the joint change ends. */
  readonly learnersNext: readonly NodeId[]
  /** Whether the leader ends the joint change by itself as soon as it has applied its beginning. */
  readonly autoLeave: boolean
}

/** The membership of a node that knows of no group yet. */
export const NO_MEMBERS: ConfState = Object.freeze({
  voters: Object.freeze([]),
  votersOutgoing: Object.freeze([]),
  learners: Object.freeze([]),
  learnersNext: Object.freeze([]),
  autoLeave: false,
})
