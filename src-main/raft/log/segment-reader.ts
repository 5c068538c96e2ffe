import type { Disk, DiskFile } from '../../env'
import type { Entry, EntryType } from '../core/model/entry'
import { damagedAt } from './log-damage'
import type { LogPositions } from './log-positions'
import { RecordType, decodeHeader, payloadHolds, payloadOf, recordBytes } from './log-record'
import type { Segment } from './segment'

const entryTypes: Readonly<Record<number, EntryType | undefined>> = {
  [RecordType.entryNormal]: 'EntryNormal',
  [RecordType.entryConfChange]: 'EntryConfChange',
  [RecordType.entryConfChangeV2]: 'EntryConfChangeV2',
}

/** Bytes read at once at the most, unless one record is longer. */
const READ_BYTES = 4 * 1024 * 1024

/** Which entries are wanted of a segment. */
export interface WantedEntries {
  readonly low: number
  readonly high: number
  readonly maxBytes: number
  readonly positions: LogPositions
  readonly identity: number
}

/**
 * Reads entries from `low` on as far as they stand one behind the other in one segment, in one read, and checks each against
 * its place and its checksums. At least one, unless it fails.
 *
 * @throws SandboxError RAFT_LOG_DAMAGED, DISK_*
 */
export async function readStoredEntries(
  disk: Disk,
  directory: string,
  segment: Segment,
  wanted: WantedEntries,
): Promise<readonly Entry[]> {
  const { offset, length, terms } = planRead(segment.sequence, wanted)
  const path = `${directory}/${segment.name}`
  const bytes = await readBytes(disk, path, segment.file, offset, length)
  const entries: Entry[] = []
  let at = 0
  for (const [position, term] of terms.entries()) {
    const header = decodeHeader(bytes, at, segment.sequence)
    const index = wanted.low + position
    const type = header === undefined ? undefined : entryTypes[header.type]
    const isExpected = header?.index === index && header.term === term && header.identity === wanted.identity
    if (header === undefined || type === undefined || !isExpected || !payloadHolds(bytes, at, header)) {
      throw damagedAt(path, offset + at, `entry ${String(index)} of term ${String(term)} is not there any more`, {
        index,
        term,
      })
    }
    entries.push({ term, index, type, data: payloadOf(bytes, at, header) })
    at += recordBytes(header.payloadLength)
  }
  return entries
}

/** The one stretch of bytes to read, and the terms of the entries in it. */
function planRead(sequence: number, { low, high, maxBytes, positions }: WantedEntries) {
  const first = positions.position(low)
  const terms: number[] = []
  let length = 0
  for (let index = low; index < high; index += 1) {
    const position = positions.position(index)
    const isNext = position.segment === sequence && position.offset === first.offset + length
    if (!isNext || (terms.length > 0 && length + position.length > Math.min(maxBytes, READ_BYTES))) break
    terms.push(position.term)
    length += position.length
  }
  return { offset: first.offset, length, terms }
}

async function readBytes(
  disk: Disk,
  path: string,
  open: DiskFile | undefined,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  if (open !== undefined) return await open.read(offset, length)
  const file = await disk.open(path, { mode: 'open', readOnly: true })
  try {
    return await file.read(offset, length)
  } finally {
    await file.close()
  }
}
