import type { RegionConcern } from './overview'

/** An end of a region's range in the grid: a KeyView would be most of the row, and what it adds is not shown there. */
export interface RangeEnd {
  /** As in KeyView; empty for no bytes. */
  readonly text: string
  readonly hex: string
}

/** A region in the grid, under DingoDB's names of the fields (`/region` of its own pages). */
export interface RegionRow {
  readonly regionId: number
  readonly name: string
  /** `conf_version` and `version` of the definition's epoch. */
  readonly confVersion: number
  readonly version: number
  /** DingoDB's names without their prefixes are made on the screen: `REGION_NORMAL`, `INDEX_NONE`. */
  readonly state: string
  readonly regionType: string
  readonly raftStatus: string
  readonly replicaStatus: string
  readonly leaderStoreId: number | undefined
  readonly storeIds: readonly number[]
  readonly startKey: RangeEnd
  readonly endKey: RangeEnd
  readonly schemaId: number
  readonly tableId: number
  readonly tableName: string | undefined
  readonly partitionId: number
  readonly storeEngine: string
  readonly rawEngine: string
  /** Wall time in ms. */
  readonly createdAtMs: number | undefined
  readonly lastUpdateMs: number | undefined
  /** From the leader's last report; undefined before the first. */
  readonly raft:
    | {
        readonly state: string
        readonly readonly: boolean
        readonly term: number
        readonly appliedIndex: number
        readonly committedIndex: number
        readonly firstIndex: number
        readonly lastIndex: number
        readonly diskIndex: number
        readonly pendingIndex: number
        readonly pendingQueueSize: number
        readonly stableFollowers: readonly number[]
        readonly unstableFollowers: readonly number[]
      }
    | undefined
  readonly metricsIndex: number | undefined
  /** Bytes and keys of the leader's copy, as last measured. */
  readonly sizeBytes: number | undefined
  readonly keyCount: number | undefined
  /** The largest distance of a follower behind the leader's last index; undefined without a leader's report. */
  readonly lag: number | undefined
  readonly concerns: readonly RegionConcern[]
}

export type RegionSortField =
  | 'regionId'
  | 'name'
  | 'state'
  | 'startKey'
  | 'leaderStoreId'
  | 'tableName'
  | 'sizeBytes'
  | 'keyCount'
  | 'appliedIndex'
  | 'lag'
  | 'term'

/** Which regions, in which order, and which part of them. */
export interface RegionRowsQuery {
  /** Part of the name, of the table's name or of the decoded start key; or a region's id. Empty for all. */
  readonly text: string
  /** Regions with any of these; empty for all. */
  readonly concerns: readonly RegionConcern[]
  readonly tableId: number | undefined
  readonly storeId: number | undefined
  readonly sortBy: RegionSortField
  readonly descending: boolean
  /** Rows of a group stand together, groups in the order of their name. */
  readonly groupBy: 'none' | 'table' | 'leader'
  readonly offset: number
  /** 1 to 1,000. */
  readonly limit: number
}

/** A bar of a histogram: how many regions lie in `from <= value < to`. */
export interface HistogramBar {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** A group of rows: where it begins among the rows and how many it has. */
export interface RegionGroup {
  readonly key: string
  readonly label: string
  readonly offset: number
  readonly count: number
}

/** A part of the rows, and what holds for all that match. */
export interface RegionRowsPage {
  readonly takenAtMs: number
  readonly rows: readonly RegionRow[]
  /** That match the query. */
  readonly total: number
  /** Of the cluster. */
  readonly all: number
  readonly groups: readonly RegionGroup[]
  /** How many of the cluster's regions have each concern. */
  readonly concerns: Readonly<Record<RegionConcern, number>>
  /** Of the regions that match, by `sizeBytes`. */
  readonly sizes: readonly HistogramBar[]
  /** Of the regions that match: how many each store leads and holds. */
  readonly stores: ReadonlyArray<{ readonly storeId: number; readonly leaders: number; readonly copies: number }>
}
