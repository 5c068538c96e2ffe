import type { EntryId } from '../core/model/entry'
import type { HardState } from '../core/model/hard-state'
import { readUint64, writeUint64 } from './log-record'

/**
 * What the first record of a segment says: everything that a reader must know of the segments before it, so that they can
 * be removed as soon as no entry in them counts any more.
 */
export interface SegmentHeader {
  /** Grows by one with each segment that is begun; orders segments whatever their indexes. */
  readonly sequence: number
  /** Entries from here on, in earlier segments, do not count any more. */
  readonly firstIndex: number
  readonly mark: EntryId
  readonly hardState: HardState
  /** Rolling checksum of the last record of the segment before, which this segment's chain continues. */
  readonly previousChecksum: number
  /** The file held so many bytes of an earlier segment when it was begun: what stands there and is not a record means nothing. */
  readonly reusedBytes: number
}

const FIELDS = 9
/** Length in bytes of the payload of a segment's first record. */
export const SEGMENT_HEADER_BYTES = FIELDS * 8

/** The payload of the first record. */
export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES)
  const { sequence, firstIndex, mark, hardState, previousChecksum, reusedBytes } = header
  const fields = [
    sequence,
    firstIndex,
    mark.index,
    mark.term,
    hardState.term,
    hardState.vote,
    hardState.commit,
    previousChecksum,
    reusedBytes,
  ]
  fields.forEach((value, position) => {
    writeUint64(bytes, position * 8, value)
  })
  return bytes
}

/** Undefined if the payload is not that of a segment's first record. */
export function decodeSegmentHeader(payload: Uint8Array): SegmentHeader | undefined {
  if (payload.length !== SEGMENT_HEADER_BYTES) return undefined
  const field = (position: number) => readUint64(payload, position * 8)
  for (let position = 0; position < FIELDS; position += 1) if (!Number.isSafeInteger(field(position))) return undefined
  return {
    sequence: field(0),
    firstIndex: field(1),
    mark: { index: field(2), term: field(3) },
    hardState: { term: field(4), vote: field(5), commit: field(6) },
    previousChecksum: field(7),
    reusedBytes: field(8),
  }
}
