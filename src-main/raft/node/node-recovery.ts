import { SandboxError } from '../../base/sandbox-error'
import type { ConfState } from '../core/model/conf-state'
import { NO_MEMBERS } from '../core/model/conf-state'
import type { EntryId } from '../core/model/entry'
import { isEmptyHardState } from '../core/model/hard-state'
import type { RaftLogStore } from '../log/raft-log-store'
import type { SnapshotStore } from './snapshot/snapshot-store'
import type { AppliedState, StateMachine } from './state-machine'

/**
 * Where the log of a founding member starts: behind an entry that never was. So nobody can be fed from the very
 * beginning of a log, which does not say who the founding members were: who joins later gets a snapshot, which does.
 */
export const GROUP_START: EntryId = { index: 1, term: 1 }

/** What a node is recovered from. */
export interface RecoverySources {
  readonly regionId: number
  readonly log: RaftLogStore
  readonly snapshots: SnapshotStore
  readonly stateMachine: StateMachine<unknown>
  readonly initialMembers: ConfState | undefined
}

/**
 * Brings log and state machine of a node together after whatever ended it, and founds the group on a founding member that
 * has never run.
 *
 * @returns how far the state machine is and who was a member there
 * @throws SandboxError RAFT_SNAPSHOT_MISSING, RAFT_SNAPSHOT_DAMAGED, RAFT_STATE_AHEAD_OF_LOG, INVALID_ARGUMENT, and those of log,
 * snapshots and state machine
 */
export async function recoverNode(sources: RecoverySources): Promise<AppliedState> {
  const { log, stateMachine, initialMembers } = sources
  if (hasNeverRun(sources)) {
    if (initialMembers === undefined) return { last: log.mark, confState: NO_MEMBERS }
    log.append({ reset: GROUP_START, hardState: { term: GROUP_START.term, vote: 0, commit: GROUP_START.index } })
    await log.sync()
  }
  if (stateMachine.applied.last.index === 0 && log.mark.index === GROUP_START.index) return founded(sources)
  if (stateMachine.applied.last.index < log.mark.index) await restoreFromSnapshot(sources)
  checkAgainstLog(sources)
  return stateMachine.applied
}

/** Whether {@link recoverNode} would find a node that has never run. */
export function hasNeverRun({ log, stateMachine }: Pick<RecoverySources, 'log' | 'stateMachine'>): boolean {
  return log.lastIndex === 0 && isEmptyHardState(log.hardState) && stateMachine.applied.last.index === 0
}

/** Nothing is applied yet, or all of it was lost in a crash: the log still holds everything. */
function founded({ regionId, initialMembers }: RecoverySources): AppliedState {
  if (initialMembers !== undefined) return { last: GROUP_START, confState: initialMembers }
  throw new SandboxError(
    'INVALID_ARGUMENT',
    `The Raft node of region ${String(regionId)} was founded with its group and has applied nothing yet: open it with the initial members again.`,
    { details: { regionId } },
  )
}

/**
 * The log does not reach back to the state: the node was ended while it installed a snapshot, or the state machine lost more
 * than what the log kept. Before the log was cut a snapshot or the state itself was durable: unless the state was taken away since,
 * the snapshot is there now.
 */
async function restoreFromSnapshot({ regionId, log, snapshots, stateMachine }: RecoverySources): Promise<void> {
  const snapshot = snapshots.newest
  if (snapshot === undefined && snapshots.damage !== undefined) throw snapshots.damage
  if (snapshot === undefined || snapshot.last.index < log.mark.index) {
    throw new SandboxError(
      'RAFT_SNAPSHOT_MISSING',
      `The log of region ${String(regionId)} starts behind entry ${String(log.mark.index)}, the state machine is at ${String(stateMachine.applied.last.index)}, and there is no snapshot in between. Remove this replica and add it anew.`,
      { details: { regionId, mark: log.mark.index, applied: stateMachine.applied.last.index } },
    )
  }
  const { last, confState } = snapshot
  if (!holds(log, last)) {
    // The snapshot arrived after the one for which the log was reset; all before its end is committed and in it. The log goes
    // first: a crash in between leaves a state to be restored again, and not one that the log knows nothing of.
    const { term, vote } = log.hardState
    const hardState = last.term > term ? { term: last.term, vote: 0 } : { term, vote }
    log.append({ reset: last, hardState: { ...hardState, commit: last.index } })
    await log.sync()
  }
  await stateMachine.restoreSnapshot({ last, confState }, snapshots.read(snapshot))
}

function checkAgainstLog({ regionId, log, stateMachine }: RecoverySources): void {
  const { last } = stateMachine.applied
  if (holds(log, last)) return
  throw new SandboxError(
    'RAFT_STATE_AHEAD_OF_LOG',
    `The state machine of region ${String(regionId)} has applied entry ${String(last.index)} of term ${String(last.term)}, which its log, ending at ${String(log.lastIndex)}, does not hold. The log was lost or replaced: remove this replica and add it anew.`,
    { details: { regionId, index: last.index, term: last.term, lastIndex: log.lastIndex } },
  )
}

function holds(log: RaftLogStore, { index, term }: EntryId): boolean {
  return index >= log.mark.index && index <= log.lastIndex && log.term(index) === term
}
