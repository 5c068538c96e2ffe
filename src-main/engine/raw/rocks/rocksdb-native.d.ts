// rocksdb-native 3.18.1 comes without types. These are what its JavaScript and its binding do, as far as it is used here,
// as an ES module sees them: the CommonJS export is the default.

declare module 'rocksdb-native' {
  /** Keys between the bounds; a bound that is left out, null or empty is no bound. */
  export interface RocksRange {
    readonly gt?: Uint8Array | null
    readonly gte?: Uint8Array | null
    readonly lt?: Uint8Array | null
    readonly lte?: Uint8Array | null
  }

  export interface RocksIteratorOptions {
    readonly reverse?: boolean
    /** False leaves values unread: every value is null. Default true. */
    readonly values?: boolean
    /** Default Infinity. */
    readonly limit?: number
    /** Entries of one trip to the thread pool. Default 8. */
    readonly capacity?: number
  }

  export interface RocksEntry {
    readonly key: Buffer
    readonly value: Buffer | null
  }

  /**
   * A streamx Readable of entries. It reads the bounds' memory for as long as it lives. Emits `error` (if it failed) and
   * `close`; the native iterator is gone at `close`.
   */
  export interface RocksIterator extends AsyncIterable<RocksEntry> {
    /** The next buffered entry, or null when nothing is buffered now. */
    read(): RocksEntry | null
    /** Stops, after a read under way has ended. */
    destroy(error?: Error): void
    readonly destroyed: boolean
    on(event: 'readable' | 'end' | 'close', listener: () => void): this
    on(event: 'error', listener: (error: Error) => void): this
  }

  export interface BatchOptions {
    /** Operations that fit without growing. Default 8. */
    readonly capacity?: number
    /** Destroys the batch when its flush has ended. Default false; then {@link destroy} must be called. */
    readonly autoDestroy?: boolean
  }

  export interface ReadBatch {
    /** The value, or null if there is none; settles after flush. */
    get(key: Uint8Array): Promise<Buffer | null>
    flush(): Promise<void>
    /** As flush, without a promise: the gets tell. */
    tryFlush(): void
    destroy(): void
  }

  /** All operations of a flush are one atomic write of RocksDB. Keys and values are not copied before it settles. */
  export interface WriteBatch {
    tryPut(key: Uint8Array, value: Uint8Array): void
    tryDelete(key: Uint8Array): void
    tryDeleteRange(start: Uint8Array, end: Uint8Array): void
    /** Rejects with `Batch was not applied` and RocksDB's error as its cause. */
    flush(): Promise<void>
    destroy(): void
  }

  export interface ColumnFamilyOptions {
    /** Bytes of a memtable before it is flushed. Default 64 MiB. */
    readonly writeBufferSize?: number
    /** Bytes of a block of a table file. Default 8192. */
    readonly tableBlockSize?: number
    /** False: no cache of blocks. Default true, a cache of 32 MiB for each family. */
    readonly blockCache?: boolean
    /** Default 7. */
    readonly numLevels?: number
    /** Default 2. */
    readonly maxWriteBufferNumber?: number
  }

  export class ColumnFamily {
    constructor(name: string, options?: ColumnFamilyOptions)
    readonly name: string
  }

  export interface RocksOptions extends ColumnFamilyOptions {
    readonly columnFamilies?: ReadonlyArray<string | ColumnFamily>
    readonly readOnly?: boolean
    readonly createIfMissing?: boolean
    readonly createMissingColumnFamilies?: boolean
    readonly maxBackgroundJobs?: number
    /** Counts events, for the property `rocksdb.options-statistics`. Default false. */
    readonly enableStatistics?: boolean
    readonly avoidFlushDuringShutdown?: boolean
  }

  export interface SessionOptions {
    readonly columnFamily?: string | ColumnFamily
    /** True takes a snapshot, or shares the one of the session that it is made from. */
    readonly snapshot?: boolean
  }

  export interface ApproximateSizeOptions {
    readonly includeMemtables?: boolean
    readonly includeFiles?: boolean
  }

  /** A database, or a session of it: a view with a column family and possibly a snapshot. */
  export default class RocksDB {
    constructor(path: string, options?: RocksOptions)
    /** Rejects with RocksDB's sentence; the code is libuv's name of an errno, mostly EIO or EINVAL. */
    ready(): Promise<void>
    session(options?: SessionOptions): RocksDB
    columnFamily(name: string): RocksDB
    /**
     * Of a session: lets go of it. Of the database: waits for every batch and iterator to be destroyed, however long that
     * takes, then closes all sessions and the database.
     */
    close(): Promise<void>
    get(key: Uint8Array): Promise<Buffer | null>
    read(options?: BatchOptions): ReadBatch
    write(options?: BatchOptions): WriteBatch
    iterator(range: RocksRange, options?: RocksIteratorOptions): RocksIterator
    /** Flushes the memtable of the session's column family. */
    flush(): Promise<void>
    compact(): Promise<void>
    compactRange(start: Uint8Array | null, end: Uint8Array | null): Promise<void>
    approximateSize(start: Uint8Array, end: Uint8Array, options?: ApproximateSizeOptions): Promise<number>
    /** Undefined for a property that RocksDB does not know. */
    getProperty(name: string): Promise<string | undefined>

    /**
     * The family that batches and iterators of this session use, read at each `tryPut`, `tryDelete` and `tryDeleteRange`.
     * Internal to the package, which offers no other way to put operations on several families into one batch although its
     * native write takes a family with each operation. The version is pinned and the conformance suite would notice.
     */
    _columnFamily: ColumnFamily
  }
}
