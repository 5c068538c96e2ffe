import type { IngestOptions, IngestResult, IncompleteIngest, RangeSource, RangeSelection } from './range-transfer'
import type { KeyRange } from './key-range'
import type { RawEngineProperties, RocksInspection } from './raw-engine-properties'
import type { RawWriteBatch } from './raw-write-batch'

/** A key with its value. The arrays are the caller's own. */
export interface RawEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/**
 * What an implementation can do beyond what all can. Tests and callers branch on this, never on the name. Where it says
 * no, the operation is either done in another way at a cost that the field names, or refused with ENGINE_NOT_SUPPORTED.
 */
export interface RawEngineSupport {
  /** What a {@link RawEngine.flush} or an orderly close covers is there when the directory is opened again. */
  readonly persistent: boolean
  /** What a resolved write holds survives the death of the process, without a flush. */
  readonly survivesProcessDeath: boolean
  /** Takes {@link WriteOptions.sync}; else it is refused. */
  readonly syncWrites: boolean
  /** Families are the library's own. Else they are kept apart by a prefix of the key and share its tuning and figures. */
  readonly nativeColumnFamilies: boolean
  /** A delete range is one record. Else it costs a read, a delete and memory for each key of the range. */
  readonly nativeDeleteRange: boolean
  /** Has {@link RawEngine.inspect}; else it is refused. */
  readonly inspection: boolean
}

/** How to read. */
export interface ReadOptions {
  /** Default `default`. */
  readonly columnFamily?: string | undefined
}

/** What to iterate over, and how. */
export interface IterateOptions extends ReadOptions {
  /** Default: all keys. The bounds are copied. */
  readonly range?: KeyRange | undefined
  /** From the last key to the first. Default false. */
  readonly reverse?: boolean | undefined
  /** At most so many entries, a whole number of 0 or more. Default: no limit. */
  readonly limit?: number | undefined
  /** Leaves values unread: every value is empty. Default false. */
  readonly keysOnly?: boolean | undefined
}

/** How to write. */
export interface WriteOptions {
  /**
   * Resolve only when the write, and all before it, would survive a loss of power. Default false. Refused with
   * ENGINE_NOT_SUPPORTED where the manifest has no `syncWrites`.
   */
  readonly sync?: boolean | undefined
}

/** How to close. */
export interface CloseOptions {
  /** Flush first, so that everything written is durable. Default true; false is for showing what a crash loses. */
  readonly flush?: boolean | undefined
}

/**
 * A walk over the entries of one moment: the moment of the snapshot it was made from, else the moment it was made. Used by
 * one caller at a time; a call while another is under way is refused with INVALID_ARGUMENT. Lets go of its resources at
 * the end of the walk, when `for await` is left, on {@link close}, and when its snapshot or engine closes.
 */
export interface RawIterator extends AsyncIterable<RawEntry> {
  /** The next entry, or undefined at the end. @throws SandboxError ENGINE_HANDLE_CLOSED, ENGINE_CLOSED, ENGINE_CORRUPTION, ENGINE_IO */
  next(): Promise<RawEntry | undefined>
  /** The next entries, as many as were read in one go; none at the end. The fast way through a long range. @throws as {@link next} */
  nextPage(): Promise<readonly RawEntry[]>
  /** Lets go, after a call under way has ended. Twice is harmless. */
  close(): Promise<void>
}

/** What can be read from: an engine as it is now, or a snapshot. */
export interface RawReader {
  /** The value of a key, or undefined if there is none. @throws SandboxError ENGINE_INVALID_KEY, ENGINE_UNKNOWN_COLUMN_FAMILY, ENGINE_CLOSED, ENGINE_HANDLE_CLOSED, ENGINE_CORRUPTION, ENGINE_IO */
  get(key: Uint8Array, options?: ReadOptions): Promise<Uint8Array | undefined>
  /** The values of several keys of one family, in the order of the keys, all of the same moment. @throws as {@link get} */
  getMany(keys: readonly Uint8Array[], options?: ReadOptions): Promise<ReadonlyArray<Uint8Array | undefined>>
  /** Walks over a range in byte order. @throws SandboxError, at once: ENGINE_INVALID_RANGE, ENGINE_INVALID_KEY, ENGINE_UNKNOWN_COLUMN_FAMILY, ENGINE_CLOSED, ENGINE_HANDLE_CLOSED, INVALID_ARGUMENT */
  iterate(options?: IterateOptions): RawIterator
}

