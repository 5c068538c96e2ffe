/** Figures of one column family. A figure that the engine does not know is left out. */
export interface ColumnFamilyProperties {
  readonly name: string
  /** Entries, deleted and overwritten ones possibly counted. */
  readonly estimatedEntries?: number
  /** Bytes of stored data: table files, or keys and values in memory. */
  readonly storedBytes?: number
  /** Bytes of data that is not in table files yet. */
  readonly memtableBytes?: number
}

/** Figures that every raw engine can give, and its own as it words them. */
export interface RawEngineProperties {
  readonly engine: string
  /** Undefined for an engine without a directory. */
  readonly directory?: string
  readonly columnFamilies: readonly ColumnFamilyProperties[]
  /** Bytes of all files in the directory. */
  readonly diskBytes?: number
  readonly openSnapshots: number
  readonly openIterators: number
  /** Calls that have begun and not ended, this one not counted. */
  readonly operationsUnderWay: number
  /** The library's own properties, by its names, in its words. */
  readonly native: Readonly<Record<string, string>>
}

/** A table file (SST) of RocksDB. */
export interface SstFile {
  /** The number in its name: 12 is `000012.sst`. */
  readonly number: number
  readonly level: number
  readonly bytes: number
  readonly smallestSequence: bigint
  readonly largestSequence: bigint
  readonly smallestKey: Uint8Array
  readonly largestKey: Uint8Array
}

/** One level of a family's LSM tree. */
export interface RocksLevel {
  readonly level: number
  readonly files: number
  /** Bytes of its files. */
  readonly bytes: number
  /** Uncompressed size by compressed size; undefined for an empty level. */
  readonly compressionRatio?: number
}

/** The in-memory tables of a family. */
export interface RocksMemtables {
  /** Bytes of the one that takes writes. */
  readonly activeBytes?: number
  /** Bytes of the active one and those waiting for their flush. */
  readonly unflushedBytes?: number
  /** Bytes of all, those kept for readers included. */
  readonly allBytes?: number
  readonly activeEntries?: number
  readonly activeDeletes?: number
  readonly immutableCount?: number
  readonly immutableEntries?: number
  readonly flushPending?: boolean
}

/** The cache of uncompressed blocks of a family. */
export interface RocksBlockCache {
  readonly capacityBytes?: number
  readonly usedBytes?: number
  /** Bytes that cannot be evicted now. */
  readonly pinnedBytes?: number
}

/** Where compaction stands in a family. */
export interface RocksCompaction {
  readonly pending?: boolean
  /** Bytes that compaction must rewrite until all levels are within their targets. */
  readonly estimatedPendingBytes?: number
  /** Compactions that run now, over all families. */
  readonly running?: number
  /** Flushes that run now, over all families. */
  readonly runningFlushes?: number
  /** Bytes a second to which writes are slowed down now; 0 if they are not. */
  readonly delayedWriteBytesPerSecond?: number
  readonly writesStopped?: boolean
  /** How often writes were slowed down or stopped since opening, by RocksDB's name of the cause. */
  readonly stallCounts?: Readonly<Record<string, number>>
}

/** What the table files of a family hold, summed up. */
export interface RocksTables {
  readonly dataBlocks?: number
  readonly entries?: number
  readonly deletions?: number
  readonly rangeDeletions?: number
  readonly rawKeyBytes?: number
  readonly rawValueBytes?: number
  readonly indexBytes?: number
  readonly filterBytes?: number
}

/** The inside of one column family of RocksDB. */
export interface RocksColumnFamilyInspection {
  readonly name: string
  readonly levels: readonly RocksLevel[]
  readonly files: readonly SstFile[]
  readonly memtables: RocksMemtables
  readonly blockCache: RocksBlockCache
  readonly compaction: RocksCompaction
  readonly tables: RocksTables
  readonly estimatedEntries?: number
  /** Bytes of live data, without what was deleted or overwritten, as estimated. */
  readonly estimatedLiveBytes?: number
  /** The level that level 0 is compacted into now. */
  readonly baseLevel?: number
}

/** One file of the write-ahead log. */
export interface WalFile {
  readonly name: string
  readonly number: number
  readonly bytes: number
}

/** RocksDB seen from inside, for the screens. What RocksDB does not tell is left out, never made up. */
export interface RocksInspection {
  /** The system family included, last. */
  readonly columnFamilies: readonly RocksColumnFamilyInspection[]
  readonly writeAheadLog: {
    readonly files: readonly WalFile[]
    readonly bytes: number
    /** Logs with a smaller number are needed no more. */
    readonly oldestNeededNumber?: number
  }
  readonly snapshots?: number
  readonly backgroundErrors?: number
  /** RocksDB's counters by its names; undefined unless the engine was opened with statistics. */
  readonly counters?: Readonly<Record<string, number>>
}
