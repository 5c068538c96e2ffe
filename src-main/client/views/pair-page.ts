import type { Clock } from '../../env'
import type { ClusterClient } from '../cluster-client'
import { largerKey, nextKey } from '../key-bytes'
import type { KeyRange } from '../key-range'
import { isEmptyRange } from '../key-range'
import type { TableNames } from './decode-key'
import { decodeKey } from './decode-key'
import type { PairPage, PairView } from './keyspace'
import { VALUE_PREVIEW_BYTES } from './keyspace'

/** Which pairs: from a key on (included), within a range. Empty bytes are open ends. */
export interface PairPageRequest {
  readonly from: Uint8Array
  readonly rangeStart: Uint8Array
  readonly rangeEnd: Uint8Array
  /** At least 1. */
  readonly limit: number
}

/** Bytes of keys and shortened values after which a page ends: what a screen takes at once without standing still. */
const PAGE_BYTES = 1024 * 1024
/** Bytes that are read for a page, whole values: many long ones end it, too. */
const READ_BYTES = 16 * 1024 * 1024

/** The namespaces of keys are the bytes r, t, w and x: no region lies before the first or behind the last of them. */
const WHOLE_KEY_SPACE: KeyRange = {
  startKey: Uint8Array.of('r'.charCodeAt(0)),
  endKey: Uint8Array.of('y'.charCodeAt(0)),
}

/** Reads a page of pairs, region after region, with values shortened. @throws what a scan throws */
export async function readPairPage(
  client: ClusterClient,
  names: TableNames,
  request: PairPageRequest,
  clock: Clock,
): Promise<PairPage> {
  const startedAtMs = clock.monotonicMs()
  const range = rangeOf(request)
  const pairs: PairView[] = []
  const next = isEmptyRange(range) ? undefined : await fill(pairs, client, names, range, request.limit)
  return { pairs, nextKey: next, tookMs: clock.monotonicMs() - startedAtMs }
}

/** @returns where the next page begins */
async function fill(
  pairs: PairView[],
  client: ClusterClient,
  names: TableNames,
  range: KeyRange,
  limit: number,
): Promise<Uint8Array | undefined> {
  let pageBytes = 0
  let readBytes = 0
  let behind = range.startKey
  try {
    for await (const { key, value } of client.kv.scan(range, { limit, pageSize: limit })) {
      const preview = value.length > VALUE_PREVIEW_BYTES ? value.subarray(0, VALUE_PREVIEW_BYTES) : value
      pageBytes += key.length + preview.length
      readBytes += key.length + value.length
      if (pairs.length > 0 && (pageBytes > PAGE_BYTES || readBytes > READ_BYTES)) return key
      pairs.push({ key: decodeKey(key, names), value: preview, valueBytes: value.length })
      behind = key
    }
  } catch (thrown) {
    // What was read is shown; the next page begins at what cannot be read, and says why.
    if (pairs.length === 0) throw thrown
    return nextKey(behind)
  }
  return pairs.length < limit ? undefined : firstKeyIn(client, { startKey: nextKey(behind), endKey: range.endKey })
}

/** The first key of a range that has a value, so that no page is empty but the only one. */
async function firstKeyIn(client: ClusterClient, range: KeyRange): Promise<Uint8Array | undefined> {
  if (isEmptyRange(range)) return undefined
  try {
    for await (const { key } of client.kv.scan(range, { limit: 1, keysOnly: true })) return key
    return undefined
  } catch {
    // The page is whole; that the pairs behind it cannot be read now is said by whoever asks for them.
    return range.startKey
  }
}

function rangeOf({ from, rangeStart, rangeEnd }: PairPageRequest): KeyRange {
  const startKey = largerKey(from, rangeStart)
  return {
    startKey: startKey.length === 0 ? WHOLE_KEY_SPACE.startKey : startKey,
    endKey: rangeEnd.length === 0 ? WHOLE_KEY_SPACE.endKey : rangeEnd,
  }
}
