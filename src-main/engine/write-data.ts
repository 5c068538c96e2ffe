/** A key with its value as clients see them, before they are encoded with a timestamp. */
export interface KeyValue {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** Bytes from `startKey` up to but without `endKey`, as clients see them. */
export interface PlainRange {
  readonly startKey: Uint8Array
  readonly endKey: Uint8Array
}

/** Sets keys. */
export interface PutDatum {
  readonly kind: 'put'
  readonly entries: readonly KeyValue[]
  /** Wall time in ms at which the entries expire; undefined for never. */
  readonly expiresAtMs?: number | undefined
}

/** Sets keys that are not there. One state a key says whether it was set; with `isAtomic` all are set or none. */
export interface PutIfAbsentDatum {
  readonly kind: 'put-if-absent'
  readonly entries: readonly KeyValue[]
  readonly isAtomic: boolean
  readonly expiresAtMs?: number | undefined
}

/**
 * Sets keys whose value is the expected one. An empty expected value means that the key must not be there, an empty new
 * value deletes it. One state a key says whether it was set; with `isAtomic` all are set or none.
 */
export interface CompareAndSetDatum {
  readonly kind: 'compare-and-set'
  readonly entries: readonly KeyValue[]
  readonly expectedValues: readonly Uint8Array[]
  readonly isAtomic: boolean
  readonly expiresAtMs?: number | undefined
}

/** Deletes keys. One state a key says whether it was there. */
export interface DeleteBatchDatum {
  readonly kind: 'delete-batch'
  readonly keys: readonly Uint8Array[]
}

/** Removes whole ranges with all versions. */
export interface DeleteRangeDatum {
  readonly kind: 'delete-range'
  readonly ranges: readonly PlainRange[]
}

export type WriteDatum = PutDatum | PutIfAbsentDatum | CompareAndSetDatum | DeleteBatchDatum | DeleteRangeDatum

/** What Storage hands to an Engine: one change of one region that happens wholly or not at all (flows.md, KvPut stage 3). */
export interface WriteData {
  readonly datums: readonly WriteDatum[]
}

/** What became of a {@link WriteData}: it is durable on a quorum and applied here. */
export interface WriteResult {
  /** The timestamp that the written versions carry. */
  readonly ts: bigint
  /** One state a key for put-if-absent, compare-and-set and delete-batch, in their order; empty for the others. */
  readonly keyStates: readonly boolean[]
  /** The log entry that carried it; undefined for an engine without log. */
  readonly entry?: { readonly index: number; readonly term: number } | undefined
  /** Undefined for an engine without log. */
  readonly moments?: WriteMoments | undefined
}

/** When a write went through its log, in ms of the monotonic clock, in their order. */
export interface WriteMoments {
  /** It was handed to Raft. */
  readonly proposedMs: number
  /** It was committed, and its turn to be applied came, with others. */
  readonly applyBeganMs: number
  /** What it changes was handed to the raw engine. */
  readonly storeWriteMs: number
  /** It was written there. */
  readonly appliedMs: number
}
