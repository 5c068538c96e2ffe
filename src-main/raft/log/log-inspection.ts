import { SandboxError } from '../../base/sandbox-error'
import type { Disk, DiskFile } from '../../env'
import { endOfTornTail } from './log-damage'
import {
  MAX_PAYLOAD_BYTES,
  RECORD_HEADER_BYTES,
  continuesChain,
  decodeHeader,
  payloadHolds,
  payloadOf,
  recordBytes,
  recordTypeName,
} from './log-record'
import type { RecordHeader } from './log-record'
import type { SegmentHeader } from './segment-header'
import { SEGMENT_HEADER_BYTES, decodeSegmentHeader } from './segment-header'
import { parseSegmentName } from './segment-name'
import type { SegmentName } from './segment-name'

/** A file of a log's directory as a person sees it. */
export interface InspectedSegment extends SegmentName {
  /** Length in bytes, with what stands behind the records: zeros laid out ahead, or bytes of an earlier segment. */
  readonly size: number
}

/** One record of a segment, with everything a person may want to check. */
export interface InspectedRecord {
  readonly offset: number
  /** Bytes that it occupies, header and padding included. */
  readonly length: number
  /** Undefined where no record can be recognised; `bytes` then holds what stands there. */
  readonly header: RecordHeader | undefined
  /** Name of the record's type. */
  readonly typeName: string
  /** Whether the payload is what its checksum says. */
  readonly payloadHolds: boolean
  /** Whether it continues the record before; undefined for the first record that was read. */
  readonly continuesChain: boolean | undefined
  /** The record's bytes as they stand on disk. */
  readonly bytes: Uint8Array
  /** The part of `bytes` that is the payload. */
  readonly payload: Uint8Array
}

/** Some records, and where to go on. */
export interface InspectedRecords {
  readonly records: readonly InspectedRecord[]
  /** Offset of the next record; undefined at the end of the segment. */
  readonly nextOffset: number | undefined
}

/** The segments of a log in the order of their names. Reads names and lengths only. @throws SandboxError DISK_* */
export async function inspectSegments(disk: Disk, directory: string): Promise<readonly InspectedSegment[]> {
  const segments: InspectedSegment[] = []
  for (const entry of await disk.list(directory)) {
    const name = parseSegmentName(entry.name)
    const status = name === undefined ? undefined : await disk.status(`${directory}/${entry.name}`)
    // A segment that the writer renames or removes between the two calls is not there any more.
    if (name !== undefined && status !== undefined) segments.push({ ...name, size: status.size })
  }
  return segments
}

/**
 * Reads up to `limit` records of a segment from an offset that {@link InspectedRecords.nextOffset} gave, or 0. It opens the
 * file on its own, read-only, so that a writer is not disturbed; a record that the writer is about to finish may look cut.
 * What cannot be recognised comes as one item without a header that reaches to the end.
 *
 * @throws SandboxError INVALID_ARGUMENT, DISK_*
 */
export async function inspectRecords(
  disk: Disk,
  directory: string,
  segmentName: string,
  fromOffset: number,
  limit: number,
): Promise<InspectedRecords> {
  if (
    parseSegmentName(segmentName) === undefined ||
    !Number.isSafeInteger(fromOffset) ||
    fromOffset < 0 ||
    fromOffset % 8 !== 0
  ) {
    const message = `Offset ${String(fromOffset)} of ${segmentName} is no place for a record. Name a segment and an offset that inspection gave.`
    throw new SandboxError('INVALID_ARGUMENT', message, { details: { segmentName, fromOffset } })
  }
  const file = await disk.open(`${directory}/${segmentName}`, { mode: 'open', readOnly: true })
  try {
    const size = await file.size()
    const segment = await segmentOf(file)
    const records: InspectedRecord[] = []
    let offset = fromOffset
    while (offset < size && records.length < limit) {
      const head = await file.read(offset, RECORD_HEADER_BYTES)
      const header = decodeHeader(head, 0, offset === 0 ? 0 : segment?.sequence)
      if (header === undefined && (await isBehindRecords(file, offset, segment)))
        return { records, nextOffset: undefined }
      const length =
        header === undefined ? Math.min(size - offset, MAX_PAYLOAD_BYTES) : recordBytes(header.payloadLength)
      const bytes = await file.read(offset, length)
      records.push(describeRecord(offset, bytes, header, records.at(-1)))
      offset += length
    }
    return { records, nextOffset: offset < size ? offset : undefined }
  } finally {
    await file.close()
  }
}

/** Undefined if the first record cannot be read. */
async function segmentOf(file: DiskFile): Promise<SegmentHeader | undefined> {
  const start = await file.read(0, RECORD_HEADER_BYTES + SEGMENT_HEADER_BYTES)
  const header = decodeHeader(start, 0, 0)
  return header === undefined ? undefined : decodeSegmentHeader(payloadOf(start, 0, header))
}

/** Whether the writer has not come to `offset` yet: zeros stand there, or what an earlier segment left. */
async function isBehindRecords(file: DiskFile, offset: number, segment: SegmentHeader | undefined): Promise<boolean> {
  const { sequence = 0, reusedBytes = 0 } = segment ?? {}
  const rest = await file.read(offset, (await file.size()) - offset)
  return endOfTornTail(rest, 0, { sequence, reusedBytes: Math.max(0, reusedBytes - offset) }) === 0
}

function describeRecord(
  offset: number,
  bytes: Uint8Array,
  header: RecordHeader | undefined,
  before: InspectedRecord | undefined,
): InspectedRecord {
  if (header === undefined) {
    const payload = new Uint8Array(0)
    return {
      offset,
      length: bytes.length,
      header,
      typeName: 'unreadable',
      payloadHolds: false,
      continuesChain: false,
      bytes,
      payload,
    }
  }
  const previousChecksum = before?.header?.rollingChecksum
  return {
    offset,
    length: recordBytes(header.payloadLength),
    header,
    typeName: recordTypeName(header.type),
    payloadHolds: payloadHolds(bytes, 0, header),
    continuesChain: previousChecksum === undefined ? undefined : continuesChain(bytes, 0, header, previousChecksum),
    bytes,
    payload: payloadOf(bytes, 0, header),
  }
}
