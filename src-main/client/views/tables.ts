import type { SerializedSandboxError } from '../../base/sandbox-error'
import type { KeyView } from './key-view'

export interface SchemaNode {
  readonly schemaId: number
  readonly name: string
  readonly tables: readonly TableNode[]
}

export interface TableNode {
  readonly tableId: number
  readonly name: string
  readonly schema: string
  readonly partitions: number
  readonly replicas: number
  readonly engine: string
  readonly columns: number
}

export interface ColumnView {
  readonly name: string
  readonly sqlType: string
  readonly nullable: boolean
  /** Place in the key, 0..; undefined for a column that is not in it. */
  readonly keyPosition: number | undefined
}

export interface PartitionView {
  readonly partitionId: number
  readonly regionId: number | undefined
  readonly startKey: KeyView
  readonly endKey: KeyView
  /**
   * User keys as text, where the table is spread by range: what a person gave as boundaries, empty for an open end, the same
   * for all regions of a split partition. Undefined for tables that are spread otherwise.
   */
  readonly userRange: { readonly from: string; readonly to: string } | undefined
  readonly leaderStoreId: number | undefined
  readonly storeIds: readonly number[]
  readonly state: string | undefined
  readonly sizeBytes: number | undefined
  readonly keyCount: number | undefined
}

export interface TableDetail {
  readonly takenAtMs: number
  readonly table: TableNode
  readonly schemaId: number
  readonly columns: readonly ColumnView[]
  readonly strategy: 'single' | 'range' | 'hash' | 'unknown'
  readonly partitions: readonly PartitionView[]
  /** Sums over the regions that reported; undefined before the first. */
  readonly sizeBytes: number | undefined
  readonly keyCount: number | undefined
  /** A key of this table worked through: what a person types, and the bytes it becomes. */
  readonly example: KeyView
  /** The table's definition, as JSON of protobuf. */
  readonly json: string
}

/** A table as the form has it. Boundaries are user keys as text or `0x…`. */
export interface TableDraft {
  readonly name: string
  readonly schema: string
  readonly columns: ReadonlyArray<{
    readonly name: string
    readonly sqlType: string
    readonly nullable: boolean
    readonly isKey: boolean
  }>
  readonly partitioning:
    | { readonly kind: 'hash'; readonly count: number }
    | { readonly kind: 'range'; readonly boundaries: readonly string[] }
  /** Undefined for the usual number. */
  readonly replicas: number | undefined
  readonly engine: 'raft' | 'mono' | 'memory'
}

/** What is wrong with one field of a draft: its path (`name`, `columns.0.name`, `partitioning.boundaries.1`) and a stable code. */
export interface DraftProblem {
  readonly path: string
  readonly code:
    | 'name-empty'
    | 'name-taken'
    | 'name-invalid'
    | 'column-name-empty'
    | 'column-name-twice'
    | 'column-type-empty'
    | 'no-columns'
    | 'no-key-column'
    | 'partitions-range'
    | 'boundary-not-ascending'
    | 'boundary-not-hex'
    | 'boundary-empty'
    | 'replicas-range'
    | 'replicas-above-stores'
    | 'replicas-of-mono'
    | 'engine-refused'
    | 'schema-unknown'
  /** For the sentence: `{ stores: 3 }`. */
  readonly parameters: Readonly<Record<string, string | number>>
}

/**
 * What a draft would become. Ids are given at the creation: in the request they are 0, and in the keys, and in the names of
 * regions, partitions are numbered 1, 2, 3 in their order, to stand for ids that follow each other in the same way.
 */
export interface TablePreview {
  readonly problems: readonly DraftProblem[]
  /** CreateTableRequest as JSON of protobuf; undefined while there are problems. */
  readonly requestJson: string | undefined
  /** Copies of each region, as asked for or as usual. */
  readonly replicas: number
  /** None while the partitions have problems. */
  readonly regions: ReadonlyArray<{
    readonly name: string
    /** User keys, as text; empty text is an open end. */
    readonly from: string
    readonly to: string
    /** Which part of hashed keys: `hash mod 4 = 1`; undefined for ranges. */
    readonly hashOf: { readonly remainder: number; readonly count: number } | undefined
    readonly startKey: KeyView
    readonly endKey: KeyView
  }>
}

/** A creation or drop of a table, as it goes on. It goes on without anybody looking. */
export interface TableJob {
  readonly jobId: string
  readonly kind: 'create' | 'drop'
  readonly schema: string
  readonly table: string
  readonly tableId: number | undefined
  readonly state: 'running' | 'done' | 'failed' | 'given-up'
  readonly startedAtMs: number
  readonly elapsedMs: number
  /** Region by region; of a drop, those that are still there. */
  readonly regions: ReadonlyArray<{
    readonly regionId: number
    readonly partitionId: number
    readonly state: string
    readonly leaderStoreId: number | undefined
    readonly storeIds: readonly number[]
  }>
  /** Regions that have a leader; of a drop, those that are gone. */
  readonly ready: number
  readonly total: number
  /**
   * Why it failed; while it runs, what holds it up: a store that refuses, coordinators that do not answer. Given up with
   * CLIENT_CLOSED: the cluster was closed.
   */
  readonly error: SerializedSandboxError | undefined
}

/** What a drop will delete. */
export interface DropPreview {
  readonly table: TableNode
  readonly regionIds: readonly number[]
  readonly sizeBytes: number | undefined
  readonly keyCount: number | undefined
}
