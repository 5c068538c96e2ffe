import { describeConfiguration } from '../describe/membership'
import { describeId } from '../describe/node-id'
import { changeMembership } from '../membership/change-membership'
import { restoreMembership } from '../membership/restore'
import type { ConfChange } from '../model/conf-change'
import type { ConfState } from '../model/conf-state'
import { NO_NODE } from '../model/node-id'
import { isVoter, toConfState } from '../tracker/configuration'
import type { Membership } from '../tracker/progress-tracker'
import type { RaftState } from './raft-state'
import { broadcastAppend, broadcastMissingEntries, maybeCommit } from './replication'
import { abortLeaderTransfer, becomeFollower } from './role-transitions'

/**
 * Puts a committed membership change into force. It counts from the moment it is applied, not from when it is in the
 * log. A change that the membership in force contains already is passed over: a snapshot can overtake entries that are
 * still waiting to be applied.
 *
 * @param index where the change stands in the log
 * @returns the membership from now on, undefined if the change was passed over
 * @throws RaftError CONF_CHANGE_REFUSED, with nothing changed, if it does not fit the configuration in force
 */
export function applyConfChange(raft: RaftState, change: ConfChange, index: number): ConfState | undefined {
  if (index <= raft.configurationIndex) return undefined
  const membership = changeMembership(raft.tracker, change, raft.log.lastIndex(), raft.config)
  raft.configurationIndex = index
  return switchMembership(raft, membership)
}

/**
 * Puts the membership that a snapshot or a restart brings into force.
 *
 * @param index the last entry of which the membership knows
 * @throws RaftError INVALID_CONF_STATE, with nothing changed, if it contradicts itself
 */
export function restoreConfState(raft: RaftState, confState: ConfState, index: number): void {
  const membership = restoreMembership(confState, raft.log.lastIndex(), raft.config)
  raft.configurationIndex = index
  switchMembership(raft, membership)
}

function switchMembership(raft: RaftState, membership: Membership): ConfState {
  const { tracker } = raft
  tracker.replace(membership)
  const { configuration } = tracker
  raft.logger.info(`${describeId(raft.id)} switched to configuration ${describeConfiguration(configuration)}`)
  const confState = toConfState(configuration)

  const own = tracker.get(raft.id)
  raft.isLearner = own?.isLearner ?? false
  if (raft.role !== 'StateLeader') return confState
  if (own === undefined || own.isLearner) {
    if (raft.config.stepDownOnRemoval) becomeFollower(raft, raft.term, NO_NODE)
    return confState
  }
  // Fewer voters can mean that more is committed; new members need not wait for a heartbeat to hear from their leader.
  if (maybeCommit(raft)) broadcastAppend(raft)
  else broadcastMissingEntries(raft)
  if (raft.leadTransferee !== NO_NODE && !isVoter(configuration, raft.leadTransferee)) abortLeaderTransfer(raft)
  return confState
}
