import type { NodeId } from '../model/node-id'
import { sortedIds } from '../model/node-id'
import { jointCommittedIndex, jointVoteResult } from '../quorum/joint'
import type { AckedIndexes } from '../quorum/majority'
import type { VoteResult } from '../quorum/vote-result'
import type { Configuration } from './configuration'
import { EMPTY_CONFIGURATION } from './configuration'
import type { Progress } from './progress'

/** A configuration and what is known of each of its members. */
export interface Membership {
  readonly configuration: Configuration
  readonly progress: ReadonlyMap<NodeId, Progress>
}

/** How an election stands. */
export interface VoteTally {
  readonly granted: number
  readonly rejected: number
  readonly result: VoteResult
}

/**
 * The members of the group as one node sees them: the configuration in force, how far each member is, and the votes
 * of the election under way. Members are always visited in order of their ids, so that runs repeat.
 */
export class ProgressTracker implements AckedIndexes, Membership {
  #configuration: Configuration = EMPTY_CONFIGURATION
  #progress: ReadonlyMap<NodeId, Progress> = new Map()
  #ids: readonly NodeId[] = []
  readonly #votes = new Map<NodeId, boolean>()
  readonly #leases: AckedIndexes = { ackedIndex: (id) => this.#progress.get(id)?.leaseTime }

  get configuration(): Configuration {
    return this.#configuration
  }

  get progress(): ReadonlyMap<NodeId, Progress> {
    return this.#progress
  }

  /** The ids of all members, voters and learners, sorted. */
  get ids(): readonly NodeId[] {
    return this.#ids
  }

  /** Puts another membership into force. Votes are kept. */
  replace(membership: Membership): void {
    this.#configuration = membership.configuration
    this.#progress = membership.progress
    this.#ids = sortedIds(membership.progress.keys())
  }

  /** What is known of a member, undefined for a stranger. */
  get(id: NodeId): Progress | undefined {
    return this.#progress.get(id)
  }

  /** How far a voter is known to hold the log. */
  ackedIndex(voter: NodeId): number | undefined {
    return this.#progress.get(voter)?.match
  }

  /** The highest index that the quorums of the configuration hold. */
  committedIndex(): number {
    return jointCommittedIndex(this.#configuration.voters, this)
  }

  /** The latest lease time since which a quorum is known to have followed this leader, 0 if there is none. */
  quorumLeaseTime(): number {
    return jointCommittedIndex(this.#configuration.voters, this.#leases)
  }

  /** Whether this is the only voter, so that it commits alone. */
  get isSingleton(): boolean {
    const { incoming, outgoing } = this.#configuration.voters
    return incoming.length === 1 && outgoing.length === 0
  }

  /** Whether a quorum was heard of since the leader last looked. */
  quorumActive(): boolean {
    const active = new Map<NodeId, boolean>()
    for (const [id, progress] of this.#progress) {
      if (!progress.isLearner) active.set(id, progress.recentActive)
    }
    return jointVoteResult(this.#configuration.voters, active) === 'VoteWon'
  }

  /** Forgets the votes of an earlier election. */
  resetVotes(): void {
    this.#votes.clear()
  }

  /** Counts a vote. The first one stands: a repeated message must not change it. */
  recordVote(id: NodeId, granted: boolean): void {
    if (!this.#votes.has(id)) this.#votes.set(id, granted)
  }

  /** Counts the votes of those who are members and not learners. */
  tallyVotes(): VoteTally {
    let granted = 0
    let rejected = 0
    for (const [id, progress] of this.#progress) {
      const vote = progress.isLearner ? undefined : this.#votes.get(id)
      if (vote === true) granted += 1
      else if (vote === false) rejected += 1
    }
    return { granted, rejected, result: jointVoteResult(this.#configuration.voters, this.#votes) }
  }
}
