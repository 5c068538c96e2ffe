import { encodeKey, encodeVersionKey, TIMESTAMP_BYTES } from '../mvcc/key-codec'
import type { MvccStore } from '../mvcc/mvcc-store'
import { nameOfKey } from '../mvcc/newest-timestamps'
import { encodeValue, TOMBSTONE, visibleValue } from '../mvcc/value-codec'
import type { KeyRange } from '../raw/key-range'
import { RawWriteBatch } from '../raw/raw-write-batch'

interface StagedPut {
  readonly key: Uint8Array
  readonly value: Uint8Array
  readonly columnFamily: string
}

interface StagedDeleteRange {
  readonly range: KeyRange
  readonly columnFamily: string
}

type StagedChange = StagedPut | StagedDeleteRange

/**
 * What a run of commands changes, on its way into one write. The newest versions of the keys on which commands depend are
 * read before the first is applied, and followed by what the commands write; so commands that depend on each other need no
 * write in between. Each command's changes are staged first and count when it is committed.
 */
export class PendingChanges {
  readonly batch = new RawWriteBatch()
  /** Newest stored values by the names of their keys. */
  readonly #newest: Map<string, Uint8Array | undefined>
  #staged: StagedChange[] = []
  readonly #stagedNewest = new Map<string, Uint8Array | undefined>()

  private constructor(newest: Map<string, Uint8Array | undefined>) {
    this.#newest = newest
  }

  /** @param plainKeys the keys whose newest values commands will ask for, in any order, doubled or not */
  static async open(store: MvccStore, plainKeys: readonly Uint8Array[]): Promise<PendingChanges> {
    const newest = new Map<string, Uint8Array | undefined>()
    if (plainKeys.length === 0) return new PendingChanges(newest)
    const keys: Uint8Array[] = []
    const names: string[] = []
    for (const key of plainKeys) {
      const name = nameOfKey(encodeKey(key))
      if (newest.has(name)) continue
      newest.set(name, undefined)
      keys.push(key)
      names.push(name)
    }
    const stored = await store.newestStored(keys)
    for (const [position, name] of names.entries()) newest.set(name, stored[position])
    return new PendingChanges(newest)
  }

  /** The value of a key that was named at the start, with all that was written since; undefined if there is none. */
  valueOf(plainKey: Uint8Array, nowMs: number): Uint8Array | undefined {
    const name = nameOfKey(encodeKey(plainKey))
    const stored = this.#stagedNewest.has(name) ? this.#stagedNewest.get(name) : this.#newest.get(name)
    return stored && visibleValue(stored, nowMs)
  }

  /** Writes a version that is encoded already. */
  putVersion(key: Uint8Array, value: Uint8Array, columnFamily: string): void {
    this.#staged.push({ key, value, columnFamily })
    if (this.#newest.size === 0) return
    const name = nameOfKey(key, key.length - TIMESTAMP_BYTES)
    if (this.#newest.has(name)) this.#stagedNewest.set(name, value)
  }

  /** Writes a version of a plain key. */
  put(
    plainKey: Uint8Array,
    value: Uint8Array,
    { ts, columnFamily, expiresAtMs }: VersionProperties & { readonly expiresAtMs: number | undefined },
  ): void {
    this.putVersion(encodeVersionKey(plainKey, ts), encodeValue(value, expiresAtMs), columnFamily)
  }

  /** Writes a version of a plain key that says that it is gone. */
  delete(plainKey: Uint8Array, { ts, columnFamily }: VersionProperties): void {
    this.putVersion(encodeVersionKey(plainKey, ts), TOMBSTONE, columnFamily)
  }

  /** Removes all versions of an encoded range. */
  deleteRange(range: { readonly start: Uint8Array; readonly end: Uint8Array }, columnFamily: string): void {
    this.#staged.push({ range, columnFamily })
    const start = nameOfKey(range.start)
    const end = nameOfKey(range.end)
    for (const name of this.#newest.keys()) if (name >= start && name < end) this.#stagedNewest.set(name, undefined)
  }

  /** The command's changes count. */
  commit(): void {
    for (const change of this.#staged) {
      if ('range' in change) this.batch.deleteRange(change.range, change.columnFamily)
      else this.batch.put(change.key, change.value, change.columnFamily)
    }
    this.#staged = []
    if (this.#stagedNewest.size === 0) return
    for (const [name, stored] of this.#stagedNewest) this.#newest.set(name, stored)
    this.#stagedNewest.clear()
  }

  /** The command changes nothing after all. */
  drop(): void {
    this.#staged = []
    this.#stagedNewest.clear()
  }
}

/** What the version of a key carries beside its value. */
export interface VersionProperties {
  readonly ts: bigint
  readonly columnFamily: string
}
