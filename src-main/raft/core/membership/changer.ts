import { RaftError } from '../errors'
import type { ConfChangeSingle } from '../model/conf-change'
import type { NodeId } from '../model/node-id'
import { hasId, sortedIds } from '../model/node-id'
import { isJoint } from '../tracker/configuration'
import type { FlowLimits } from '../tracker/progress'
import { Progress } from '../tracker/progress'
import type { Membership } from '../tracker/progress-tracker'
import { checkMembership } from './invariants'

/**
 * Works out what a membership change leads to. It never touches the membership it starts from, so a refused change has
 * changed nothing; members that are not affected keep their progress.
 */
export class Changer {
  readonly #current: Membership
  readonly #lastIndex: number
  readonly #limits: FlowLimits

  /** @param lastIndex the last index of the leader's log, from which new members are probed */
  constructor(current: Membership, lastIndex: number, limits: FlowLimits) {
    this.#current = current
    this.#lastIndex = lastIndex
    this.#limits = limits
  }

  /**
   * Changes at most one voter, so that any quorum before and any quorum after have a member in common.
   *
   * @throws RaftError CONF_CHANGE_REFUSED
   */
  simple(changes: readonly ConfChangeSingle[]): Membership {
    checkMembership(this.#current)
    const { configuration } = this.#current
    if (isJoint(configuration)) throw refused("can't apply simple config change in joint config")
    const draft = this.#draft()
    draft.apply(changes)
    const result = draft.finish(false)
    if (symmetricDifference(configuration.voters.incoming, result.configuration.voters.incoming) > 1) {
      throw refused('more than one voter changed without entering joint config')
    }
    return result
  }

  /**
   * Enters a joint configuration: the voters of now become the outgoing half, and the changes make the incoming half
   * out of them. From then on both halves must agree.
   *
   * @throws RaftError CONF_CHANGE_REFUSED
   */
  enterJoint(autoLeave: boolean, changes: readonly ConfChangeSingle[]): Membership {
    checkMembership(this.#current)
    const { configuration } = this.#current
    if (isJoint(configuration)) throw refused('config is already joint')
    // The first members of a group come in by simple changes; there is nothing to be joint with before.
    if (configuration.voters.incoming.length === 0) throw refused("can't make a zero-voter config joint")
    const draft = this.#draft()
    for (const id of configuration.voters.incoming) draft.outgoing.add(id)
    draft.apply(changes)
    return draft.finish(autoLeave)
  }

  /**
   * Ends the joint configuration: the incoming half decides alone, outgoing voters that are to be learners become
   * learners, and whoever is neither is gone.
   *
   * @throws RaftError CONF_CHANGE_REFUSED
   */
  leaveJoint(): Membership {
    checkMembership(this.#current)
    if (!isJoint(this.#current.configuration)) throw refused("can't leave a non-joint config")
    const draft = this.#draft()
    draft.leaveOutgoing()
    return draft.finish(false)
  }

  #draft(): Draft {
    return new Draft(this.#current, (isLearner) => {
      // Probing starts at the end of the leader's log. A new member usually has no log at all and needs a snapshot,
      // which its first rejection tells.
      const progress = new Progress(0, Math.max(this.#lastIndex, 1), isLearner, this.#limits)
      // Otherwise a check of the quorum could depose the leader before the new member had a chance to say anything.
      progress.recentActive = true
      return progress
    })
  }
}

class Draft {
  readonly incoming: Set<NodeId>
  readonly outgoing: Set<NodeId>
  readonly learners: Set<NodeId>
  readonly learnersNext: Set<NodeId>
  readonly progress: Map<NodeId, Progress>
  readonly #newProgress: (isLearner: boolean) => Progress

  constructor(current: Membership, newProgress: (isLearner: boolean) => Progress) {
    this.incoming = new Set(current.configuration.voters.incoming)
    this.outgoing = new Set(current.configuration.voters.outgoing)
    this.learners = new Set(current.configuration.learners)
    this.learnersNext = new Set(current.configuration.learnersNext)
    this.progress = new Map(current.progress)
    this.#newProgress = newProgress
  }

  /** Changes always concern the incoming half; the outgoing one is what was. */
  apply(changes: readonly ConfChangeSingle[]): void {
    for (const { type, nodeId } of changes) {
      if (nodeId === 0) continue
      switch (type) {
        case 'ConfChangeAddNode':
          this.#makeVoter(nodeId)
          break
        case 'ConfChangeAddLearnerNode':
          this.#makeLearner(nodeId)
          break
        case 'ConfChangeRemoveNode':
          this.#remove(nodeId)
          break
        case 'ConfChangeUpdateNode':
          break
      }
    }
    if (this.incoming.size === 0) throw refused('removed all voters')
  }

  leaveOutgoing(): void {
    for (const id of this.learnersNext) {
      this.learners.add(id)
      this.#mark(id, true)
    }
    this.learnersNext.clear()
    for (const id of this.outgoing) {
      if (!this.incoming.has(id) && !this.learners.has(id)) this.progress.delete(id)
    }
    this.outgoing.clear()
  }

  finish(autoLeave: boolean): Membership {
    const membership: Membership = {
      configuration: {
        voters: { incoming: sortedIds(this.incoming), outgoing: sortedIds(this.outgoing) },
        learners: sortedIds(this.learners),
        learnersNext: sortedIds(this.learnersNext),
        autoLeave,
      },
      progress: this.progress,
    }
    checkMembership(membership)
    return membership
  }

  #makeVoter(id: NodeId): void {
    this.learners.delete(id)
    this.learnersNext.delete(id)
    this.incoming.add(id)
    this.#mark(id, false)
  }

  #makeLearner(id: NodeId): void {
    const known = this.progress.get(id)
    if (known?.isLearner) return
    this.incoming.delete(id)
    if (known !== undefined && this.outgoing.has(id)) {
      this.learnersNext.add(id)
      return
    }
    this.learners.add(id)
    this.#mark(id, true)
  }

  #remove(id: NodeId): void {
    this.incoming.delete(id)
    this.learners.delete(id)
    this.learnersNext.delete(id)
    // A voter of the outgoing half is needed until that half is gone.
    if (!this.outgoing.has(id)) this.progress.delete(id)
  }

  /** Sets the part of a member. The progress it started from is left as it was, in case the change is refused. */
  #mark(id: NodeId, isLearner: boolean): void {
    const known = this.progress.get(id)
    if (known === undefined) this.progress.set(id, this.#newProgress(isLearner))
    else if (known.isLearner !== isLearner) this.progress.set(id, known.clone(isLearner))
  }
}

function symmetricDifference(left: readonly NodeId[], right: readonly NodeId[]): number {
  const only = (these: readonly NodeId[], those: readonly NodeId[]) => these.filter((id) => !hasId(those, id)).length
  return only(left, right) + only(right, left)
}

function refused(sentence: string): RaftError {
  return new RaftError('CONF_CHANGE_REFUSED', sentence)
}
