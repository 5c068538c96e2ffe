import type { RawReader } from '../raw/raw-engine'
import type { EngineReader, EngineScan, ScanOptions, StoredVersion } from '../engine-reader'
import type { PlainRange } from '../write-data'
import { decodeVersionKey, encodeRange, versionRange, versionTimestamp } from './key-codec'
import { MvccScan } from './mvcc-scan'
import { decodeValue, visibleValue } from './value-codec'

/** What a reader reads from; an engine also makes snapshots, which several keys of one moment need. */
export interface MvccSource extends RawReader {
  snapshot(): RawReader & { close(): Promise<void> }
}

/** Keys that {@link MvccReader.measure} takes at a time. */
const MEASURE_KEYS = 1024
const MEASURE_BYTES = 1024 * 1024

/** Reads the versions of the family `default` as DingoDB's KvReader does: the newest one that is not too new. */
export class MvccReader implements EngineReader {
  readonly #source: MvccSource
  readonly #nowMs: () => number

  /** @param nowMs wall time in ms, with which times of expiry are compared */
  constructor(source: MvccSource, nowMs: () => number) {
    this.#source = source
    this.#nowMs = nowMs
  }

  async kvGet(key: Uint8Array, ts?: bigint): Promise<Uint8Array | undefined> {
    const stored = await newestVersion(this.#source, key, ts)
    return stored && visibleValue(stored, this.#nowMs())
  }

  async kvBatchGet(keys: readonly Uint8Array[], ts?: bigint): Promise<ReadonlyArray<Uint8Array | undefined>> {
    if (keys.length === 0) return []
    const snapshot = this.#source.snapshot()
    try {
      const nowMs = this.#nowMs()
      const stored = await newestVersions(snapshot, keys, ts)
      return stored.map((version) => version && visibleValue(version, nowMs))
    } finally {
      await snapshot.close()
    }
  }

  scan({ range, ts, keysOnly = false }: ScanOptions): EngineScan {
    return new MvccScan(this.#source.iterate({ range: encodeRange(range) }), ts, keysOnly, this.#nowMs())
  }

  async versions(
    range: PlainRange,
    { offset = 0, limit = Infinity }: { readonly offset?: number; readonly limit?: number } = {},
  ): Promise<readonly StoredVersion[]> {
    const found: StoredVersion[] = []
    const walk = this.#source.iterate({ range: encodeRange(range), limit: offset + limit })
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

  async measure(
    range: PlainRange,
  ): Promise<{ readonly keyCount: number; readonly minKey?: Uint8Array; readonly maxKey?: Uint8Array }> {
    const scan = this.scan({ range, keysOnly: true })
    try {
      let keyCount = 0
      let minKey: Uint8Array | undefined
      let maxKey: Uint8Array | undefined
      for (;;) {
        const page = await scan.next(MEASURE_KEYS, MEASURE_BYTES)
        const last = page.at(-1)
        if (last === undefined) break
        keyCount += page.length
        minKey ??= page[0]?.key
        maxKey = last.key
      }
      return { keyCount, ...(minKey !== undefined && { minKey }), ...(maxKey !== undefined && { maxKey }) }
    } finally {
      await scan.close()
    }
  }
}

/** The stored value of the newest version of a key, deletions included; undefined if it has none up to a timestamp. */
export async function newestVersion(reader: RawReader, key: Uint8Array, ts?: bigint): Promise<Uint8Array | undefined> {
  const walk = reader.iterate({ range: versionRange(key, ts), limit: 1 })
  try {
    return (await walk.next())?.value
  } finally {
    await walk.close()
  }
}

/** Walks that run side by side: enough for the thread pool, not so many that thousands of cursors are open. */
const WALKS_AT_ONCE = 32

/** {@link newestVersion} of several keys, in their order. */
export async function newestVersions(
  reader: RawReader,
  keys: readonly Uint8Array[],
  ts?: bigint,
): Promise<ReadonlyArray<Uint8Array | undefined>> {
  const versions = new Array<Uint8Array | undefined>(keys.length)
  let next = 0
  const walkOn = async () => {
    for (let position = next++; position < keys.length; position = next++) {
      versions[position] = await newestVersion(reader, keys[position] as Uint8Array, ts)
    }
  }
  // All must have ended before their reader is closed, whatever one of them throws.
  const walks = await Promise.allSettled(Array.from({ length: Math.min(WALKS_AT_ONCE, keys.length) }, walkOn))
  const failed = walks.find((walk) => walk.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return versions
}
