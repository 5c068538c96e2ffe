import type { KeyValue, PlainRange } from './write-data'

/** One version of a key as it is stored, for inspection. */
export interface StoredVersion extends KeyValue {
  readonly ts: bigint
  readonly kind: 'put' | 'put-with-ttl' | 'delete'
  /** Wall time in ms; undefined without TTL. */
  readonly expiresAtMs?: number | undefined
}

/** What to walk over. */
export interface ScanOptions {
  readonly range: PlainRange
  /** Versions above it are not seen; undefined for the newest. */
  readonly ts?: bigint | undefined
  /** Leaves values unread: every value is empty. */
  readonly keysOnly?: boolean | undefined
}

/** A walk over the keys of one moment, in order; used by one caller at a time. */
export interface EngineScan {
  /** The next keys, at most so many and about so many bytes, at least one; fewer only at the end, none behind it. */
  next(maxCount: number, maxBytes: number): Promise<readonly KeyValue[]>
  /** Lets go. Twice is harmless. */
  close(): Promise<void>
}

/** How many keys a reader sees in a range, and the least and greatest of them. */
export interface RangeMeasure {
  readonly keyCount: number
  readonly minKey?: Uint8Array
  /** Also missing if the range was not counted whole and its last couple of hundred versions are of deleted keys. */
  readonly maxKey?: Uint8Array
  /** The first key that was not counted; undefined if all were. */
  readonly endKey?: Uint8Array
}

/** Reads a region. Deleted and expired keys are not there. */
export interface EngineReader {
  /** The value of a key, undefined if there is none; `ts` undefined for the newest version. */
  kvGet(key: Uint8Array, ts?: bigint): Promise<Uint8Array | undefined>
  /** The values of keys in their order, all of one moment. */
  kvBatchGet(keys: readonly Uint8Array[], ts?: bigint): Promise<ReadonlyArray<Uint8Array | undefined>>
  /** Walks over a range as it is now; later writes do not change it. */
  scan(options: ScanOptions): EngineScan
  /** Every stored version of a range in stored order (key, then newest first), for inspection. */
  versions(
    range: PlainRange,
    options?: { readonly offset?: number; readonly limit?: number },
  ): Promise<readonly StoredVersion[]>
  /**
   * Counts the keys of a range, exactly and with their values read, because a deleted key is known by its value.
   *
   * @param options `maxBytes`: ends behind the key with which so many stored bytes were read; the whole range if not given
   */
  measure(range: PlainRange, options?: { readonly maxBytes?: number }): Promise<RangeMeasure>
}
