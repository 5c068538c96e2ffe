import type { ConfState } from '../model/conf-state'
import type { NodeId } from '../model/node-id'
import { hasId, sortedIds } from '../model/node-id'
import type { JointVoters } from '../quorum/joint'

/** Who is in the group and in what part. Every list is sorted; never changed once made. */
export interface Configuration {
  readonly voters: JointVoters
  readonly learners: readonly NodeId[]
  /**
   * Voters of the outgoing half that turn into learners when the joint change ends. They cannot be learners before:
   * nobody is voter and learner at once, or a quorum would depend on how one counts.
   */
  readonly learnersNext: readonly NodeId[]
  /** Whether the leader ends the joint change by itself. */
  readonly autoLeave: boolean
}

/** Nobody is in the group. */
export const EMPTY_CONFIGURATION: Configuration = Object.freeze({
  voters: Object.freeze({ incoming: Object.freeze([]), outgoing: Object.freeze([]) }),
  learners: Object.freeze([]),
  learnersNext: Object.freeze([]),
  autoLeave: false,
})

/** Whether a joint change is under way. */
export function isJoint(configuration: Configuration): boolean {
  return configuration.voters.outgoing.length > 0
}

/** Whether the member votes, in either half. */
export function isVoter(configuration: Configuration, id: NodeId): boolean {
  return hasId(configuration.voters.incoming, id) || hasId(configuration.voters.outgoing, id)
}

/** Everybody who votes in either half, sorted. */
export function voterIds(configuration: Configuration): readonly NodeId[] {
  const { incoming, outgoing } = configuration.voters
  return outgoing.length === 0 ? incoming : sortedIds([...incoming, ...outgoing])
}

/** The configuration in the form in which it is stored. */
export function toConfState(configuration: Configuration): ConfState {
  return {
    voters: configuration.voters.incoming,
    votersOutgoing: configuration.voters.outgoing,
    learners: configuration.learners,
    learnersNext: configuration.learnersNext,
    autoLeave: configuration.autoLeave,
  }
}
