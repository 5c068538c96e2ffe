import type { RangeMeasure } from '../engine-reader'
import type { RawEntry, RawReader } from '../raw/raw-engine'
import type { PlainRange } from '../write-data'
import { decodeVersionKey, encodeRange, isSameKey } from './key-codec'
import { visibleValue } from './value-codec'

/** How many versions are looked at from the end of a range to find its greatest key. */
const GREATEST_VERSIONS = 256

/** Counts the keys that a reader of now sees in a range; with a limit those at its beginning. @see EngineReader.measure */
export async function measureRange(
  reader: RawReader,
  range: PlainRange,
  { maxBytes, nowMs }: { readonly maxBytes: number; readonly nowMs: number },
): Promise<RangeMeasure> {
  const walk = reader.iterate({ range: encodeRange(range) })
  let keyCount = 0
  let readBytes = 0
  let least: Uint8Array | undefined
  let greatest: Uint8Array | undefined
  /** The stored key of the newest version of the key that was decided about last. */
  let decided: Uint8Array | undefined
  try {
    for (let page = await walk.nextPage(); page.length > 0; page = await walk.nextPage()) {
      for (const { key, value } of page) {
        const isOlderVersion = decided !== undefined && isSameKey(decided, key)
        if (!isOlderVersion) {
          if (readBytes >= maxBytes) {
            const last = await greatestKey(reader, range, nowMs)
            return { ...withKeys(keyCount, least, last), endKey: decodeVersionKey(key) }
          }
          decided = key
          if (visibleValue(value, nowMs) !== undefined) {
            keyCount += 1
            least ??= key
            greatest = key
          }
        }
        readBytes += key.length + value.length
      }
    }
  } finally {
    await walk.close()
  }
  return withKeys(keyCount, least, greatest)
}

/** The stored key of the greatest key that a reader sees; undefined if too many that were deleted lie behind it. */
async function greatestKey(reader: RawReader, range: PlainRange, nowMs: number): Promise<Uint8Array | undefined> {
  const walk = reader.iterate({ range: encodeRange(range), reverse: true, limit: GREATEST_VERSIONS })
  /** Backwards the oldest version of a key comes first, and the newest one last. */
  let newest: RawEntry | undefined
  for await (const entry of walk) {
    const isNextKey = newest !== undefined && !isSameKey(newest.key, entry.key)
    if (isNextKey && newest !== undefined && visibleValue(newest.value, nowMs) !== undefined) return newest.key
    newest = entry
  }
  return undefined
}

const withKeys = (keyCount: number, least: Uint8Array | undefined, greatest: Uint8Array | undefined): RangeMeasure => ({
  keyCount,
  ...(least !== undefined && { minKey: decodeVersionKey(least) }),
  ...(greatest !== undefined && { maxKey: decodeVersionKey(greatest) }),
})
