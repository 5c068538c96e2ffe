import type { KeyView } from './key-view'

/** A table file of a column family. */
export interface TableFileView {
  /** `000012.sst`. */
  readonly name: string
  readonly level: number
  readonly bytes: number
  readonly smallestKey: Uint8Array
  readonly largestKey: Uint8Array
  readonly smallestText: string
  readonly largestText: string
  readonly smallestSequence: string
  readonly largestSequence: string
}

export interface LevelView {
  readonly level: number
  readonly files: number
  readonly bytes: number
}

export interface ColumnFamilyView {
  readonly name: string
  readonly estimatedEntries: number | undefined
  readonly liveBytes: number | undefined
  readonly storedBytes: number | undefined
  readonly memtable: {
    readonly activeBytes: number | undefined
    readonly activeEntries: number | undefined
    readonly immutableCount: number | undefined
    readonly unflushedBytes: number | undefined
    readonly flushPending: boolean | undefined
  }
  readonly levels: readonly LevelView[]
  readonly files: readonly TableFileView[]
  readonly pendingCompactionBytes: number | undefined
  readonly blockCache: { readonly usedBytes: number | undefined; readonly capacityBytes: number | undefined }
}

/** The raw engine of one node, from inside. What it does not tell is undefined. */
export interface EngineView {
  readonly nodeId: number
  readonly takenAtMs: number
  /** `RocksDB`, `LevelDB`, `memory`. */
  readonly engine: string
  readonly directory: string | undefined
  readonly diskBytes: number | undefined
  readonly openSnapshots: number
  readonly openIterators: number
  readonly columnFamilies: readonly ColumnFamilyView[]
  readonly writeAheadLog:
    | { readonly bytes: number; readonly files: ReadonlyArray<{ readonly name: string; readonly bytes: number }> }
    | undefined
  readonly runningCompactions: number | undefined
  readonly runningFlushes: number | undefined
  /** The library's own properties, by its names. */
  readonly native: Readonly<Record<string, string>>
}

/** Where a key lives in one column family of a node. */
export interface KeyPlace {
  readonly columnFamily: string
  /** The stored form of the key, as the family has it (MVCC encoding in `default`). */
  readonly storedKey: KeyView
  /** What a read finds, its first bytes; undefined if there is nothing. */
  readonly value: Uint8Array | undefined
  readonly valueBytes: number | undefined
  /** Wall time in ms, of the version; undefined where keys have none. */
  readonly versionAtMs: number | undefined
  readonly timestamp: string | undefined
  readonly isDeletion: boolean
  /** Steps of the lookup, in its order: the memtable if it may hold the key, then files whose range covers it, level by level. */
  readonly path: ReadonlyArray<{
    readonly place: 'memtable' | 'file'
    readonly level: number | undefined
    readonly file: string | undefined
  }>
}

export interface KeyLocation {
  readonly nodeId: number
  readonly key: KeyView
  readonly places: readonly KeyPlace[]
}
