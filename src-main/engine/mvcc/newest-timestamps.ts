import { defaultColumnFamily } from '../raw/column-family'
import type { RawWriteOperation } from '../raw/raw-write-batch'
import { TIMESTAMP_BYTES, versionTimestamp } from './key-codec'

/** Keys whose newest timestamp is kept, those written or found last: below ten megabytes with keys of usual length. */
const MAX_KEYS = 64 * 1024

/** Says that a reader looks for the newest version of a key. */
export type Search = object

/**
 * The timestamps of the newest versions of keys that were written or read: with them a version is a plain get instead of a walk, which
 * costs several times as much. What it says is never older than what any read has seen: while a key is written nothing is
 * known of it, and who began to look for it before learns nothing that is kept.
 */
export class NewestTimestamps {
  readonly #known = new Map<string, bigint>()
  readonly #searches = new Map<string, Search>()
  readonly #beingWritten = new Set<string>()
  /** Changes of whole ranges that are under way: meanwhile nothing is known of any key. */
  #rangesBeingWritten = 0

  /** The newest timestamp of a key; undefined if it is not known. */
  find(name: string): bigint | undefined {
    return this.#known.get(name)
  }

  /** A reader begins to look for the newest version of a key; undefined if what it finds must not be kept. */
  beginSearch(name: string): Search | undefined {
    if (this.#rangesBeingWritten > 0 || this.#beingWritten.has(name)) return undefined
    const search = {}
    this.#searches.set(name, search)
    return search
  }

  /** The reader has found a version, or none. Kept if nobody wrote the key since it began. */
  endSearch(name: string, search: Search, ts: bigint | undefined): void {
    if (this.#searches.get(name) !== search) return
    this.#searches.delete(name)
    if (ts === undefined) return
    this.#keep(name, ts)
  }

  /** Does a write of versions, of which nothing is known until it is over. */
  async during(operations: readonly RawWriteOperation[], write: () => Promise<void>): Promise<void> {
    if (operations.some(({ kind }) => kind === 'delete-range')) return this.duringChangeOfRanges(write)
    /** What is known of the keys behind the write: the later of two versions counts. */
    const next = new Map<string, bigint>()
    for (const operation of operations) {
      if (operation.kind === 'delete-range' || operation.columnFamily !== defaultColumnFamily) continue
      const name = nameOfVersion(operation.key)
      this.#known.delete(name)
      next.set(name, versionTimestamp(operation.key))
      this.#searches.delete(name)
      this.#beingWritten.add(name)
    }
    try {
      // If it fails, what is there now is for the next reader to find out.
      await write()
    } finally {
      for (const name of next.keys()) this.#beingWritten.delete(name)
    }
    if (this.#rangesBeingWritten > 0) return
    for (const [name, ts] of next) this.#keep(name, ts)
  }

  /** Does something that may change any key. */
  async duringChangeOfRanges<T>(change: () => Promise<T>): Promise<T> {
    this.#known.clear()
    this.#searches.clear()
    this.#rangesBeingWritten += 1
    try {
      return await change()
    } finally {
      this.#rangesBeingWritten -= 1
    }
  }

  #keep(name: string, ts: bigint): void {
    const oldest = this.#known.size < MAX_KEYS ? undefined : this.#known.keys().next().value
    if (oldest !== undefined) this.#known.delete(oldest)
    this.#known.set(name, ts)
  }
}

/** Names the key of a stored version. */
function nameOfVersion(stored: Uint8Array): string {
  return nameOfKey(stored, stored.length - TIMESTAMP_BYTES)
}

/** An encoded key as text, a character a byte: the order of names is the order of keys. */
export function nameOfKey(encoded: Uint8Array, length = encoded.length): string {
  return Buffer.from(encoded.buffer, encoded.byteOffset, length).toString('latin1')
}
