import { describeConfChange, describeConfiguration } from '../describe/membership'
import { describeId } from '../describe/node-id'
import { RaftError } from '../errors'
import { violated } from '../logger'
import { changeMembership } from '../membership/change-membership'
import { decodeConfChange, leavesJoint, toConfChangeV2 } from '../model/conf-change'
import type { ConfChange } from '../model/conf-change'
import type { Entry } from '../model/entry'
import { NO_BYTES, payloadSize } from '../model/entry'
import { draftMessage } from '../model/message'
import { NO_NODE } from '../model/node-id'
import type { Refusal, RefusalCode } from '../refusal'
import { isJoint } from '../tracker/configuration'
import { send } from './outbox'
import type { RaftState } from './raft-state'
import { broadcastAppend } from './replication'

/**
 * Takes entries that somebody wants in the log, if this node leads; otherwise passes them on or says who does.
 *
 * @returns why they were dropped, undefined if they were taken or passed on
 */
export function propose(raft: RaftState, entries: readonly Entry[]): Refusal | undefined {
  switch (raft.role) {
    case 'StateLeader':
      return proposeAsLeader(raft, entries)
    case 'StateFollower':
      return proposeAsFollower(raft, entries)
    case 'StateCandidate':
    case 'StatePreCandidate':
      return refuseWithoutLeader(raft)
  }
}

/**
 * A leader takes entries into its log and sends them on. Membership changes that do not fit the configuration in force
 * become empty entries, so that their proposer sees them applied and without effect.
 *
 * @returns why they were dropped, undefined if they were taken
 */
export function proposeAsLeader(raft: RaftState, entries: readonly Entry[]): Refusal | undefined {
  if (entries.length === 0) violated(raft.logger, `${describeId(raft.id)} stepped empty MsgProp`)
  if (raft.tracker.get(raft.id) === undefined) {
    return refuse(raft, 'NOT_A_MEMBER', 'This leader was removed from the group and takes no proposals any more.')
  }
  if (raft.leadTransferee !== NO_NODE) {
    raft.logger.debug(
      `${describeId(raft.id)} [term ${raft.term}] transfer leadership to ${describeId(raft.leadTransferee)} ` +
        'is in progress; dropping proposal',
    )
    return refuse(raft, 'TRANSFER_IN_PROGRESS', 'Leadership is being handed over; try again in a moment.')
  }
  const pendingBefore = raft.pendingConfIndex
  const refusal = appendToOwnLog(raft, checkConfChanges(raft, entries))
  if (refusal !== undefined) {
    // Nothing was appended, so nothing is pending either.
    raft.pendingConfIndex = pendingBefore
    return refusal
  }
  broadcastAppend(raft)
  return undefined
}

/**
 * Appends entries in the leader's term. The leader's own acknowledgement goes through storage like anybody's, because
 * it may count itself only once the entries are durable here.
 */
export function appendToOwnLog(raft: RaftState, proposed: readonly Entry[]): Refusal | undefined {
  const last = raft.log.lastIndex()
  if (!hasRoomInLog(raft, proposed.length)) {
    return refuse(raft, 'INDEX_EXHAUSTED', `The log ends at index ${last} and has no room for more.`)
  }
  const bytes = payloadSize(proposed)
  // A single proposal is taken whatever its size, and empty ones always: a new leader's first entry must not be
  // refused.
  if (bytes > 0 && raft.uncommittedBytes > 0 && raft.uncommittedBytes + bytes > raft.config.maxUncommittedBytes) {
    raft.logger.warning(
      `${describeId(raft.id)} appending new entries to log would exceed uncommitted entry size limit; dropping proposal`,
    )
    return refuse(raft, 'UNCOMMITTED_LIMIT', 'Too much waits to be committed; try again when some of it is.')
  }
  raft.uncommittedBytes += bytes
  raft.log.append(
    proposed.map(({ type, data }, position) => ({ term: raft.term, index: last + 1 + position, type, data })),
  )
  const ownAck = draftMessage('MsgAppResp', raft.id)
  ownAck.index = last + proposed.length
  send(raft, ownAck)
  return undefined
}

/**
 * Whether that many more entries have indexes. The index after the last one must be a safe integer too: followers are
 * fed from it.
 */
export function hasRoomInLog(raft: RaftState, count: number): boolean {
  return raft.log.lastIndex() + count < Number.MAX_SAFE_INTEGER
}

/** Entries were applied here: that much less waits. */
export function reduceUncommitted(raft: RaftState, applied: readonly Entry[]): void {
  raft.uncommittedBytes = Math.max(0, raft.uncommittedBytes - payloadSize(applied))
}

function proposeAsFollower(raft: RaftState, entries: readonly Entry[]): Refusal | undefined {
  if (raft.leader === NO_NODE) return refuseWithoutLeader(raft)
  if (!raft.config.forwardProposals) {
    raft.logger.info(
      `${describeId(raft.id)} not forwarding to leader ${describeId(raft.leader)} at term ${raft.term}; dropping proposal`,
    )
    return refuse(raft, 'NOT_LEADER', `This node is not the leader; propose to node ${raft.leader}.`)
  }
  const message = draftMessage('MsgProp', raft.leader)
  message.entries = entries
  send(raft, message)
  return undefined
}

function refuseWithoutLeader(raft: RaftState): Refusal {
  raft.logger.info(`${describeId(raft.id)} no leader at term ${raft.term}; dropping proposal`)
  return refuse(raft, 'NO_LEADER', `No leader is known in term ${raft.term}; try again when one is elected.`)
}

function refuse(raft: RaftState, code: RefusalCode, message: string): Refusal {
  return { code, message, leader: raft.leader }
}

function checkConfChanges(raft: RaftState, entries: readonly Entry[]): readonly Entry[] {
  // Hardly any proposal changes the membership, so the list is copied only when one does and does not fit.
  let checked: Entry[] | undefined
  for (const [position, entry] of entries.entries()) {
    if (entry.type === 'EntryNormal') continue
    const change = decodeConfChange(entry)
    const reason = misfit(raft, change)
    if (reason === undefined || !raft.config.validateConfChanges) {
      raft.pendingConfIndex = raft.log.lastIndex() + position + 1
      continue
    }
    const configuration = describeConfiguration(raft.tracker.configuration)
    raft.logger.info(
      `${describeId(raft.id)} ignoring conf change ${describeConfChange(change)} at config ${configuration}: ${reason}`,
    )
    checked ??= [...entries]
    checked[position] = { term: 0, index: 0, type: 'EntryNormal', data: NO_BYTES }
  }
  return checked ?? entries
}

/**
 * Why a change would not fit when it is applied. Nothing is pending, so it will be applied to the configuration in
 * force; a change that passes here and fails then would stop every member of the group.
 */
function misfit(raft: RaftState, change: ConfChange): string | undefined {
  const { applied } = raft.log
  if (raft.pendingConfIndex > applied) {
    return `possible unapplied conf change at index ${raft.pendingConfIndex} (applied to ${applied})`
  }
  const logged = toConfChangeV2(change)
  const joint = isJoint(raft.tracker.configuration)
  if (joint && !leavesJoint(logged)) return 'must transition out of joint config first'
  if (!joint && logged.changes.length === 0) return 'not in joint state; refusing empty conf change'
  try {
    changeMembership(raft.tracker, logged, raft.log.lastIndex(), raft.config)
    return undefined
  } catch (error) {
    // That it does not fit is the answer.
    if (error instanceof RaftError) return error.message
    throw error
  }
}
