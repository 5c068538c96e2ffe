import { RegionState, StoreRegionState } from '../../rpc/generated/dingodb/common_pb'
import { peerStateMoves, regionStateMoves } from '../../rpc/region-moves'
import { enumName } from './enum-name'
import type { StateMachineView } from './region-detail'

function viewOf(names: object, moves: ReadonlyArray<readonly [number, readonly number[]]>): StateMachineView {
  return {
    states: moves.map(([state]) => enumName(names, state)),
    moves: moves.flatMap(([from, next]) =>
      next.map((to) => ({ from: enumName(names, from), to: enumName(names, to) })),
    ),
  }
}

/** The machine of Region-state, with the coordinators. */
export const regionStates: StateMachineView = viewOf(RegionState, [...regionStateMoves])

/** The machine of Region-Peer-state, on each store. */
export const peerStates: StateMachineView = viewOf(
  StoreRegionState,
  Object.entries(peerStateMoves).map(([state, next]) => [Number(state), next]),
)
