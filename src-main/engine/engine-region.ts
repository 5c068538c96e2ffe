import type { RegionEpoch } from './engine-context'
import type { PlainRange } from './write-data'

/** The store's own state of a region, as far as an engine must know it. */
export interface EngineRegionState {
  readonly name: string
  /**
   * Whether commands are applied. Else they are passed over and their writers told so, which only a state may bring about
   * in which the replica is of no use to its group any more.
   */
  readonly mayApply: boolean
}

/** A region as its engine sees it: a live view of the store's metadata, owned by StoreRegionMeta. */
export interface EngineRegion {
  readonly id: number
  /** Compared with the epoch of each command when it is applied. */
  readonly epoch: RegionEpoch
  /** Plain keys. Its encoded form is where the region's data lies in the raw engine. */
  readonly range: PlainRange
  readonly state: EngineRegionState
}

/** The peers with which a region is founded: store ids. */
export interface EngineRegionPeers {
  readonly voters: readonly number[]
  readonly learners: readonly number[]
}

/** Told of what happens to a region's replica. Must not throw. */
export interface EngineListener {
  /** This replica leads a new term, has applied everything of the terms before, and takes writes. */
  readonly leaderStarted?: (regionId: number, term: number) => void
  /** This replica leads no more. */
  readonly leaderStopped?: (regionId: number) => void
  /** The leader as this replica knows it changed; 0 if none is known. */
  readonly leaderChanged?: (regionId: number, leaderStoreId: number) => void
  /**
   * A change of peers is applied, alone or with a snapshot; told again at an opening that finds the region's metadata behind.
   * `confVersion` is the conf_version that comes with it, the same on every replica.
   */
  readonly peersChanged?: (regionId: number, peers: EngineRegionPeers, confVersion: number) => void
  /** The replica's group has failed; it takes no writes and proves no reads until the region is added anew. */
  readonly failed?: (regionId: number, error: Error) => void
}
