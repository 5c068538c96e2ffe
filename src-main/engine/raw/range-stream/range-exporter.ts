import type { RawSnapshot } from '../raw-engine'
import { encodeEntries, encodeFooter, encodeHeader } from './format'
import type { RangeStreamHeader } from './format'

/**
 * Streams the selection as it stands in a snapshot: one given by the caller, who keeps it, or one taken when the first
 * chunk is asked for and closed with the stream. Reads a page for each chunk, so memory does not grow with the range and
 * a slow consumer slows the reading.
 */
export async function* exportSelection(
  selection: RangeStreamHeader,
  from: RawSnapshot | (() => RawSnapshot),
): AsyncGenerator<Uint8Array, void> {
  const snapshot = typeof from === 'function' ? from() : from
  try {
    yield encodeHeader(selection)
    let entries = 0
    let bytes = 0
    for (const [familyIndex, columnFamily] of selection.columnFamilies.entries()) {
      const iterator = snapshot.iterate({ columnFamily, range: selection.range })
      try {
        for (let page = await iterator.nextPage(); page.length > 0; page = await iterator.nextPage()) {
          entries += page.length
          for (const { key, value } of page) bytes += key.length + value.length
          yield encodeEntries(familyIndex, page)
        }
      } finally {
        await iterator.close()
      }
    }
    yield encodeFooter({ entries, bytes })
  } finally {
    if (snapshot !== from) await snapshot.close()
  }
}
