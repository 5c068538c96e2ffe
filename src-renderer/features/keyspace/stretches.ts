import type { KeySegment } from '../../../src-main/client/views/keyspace'
import { compareBytes } from '../../data/bytes'
import type { KeyStretch } from '../../data/pairs-store'

/** All keys of the store. */
const everything: KeyStretch = { start: new Uint8Array(0), end: new Uint8Array(0) }

/**
 * The keys to list for what is chosen: those of a region, else of a table, else all. Regions that touch become one stretch,
 * so that many empty ones cost one scan.
 *
 * @param segments in key order
 */
export function stretchesOf(
  segments: readonly KeySegment[],
  chosen: { readonly regionId: number | undefined; readonly tableId: number | undefined },
): KeyStretch[] {
  const { regionId, tableId } = chosen
  if (regionId === undefined && tableId === undefined) return [everything]
  const stretches: KeyStretch[] = []
  for (const segment of segments) {
    const isChosen = regionId === undefined ? segment.tableId === tableId : segment.regionId === regionId
    if (!isChosen) continue
    const [start, end] = [segment.startKey.bytes, segment.endKey.bytes]
    const last = stretches.at(-1)
    if (last !== undefined && compareBytes(last.end, start) === 0) {
      stretches[stretches.length - 1] = { start: last.start, end }
    } else stretches.push({ start, end })
  }
  return stretches
}

/** The region that holds a key; undefined for a key of none. */
export function segmentOf(segments: readonly KeySegment[], key: Uint8Array): KeySegment | undefined {
  return segments.find(
    ({ startKey, endKey }) =>
      compareBytes(startKey.bytes, key) <= 0 && (endKey.bytes.length === 0 || compareBytes(key, endKey.bytes) < 0),
  )
}
