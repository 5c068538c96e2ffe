import type { KeyView } from './key-view'

/** A region on the key line. */
export interface KeySegment {
  readonly regionId: number
  readonly name: string
  readonly startKey: KeyView
  readonly endKey: KeyView
  readonly tableId: number | undefined
  readonly tableName: string | undefined
  readonly leaderStoreId: number | undefined
  readonly storeIds: readonly number[]
  readonly sizeBytes: number | undefined
  readonly keyCount: number | undefined
  readonly state: string
}

/** The key line: regions in key order. Gaps between them belong to no region. */
export interface KeyLine {
  readonly takenAtMs: number
  readonly segments: readonly KeySegment[]
}

/** A pair in the list. */
export interface PairView {
  readonly key: KeyView
  /** The first {@link VALUE_PREVIEW_BYTES} bytes. */
  readonly value: Uint8Array
  /** Bytes of the whole value. */
  readonly valueBytes: number
}

/** Longer values are shortened in lists. */
export const VALUE_PREVIEW_BYTES = 4096

/**
 * A page of pairs, in key order. It ends after the number asked for, or after 1 MiB of keys and shortened values; or before
 * what cannot be read at the moment, so that the page behind it says why.
 */
export interface PairPage {
  readonly pairs: readonly PairView[]
  /** Where the next page begins; undefined at the end of the range. */
  readonly nextKey: Uint8Array | undefined
  /** How long the scan took, in ms. */
  readonly tookMs: number
}

/** A value whole; one above 8 MiB is refused with VALUE_TOO_LARGE. */
export interface ValueView {
  readonly key: KeyView
  /** Undefined if there is no such key. */
  readonly value: Uint8Array | undefined
  readonly regionId: number | undefined
}

/** What keys of a table begin with in the store. */
export interface TableKeyPrefixes {
  readonly tableName: string
  /** One a partition. */
  readonly prefixes: readonly Uint8Array[]
}

/** How a compare-and-set came out. */
export interface CompareAndSetView {
  readonly isSet: boolean
  /** How long the cluster took, in ms. */
  readonly tookMs: number
}

/**
 * How a typed key is meant. `table`: text of a user key, or its bytes as `0x…`, encoded for the table; `raw`: bytes of the
 * store in hex, `0x` and white space allowed.
 */
export type KeyInput =
  | { readonly kind: 'table'; readonly tableId: number; readonly text: string }
  | { readonly kind: 'raw'; readonly hex: string }