/**
 * The engine as it was at one moment; later writes do not change it. A write under way at that moment is in it wholly or
 * not at all. Keeps old versions of data alive, so close it soon.
 */
export interface RawSnapshot extends RawReader {
  /** Lets go, closing the iterators made from it. Twice is harmless. */
  close(): Promise<void>
}

/**
 * Ordered bytes to bytes in column families: the lowest layer of a node, shared by all its regions (architecture.md
 * part 4).
 *
 * Durability: a resolved write is seen by every later read. Where the manifest says `survivesProcessDeath` it survives the
 * death of the process; {@link flush} is the hard point: what resolved before it survives the loss of power. After a loss
 * of power what is there is a prefix of the writes in their order, whole batches only, over all families.
 *
 * Bytes handed in must stay unchanged until the call settles; arrays handed out are the caller's own. Writes of which
 * neither awaited the other take effect in either order. Bad input is refused before anything is written. Once close has
 * begun every call is refused with ENGINE_CLOSED, while calls under way end first.
 */
export interface RawEngine extends RawReader {
  /** What is below, for people: `RocksDB`, `LevelDB`, `memory`. Not to branch on: see {@link supports}. */
  readonly name: string
  readonly supports: RawEngineSupport
  /** All families, `default` first, the others by name: those declared when it was opened and those that were there before. */
  readonly columnFamilies: readonly string[]

  /** Applies a batch, all or nothing. @throws SandboxError ENGINE_UNKNOWN_COLUMN_FAMILY, ENGINE_NOT_SUPPORTED, ENGINE_CLOSED, ENGINE_IO */
  write(batch: RawWriteBatch, options?: WriteOptions): Promise<void>
  /** The engine as it is now. @throws SandboxError ENGINE_CLOSED */
  snapshot(): RawSnapshot

  /** Makes durable whatever resolved before the call. @throws SandboxError ENGINE_CLOSED, ENGINE_IO */
  flush(): Promise<void>
  /** Rewrites the stored form of a range so that deleted and overwritten data frees its space. May take long. Default: all of `default`. */
  compact(options?: { readonly range?: KeyRange | undefined } & ReadOptions): Promise<void>
  /** Roughly how many bytes of keys and values a range takes. Exactness differs between engines: for comparing, not for accounting. */
  approximateSize(range: KeyRange, options?: ReadOptions): Promise<number>

  /** Streams a range of some or all families in a form that every raw engine takes in; see range-transfer.ts. */
  exportRange(selection?: RangeSelection & { readonly snapshot?: RawSnapshot | undefined }): AsyncIterable<Uint8Array>
  /** Replaces a range by an exported one; see range-transfer.ts for what a failure leaves. */
  ingestRange(source: RangeSource, options?: IngestOptions): Promise<IngestResult>
  /** The ingests that began and did not end, here or before the last crash. Their ranges hold part of the data. */
  incompleteIngests(): Promise<readonly IncompleteIngest[]>
  /** Empties the range of an incomplete ingest and forgets the ingest, in one batch. */
  discardIncompleteIngest(ingest: IncompleteIngest): Promise<void>

  /** Figures for people and for scheduling. What the engine does not know is left out. */
  properties(): Promise<RawEngineProperties>
  /** The inside of an LSM tree for the screens. @throws SandboxError ENGINE_NOT_SUPPORTED */
  inspect(): Promise<RocksInspection>

  /**
   * Refuses new calls, lets those under way end, closes iterators and snapshots, flushes and lets go of the directory. If
   * the flush fails the engine closes nevertheless and the failure is thrown. Twice gives the first call's outcome.
   */
  close(options?: CloseOptions): Promise<void>
}

/** How to open a raw engine in a directory. */
export interface RawEngineOptions {
  /** Absolute path, made if need be. One engine holds it at a time: ENGINE_LOCKED. */
  readonly directory: string
  /**
   * The families to have besides `default`. Missing ones are made. Families found in the directory that are not named here
   * are kept and opened too: an older version that knows fewer families loses nothing.
   */
  readonly columnFamilies?: readonly string[] | undefined
}
