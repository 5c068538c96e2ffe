import type { RawEntry, RawReader } from '../raw/raw-engine'
import type { EngineReader, EngineScan, RangeMeasure, ScanOptions, StoredVersion } from '../engine-reader'
import type { PlainRange } from '../write-data'
import { decodeVersionKey, encodeKey, encodeRange, encodeVersionKey, versionRange, versionTimestamp } from './key-codec'
import { measureRange } from './measure-range'
import { MvccScan } from './mvcc-scan'
import type { MvccStore } from './mvcc-store'
import { nameOfKey } from './newest-timestamps'
import { decodeValue, visibleValue } from './value-codec'

/** Reads the versions of the family `default` as DingoDB's KvReader does: the newest one that is not too new. */
export class MvccReader implements EngineReader {
  readonly #store: MvccStore
  readonly #nowMs: () => number

  /** @param nowMs wall time in ms, with which times of expiry are compared */
  constructor(store: MvccStore, nowMs: () => number) {
    this.#store = store
    this.#nowMs = nowMs
  }

  async kvGet(key: Uint8Array, ts?: bigint): Promise<Uint8Array | undefined> {
    const stored = await this.#newestStored(key, ts)
    return stored && visibleValue(stored, this.#nowMs())
  }

  async kvBatchGet(keys: readonly Uint8Array[], ts?: bigint): Promise<ReadonlyArray<Uint8Array | undefined>> {
    if (keys.length === 0) return []
    const snapshot = this.#store.rawEngine.snapshot()
    try {
      const nowMs = this.#nowMs()
      const stored = await newestVersions(snapshot, keys, ts)
      return stored.map((version) => version && visibleValue(version, nowMs))
    } finally {
      await snapshot.close()
    }
  }

  scan({ range, ts, keysOnly = false }: ScanOptions): EngineScan {
    return new MvccScan(this.#store.rawEngine.iterate({ range: encodeRange(range) }), ts, keysOnly, this.#nowMs())
  }

  async versions(
    range: PlainRange,
    { offset = 0, limit = Infinity }: { readonly offset?: number; readonly limit?: number } = {},
  ): Promise<readonly StoredVersion[]> {
    const found: StoredVersion[] = []
    const walk = this.#store.rawEngine.iterate({ range: encodeRange(range), limit: offset + limit })
    let position = 0
    for await (const { key, value } of walk) {
      if (position >= offset) {
        const { expiresAtMs, ...version } = decodeValue(value)
        const expiry = expiresAtMs === undefined ? {} : { expiresAtMs }
        found.push({ key: decodeVersionKey(key), ts: versionTimestamp(key), ...version, ...expiry })
      }
      position += 1
    }
    return found
  }

  measure(range: PlainRange, { maxBytes = Infinity }: { readonly maxBytes?: number } = {}): Promise<RangeMeasure> {
    return measureRange(this.#store.rawEngine, range, { maxBytes, nowMs: this.#nowMs() })
  }

  async #newestStored(key: Uint8Array, ts: bigint | undefined): Promise<Uint8Array | undefined> {
    const { rawEngine, newest, gets } = this.#store
    const name = nameOfKey(encodeKey(key))
    const known = newest.find(name)
    if (known !== undefined && (ts === undefined || known <= ts)) {
      const stored = await gets.get(encodeVersionKey(key, known))
      // It may have been removed with its range meanwhile.
      if (stored !== undefined) return stored
    }
    const search = ts === undefined ? newest.beginSearch(name) : undefined
    let found: RawEntry | undefined
    try {
      found = await newestVersion(rawEngine, key, ts)
    } finally {
      if (search !== undefined) newest.endSearch(name, search, found && versionTimestamp(found.key))
    }
    return found?.value
  }
}

/** The newest version of a key as it is stored, deletions included; undefined if it has none up to a timestamp. */
async function newestVersion(reader: RawReader, key: Uint8Array, ts?: bigint): Promise<RawEntry | undefined> {
  const walk = reader.iterate({ range: versionRange(key, ts), limit: 1 })
  try {
    return await walk.next()
  } finally {
    await walk.close()
  }
}

/** Walks that run side by side: enough for the thread pool, not so many that thousands of cursors are open. */
const WALKS_AT_ONCE = 32

/** The values of {@link newestVersion} of several keys, in their order. */
export async function newestVersions(
  reader: RawReader,
  keys: readonly Uint8Array[],
  ts?: bigint,
): Promise<ReadonlyArray<Uint8Array | undefined>> {
  const versions = new Array<Uint8Array | undefined>(keys.length)
  let next = 0
  const walkOn = async () => {
    for (let position = next++; position < keys.length; position = next++) {
      versions[position] = (await newestVersion(reader, keys[position] as Uint8Array, ts))?.value
    }
  }
  // All must have ended before their reader is closed, whatever one of them throws.
  const walks = await Promise.allSettled(Array.from({ length: Math.min(WALKS_AT_ONCE, keys.length) }, walkOn))
  const failed = walks.find((walk) => walk.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return versions
}
