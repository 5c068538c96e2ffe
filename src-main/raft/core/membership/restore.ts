import { RaftError } from '../errors'
import type { ConfState } from '../model/conf-state'
import type { NodeId } from '../model/node-id'
import { isMemberId, sortedIds } from '../model/node-id'
import type { FlowLimits } from '../tracker/progress'
import { Progress } from '../tracker/progress'
import type { Membership } from '../tracker/progress-tracker'
import { checkMembership } from './invariants'

/**
 * The membership that a stored {@link ConfState} describes, with fresh progress for every member.
 *
 * @param lastIndex the last index of the log, from which members would be probed
 * @throws RaftError INVALID_CONF_STATE if it contradicts itself
 */
export function restoreMembership(confState: ConfState, lastIndex: number, limits: FlowLimits): Membership {
  const configuration = {
    voters: {
      incoming: checkedIds('voters', confState.voters),
      outgoing: checkedIds('votersOutgoing', confState.votersOutgoing),
    },
    learners: checkedIds('learners', confState.learners),
    learnersNext: checkedIds('learnersNext', confState.learnersNext),
    autoLeave: confState.autoLeave,
  }
  const { voters, learners, learnersNext } = configuration
  const everybody = sortedIds([...voters.incoming, ...voters.outgoing, ...learners, ...learnersNext])
  if (everybody.length > 0 && voters.incoming.length === 0) {
    throw new RaftError('INVALID_CONF_STATE', 'removed all voters')
  }
  const progress = new Map<NodeId, Progress>()
  for (const id of everybody) {
    const member = new Progress(0, Math.max(lastIndex, 1), learners.includes(id), limits)
    member.recentActive = true
    progress.set(id, member)
  }
  const membership = { configuration, progress }
  checkMembership(membership)
  return membership
}

function checkedIds(list: string, ids: readonly NodeId[]): readonly NodeId[] {
  const wrong = ids.find((id) => !isMemberId(id))
  if (wrong !== undefined) {
    throw new RaftError('INVALID_CONF_STATE', `${wrong} in ${list} cannot be the id of a member`)
  }
  const sorted = sortedIds(ids)
  if (sorted.length !== ids.length) throw new RaftError('INVALID_CONF_STATE', `${list} names a member twice`)
  return sorted
}
