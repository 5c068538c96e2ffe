import type { SerializedSandboxError } from '../../base/sandbox-error'

/** A coordinator, as the coordinators and the node itself tell. */
export interface CoordinatorView {
  readonly nodeId: number
  readonly serverAddress: string
  readonly raftAddress: string
  readonly isLeader: boolean
  /** Whether it answered when it was asked last. */
  readonly answers: boolean
  /** Of the coordinators' Raft group; undefined while it does not answer or does not tell. */
  readonly term: number | undefined
  readonly committedIndex: number | undefined
  readonly appliedIndex: number | undefined
}

/** A store, as the coordinators know it. */
export interface StoreView {
  readonly storeId: number
  /** 1.. in the order of ids: fixes the column, the hue and the letter (S1..). */
  readonly ordinal: number
  readonly serverAddress: string
  readonly raftAddress: string
  /** DingoDB's name: `STORE_NORMAL`, `STORE_OFFLINE`, `STORE_NEW`. */
  readonly state: string
  /** Whether it answered when it was asked last. */
  readonly answers: boolean
  /** Ms since the coordinators last heard from it, when the overview was taken; undefined if never. */
  readonly heartbeatAgeMs: number | undefined
  readonly regionCount: number
  readonly leaderCount: number
  /** Bytes of the file system that it lives on; undefined until it reported them. */
  readonly totalBytes: number | undefined
  readonly freeBytes: number | undefined
  /** Bytes that the process of the node holds. */
  readonly processUsedBytes: number | undefined
}

/** Why a region needs a look. */
export type RegionConcern = 'no-leader' | 'degraded' | 'lagging' | 'epoch-differs'

/** A region as a tile: enough to draw it at each of its stores. */
export interface RegionTile {
  readonly regionId: number
  readonly name: string
  /** DingoDB's name: `REGION_NORMAL`. */
  readonly state: string
  readonly tableId: number | undefined
  readonly tableName: string | undefined
  readonly leaderStoreId: number | undefined
  readonly term: number | undefined
  /** Stores that hold a copy, voters first. */
  readonly storeIds: readonly number[]
  readonly learnerStoreIds: readonly number[]
  readonly concerns: readonly RegionConcern[]
}

/** The cluster at a glance. */
export interface ClusterOverview {
  /** Wall time in ms, of the host. */
  readonly takenAtMs: number
  readonly coordinators: readonly CoordinatorView[]
  readonly stores: readonly StoreView[]
  readonly regionCount: number
  readonly regionsWithLeader: number
  readonly tableCount: number
  /** In the order of ids, at most {@link MOST_TILES}. */
  readonly tiles: readonly RegionTile[]
  readonly concerns: Readonly<Record<RegionConcern, number>>
  /** Why the picture is not whole: the coordinators did not answer. What is above is then from before. */
  readonly error: SerializedSandboxError | undefined
}

/** The most regions that an overview shows one by one. */
export const MOST_TILES = 400
