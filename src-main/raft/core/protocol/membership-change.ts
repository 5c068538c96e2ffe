import { describeConfiguration } from '../describe/membership'
import { describeId } from '../describe/node-id'
import { Changer } from '../membership/changer'
import { restoreMembership } from '../membership/restore'
import type { ConfChange } from '../model/conf-change'
import { entersJoint, leavesJoint, toConfChangeV2 } from '../model/conf-change'
import type { ConfState } from '../model/conf-state'
import { NO_NODE } from '../model/node-id'
import { isVoter, toConfState } from '../tracker/configuration'
import type { FlowLimits } from '../tracker/progress'
import type { Membership } from '../tracker/progress-tracker'
import type { RaftState } from './raft-state'
import { broadcastAppend, broadcastMissingEntries, maybeCommit } from './replication'
import { abortLeaderTransfer, becomeFollower } from './role-transitions'

/**
 * Puts a committed membership change into force. It counts from the moment it is applied, not from when it is in the log.
 *
 * @returns the membership from now on
 * @throws RaftError CONF_CHANGE_REFUSED, with nothing changed, if it does not fit the configuration in force
 */
export function applyConfChange(raft: RaftState, change: ConfChange): ConfState {
  const { changes, ...form } = toConfChangeV2(change)
  const changer = new Changer(raft.tracker, raft.log.lastIndex(), flowLimits(raft))
  const joint = entersJoint({ ...form, changes })
  return switchMembership(
    raft,
    leavesJoint({ ...form, changes })
      ? changer.leaveJoint()
      : joint === undefined
        ? changer.simple(changes)
        : changer.enterJoint(joint.autoLeave, changes),
  )
}

/**
 * Puts the membership that a snapshot or a restart brings into force.
 *
 * @throws RaftError INVALID_CONF_STATE, with nothing changed, if it contradicts itself
 */
export function restoreConfState(raft: RaftState, confState: ConfState): void {
  switchMembership(raft, restoreMembership(confState, raft.log.lastIndex(), flowLimits(raft)))
}

/** How far this node, as a leader, may send ahead to a member. */
export function flowLimits(raft: RaftState): FlowLimits {
  return raft.config
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
