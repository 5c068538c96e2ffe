import type { ConfChange } from '../model/conf-change'
import { entersJoint, leavesJoint, toConfChangeV2 } from '../model/conf-change'
import type { FlowLimits } from '../tracker/progress'
import type { Membership } from '../tracker/progress-tracker'
import { Changer } from './changer'

/**
 * Works out what a logged change leads to: leaving a joint configuration, entering one, or a simple change.
 *
 * @param lastIndex the last index of the log, from which new members are probed
 * @throws RaftError CONF_CHANGE_REFUSED if it does not fit; the membership it starts from is left as it was either way
 */
export function changeMembership(
  current: Membership,
  change: ConfChange,
  lastIndex: number,
  limits: FlowLimits,
): Membership {
  const changer = new Changer(current, lastIndex, limits)
  const logged = toConfChangeV2(change)
  if (leavesJoint(logged)) return changer.leaveJoint()
  const joint = entersJoint(logged)
  return joint === undefined ? changer.simple(logged.changes) : changer.enterJoint(joint.autoLeave, logged.changes)
}
