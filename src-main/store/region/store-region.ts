import type { EngineRegion } from '../../engine/engine-region'
import type { Peer, RegionDefinition, StoreRegionState } from '../../rpc/generated/dingodb/common_pb'
import type { Region } from '../../rpc/generated/dingodb/store_internal_pb'

/** A region as this store knows it: what StoreRegionMeta keeps, read-only. Properties are live: they change with the metadata. */
export interface StoreRegion extends EngineRegion {
  /** Region-Peer-state: this store's own state of the region (flows.md, Region metadata). */
  readonly peerState: StoreRegionState
  readonly definition: RegionDefinition
  readonly peers: readonly Peer[]
  /** 0 if no leader is known. */
  readonly leaderStoreId: number
  /** The persisted record, for inspectors. Not to be changed. */
  readonly record: Region
}

/** Finds the regions of this store. */
export interface StoreRegions {
  find(regionId: number): StoreRegion | undefined
  /** All regions in the order of their ids, deleted ones left out. */
  list(): readonly StoreRegion[]
}
