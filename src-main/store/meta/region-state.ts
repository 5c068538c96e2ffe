import { dingoError } from '../../rpc/dingo-error'
import { StoreRegionState } from '../../rpc/generated/dingodb/common_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { peerStateMoves } from '../../rpc/region-moves'

const { NEW, NORMAL, STANDBY, SPLITTING, MERGING, DELETED, ORPHAN, TOMBSTONE } = StoreRegionState

/** States in which a replica runs, so that it is brought up when its store starts. */
const runningStates: ReadonlySet<StoreRegionState> = new Set([NORMAL, STANDBY, SPLITTING, MERGING, TOMBSTONE])

/**
 * States in which the engine applies commands (dingo-store refuses them in all others). NEW is among them: the replica of
 * a region that is being created here may be behind its group, and what it passed over would be missing from it for good.
 */
const applyingStates: ReadonlySet<StoreRegionState> = new Set([NEW, NORMAL, STANDBY, SPLITTING])

/** States from which a region may be removed for good: nothing of it is served, and no command can bring that back. */
const removableStates: ReadonlySet<StoreRegionState> = new Set([NEW, DELETED, ORPHAN, TOMBSTONE])

/** The states that may follow a state. */
export const legalMovesFrom = (from: StoreRegionState): readonly StoreRegionState[] => peerStateMoves[from]
export const isLegalMove = (from: StoreRegionState, to: StoreRegionState): boolean => peerStateMoves[from].includes(to)
export const isRunningState = (state: StoreRegionState): boolean => runningStates.has(state)
export const mayApplyInState = (state: StoreRegionState): boolean => applyingStates.has(state)
export const isRemovableState = (state: StoreRegionState): boolean => removableStates.has(state)

/** The name of a state on the wire; a number that this version does not know as such. */
export function stateName(state: StoreRegionState): string {
  return (StoreRegionState as Readonly<Record<number, string | undefined>>)[state] ?? `state ${String(state)}`
}

/** @throws SandboxError DINGODB_ERROR EREGION_STATE, which names both states, unless the move is legal */
export function checkMove(regionId: number, from: StoreRegionState, to: StoreRegionState): void {
  if (isLegalMove(from, to)) return
  const next = peerStateMoves[from].map(stateName).join(', ')
  const message = `Region ${String(regionId)} cannot go from ${stateName(from)} to ${stateName(to)}: only ${next === '' ? 'nothing' : next} may follow.`
  throw dingoError(Errno.EREGION_STATE, message, { details: { regionId, from: stateName(from), to: stateName(to) } })
}
