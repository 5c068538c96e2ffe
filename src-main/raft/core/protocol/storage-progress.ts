import { describeConfiguration } from '../describe/membership'
import { confChangeEntryType, encodeConfChange, LEAVE_JOINT } from '../model/conf-change'
import { entriesSize } from '../model/entry'
import type { Message } from '../model/message'
import { proposeAsLeader, reduceUncommitted } from './proposal'
import type { RaftState } from './raft-state'

/** Entries, or a snapshot, are durable. */
export function handleStorageAppended(raft: RaftState, response: Message): void {
  if (response.index !== 0) raft.log.unstable.stableTo({ term: response.logTerm, index: response.index })
  acceptSnapshot(raft, response)
}

/**
 * Something written in an earlier term is durable. Entries are not taken as such: they may have been replaced since by
 * other ones, and those again by the very same, of which an older write is still under way and would overwrite what is
 * taken for durable. The next acknowledgement of the current term settles it. A snapshot holds committed state only, so
 * it counts.
 */
export function handleOutdatedStorageAppended(raft: RaftState, response: Message): void {
  if (response.index !== 0) {
    raft.logger.info(
      `${raft.id.toString(16)} [term: ${raft.term}] ignored entry appends from a ${response.type} message ` +
        `with lower term [term: ${response.term}]`,
    )
  }
  acceptSnapshot(raft, response)
}

/** Entries are applied. */
export function handleStorageApplied(raft: RaftState, response: Message): void {
  const last = response.entries.at(-1)
  if (last === undefined) return
  appliedTo(raft, last.index, entriesSize(response.entries))
  reduceUncommitted(raft, response.entries)
}

function acceptSnapshot(raft: RaftState, response: Message): void {
  if (response.snapshot === null) return
  raft.log.unstable.stableSnapshotTo(response.snapshot.index)
  appliedTo(raft, response.snapshot.index, 0)
}

function appliedTo(raft: RaftState, index: number, bytes: number): void {
  raft.log.appliedTo(Math.max(index, raft.log.applied), bytes)
  leaveJointIfDue(raft)
}

/**
 * Ends a joint configuration that is to be left by itself, once its leader has applied it. The proposal can be dropped
 * while leadership is being handed over; then it is made again when that is given up, or by the next leader.
 */
export function leaveJointIfDue(raft: RaftState): void {
  const { configuration } = raft.tracker
  if (!configuration.autoLeave || raft.log.applied < raft.pendingConfIndex || raft.role !== 'StateLeader') return
  const entry = { term: 0, index: 0, type: confChangeEntryType(LEAVE_JOINT), data: encodeConfChange(LEAVE_JOINT) }
  const refusal = proposeAsLeader(raft, [entry])
  const described = describeConfiguration(configuration)
  if (refusal === undefined) {
    raft.logger.info(`initiating automatic transition out of joint configuration ${described}`)
  } else {
    raft.logger.debug(
      `not initiating automatic transition out of joint configuration ${described}: raft proposal dropped`,
    )
  }
}
