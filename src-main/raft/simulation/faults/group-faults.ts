import type { Random } from '../../../env'
import type { ConfChange, ConfChangeSingle } from '../../core/model/conf-change'
import { LEAVE_JOINT } from '../../core/model/conf-change'
import type { ConfState } from '../../core/model/conf-state'
import { NO_BYTES } from '../../core/model/entry'
import type { NodeId } from '../../core/model/node-id'
import type { Fault } from './fault'
import { idsOf, leaderOf } from './fault'

/** Fewer voters than this are not left on purpose: with one alone nothing could go wrong. */
const MIN_VOTERS = 2

const transfer: Fault = ({ members, random }) => {
  const node = leaderOf(members)?.working?.node
  if (node !== undefined && node.confState.voters.length > 0) {
    void node.transferLeadership(random.pick(node.confState.voters))
  }
  return undefined
}

const membership: Fault = ({ members, random }) => {
  const node = leaderOf(members)?.working?.node
  if (node !== undefined) void node.proposeMembershipChange(drawChange(node.confState, idsOf(members), random))
  return undefined
}

const snapshot: Fault = ({ members, random }) => {
  void random.pick(members).working?.node.saveSnapshot()
  return undefined
}

/** A change that fits the membership, more or less: what does not fit is to be refused. */
function drawChange(confState: ConfState, ids: readonly NodeId[], random: Random): ConfChange {
  if (confState.votersOutgoing.length > 0 && !confState.autoLeave && random.chance(0.8)) return LEAVE_JOINT
  const count = random.pick([1, 1, 2, 3])
  const changes: ConfChangeSingle[] = []
  let voters = confState.voters.length
  for (let step = 0; step < count; step += 1) {
    const nodeId = random.pick(ids)
    if (changes.some((change) => change.nodeId === nodeId)) continue
    const isVoter = confState.voters.includes(nodeId)
    if (!isVoter) {
      changes.push({ type: random.chance(0.7) ? 'ConfChangeAddNode' : 'ConfChangeAddLearnerNode', nodeId })
    } else if (voters > MIN_VOTERS) {
      changes.push({ type: random.chance(0.7) ? 'ConfChangeRemoveNode' : 'ConfChangeAddLearnerNode', nodeId })
      voters -= 1
    }
  }
  const [first, ...more] = changes
  if (first === undefined) return LEAVE_JOINT
  if (more.length === 0 && random.chance(0.5)) return { version: 1, ...first, context: NO_BYTES }
  const transition = random.pick([
    'ConfChangeTransitionAuto',
    'ConfChangeTransitionJointImplicit',
    'ConfChangeTransitionJointExplicit',
  ] as const)
  return { version: 2, transition, changes, context: NO_BYTES }
}

export const groupFaults = { transfer, membership, snapshot }
