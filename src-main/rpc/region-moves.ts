import { RegionState, StoreRegionState } from './generated/dingodb/common_pb'

// The two machines of states that a region goes through: one on each store, one with the coordinators. Plain data, for who holds
// to them and for who draws them.

/**
 * The legal moves of Region-Peer-state. DingoDB has the same table (meta/store_meta_manager.cc, UpdateState) and passes over an
 * illegal move in silence.
 */
export const peerStateMoves: Readonly<Record<StoreRegionState, readonly StoreRegionState[]>> = {
  [StoreRegionState.NEW]: [StoreRegionState.NORMAL, StoreRegionState.STANDBY],
  [StoreRegionState.NORMAL]: [
    StoreRegionState.STANDBY,
    StoreRegionState.SPLITTING,
    StoreRegionState.MERGING,
    StoreRegionState.DELETING,
    StoreRegionState.ORPHAN,
    StoreRegionState.TOMBSTONE,
  ],
  [StoreRegionState.STANDBY]: [
    StoreRegionState.NORMAL,
    StoreRegionState.TOMBSTONE,
    StoreRegionState.ORPHAN,
    StoreRegionState.DELETING,
  ],
  [StoreRegionState.SPLITTING]: [StoreRegionState.NORMAL, StoreRegionState.TOMBSTONE],
  [StoreRegionState.MERGING]: [StoreRegionState.NORMAL, StoreRegionState.TOMBSTONE],
  [StoreRegionState.DELETING]: [StoreRegionState.DELETED, StoreRegionState.TOMBSTONE],
  [StoreRegionState.DELETED]: [StoreRegionState.TOMBSTONE],
  [StoreRegionState.ORPHAN]: [StoreRegionState.TOMBSTONE],
  [StoreRegionState.TOMBSTONE]: [],
}

const { REGION_NEW, REGION_NORMAL, REGION_STANDBY, REGION_SPLITTING, REGION_MERGING } = RegionState
const { REGION_TOMBSTONE, REGION_DELETING, REGION_DELETED } = RegionState

/**
 * The moves of Region-state, in the states that a region takes: the coordinators follow what the leader's replica reports, and decide
 * alone that a region is dropped, from whatever state.
 */
export const regionStateMoves: ReadonlyMap<RegionState, readonly RegionState[]> = new Map([
  [REGION_NEW, [REGION_NORMAL, REGION_STANDBY, REGION_DELETING]],
  [REGION_NORMAL, [REGION_STANDBY, REGION_SPLITTING, REGION_MERGING, REGION_TOMBSTONE, REGION_DELETING]],
  [REGION_STANDBY, [REGION_NORMAL, REGION_TOMBSTONE, REGION_DELETING]],
  [REGION_SPLITTING, [REGION_NORMAL, REGION_TOMBSTONE, REGION_DELETING]],
  [REGION_MERGING, [REGION_NORMAL, REGION_TOMBSTONE, REGION_DELETING]],
  [REGION_TOMBSTONE, [REGION_DELETING]],
  [REGION_DELETING, [REGION_DELETED]],
  [REGION_DELETED, []],
])
