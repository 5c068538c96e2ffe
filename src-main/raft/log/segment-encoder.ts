import type { Entry, EntryId } from '../core/model/entry'
import type { HardState } from '../core/model/hard-state'
import { RecordType, encodeRecord, recordBytes, writeUint64 } from './log-record'
import type { RecordTypeNumber } from './log-record'
import type { Segment, SegmentPart } from './segment'
import { encodeSegmentHeader } from './segment-header'
import { closedSegmentName, openSegmentName } from './segment-name'

const entryRecordTypes = {
  EntryNormal: RecordType.entryNormal,
  EntryConfChange: RecordType.entryConfChange,
  EntryConfChangeV2: RecordType.entryConfChangeV2,
} as const

const NO_PAYLOAD = new Uint8Array(0)
const FIRST_BUFFER_BYTES = 64 * 1024
/** A buffer above this length is not kept for the next batch, so that one large entry does not hold memory for ever. */
const LARGEST_SPARE_BUFFER_BYTES = 4 * 1024 * 1024

/**
 * Turns changes of the log into records, in order, and decides which segment each goes to. Everything here happens at once
 * and in memory; {@link take} hands over what has gathered.
 */
export class SegmentEncoder {
  readonly #identity: number
  #segment: Segment
  #parts: SegmentPart[] = []
  #spare: Uint8Array | undefined

  constructor(identity: number, segment: Segment) {
    this.#identity = identity
    this.#segment = segment
  }

  /** The segment that the next record goes to. */
  get segment(): Segment {
    return this.#segment
  }

  get hasParts(): boolean {
    return this.#parts.length > 0
  }

  /** What has gathered since the last call, in the order in which it must reach the disk. */
  take(): SegmentPart[] {
    const parts = this.#parts
    this.#parts = []
    return parts
  }

  /** Gives a buffer back that the disk is done with. */
  recycle(buffer: Uint8Array): void {
    if (buffer.length <= LARGEST_SPARE_BUFFER_BYTES) this.#spare = buffer
  }

  /** Encodes an entry and returns the offset of its record. */
  entry(entry: Entry): number {
    return this.#record(entryRecordTypes[entry.type], entry.term, entry.index, entry.data)
  }

  hardState({ term, vote, commit }: HardState): void {
    const payload = new Uint8Array(8)
    writeUint64(payload, 0, vote)
    this.#record(RecordType.hardState, term, commit, payload)
  }

  suffixCut(lastIndexToKeep: number): void {
    this.#record(RecordType.suffixCut, 0, lastIndexToKeep, NO_PAYLOAD)
  }

  prefixCut(mark: EntryId): void {
    this.#record(RecordType.prefixCut, mark.term, mark.index, NO_PAYLOAD)
  }

  /** Says that the writer stopped here in order. Proves, as any later record does, that what stands before was durable. */
  trailer(): void {
    this.#record(RecordType.trailer, 0, 0, NO_PAYLOAD)
  }

  /** Closes the segment at its last entry and begins the next one. */
  beginSegment(lastIndexBefore: number, next: NextSegment, mark: EntryId, hardState: HardState): void {
    const before = this.#segment
    this.trailer()
    this.#part().closedName = closedSegmentName(before.firstIndex, Math.max(lastIndexBefore, before.firstIndex - 1))
    this.#segment = newSegment(before.sequence + 1, next)
    this.header(mark, hardState, before.checksum)
  }

  /** Encodes the first record of an empty segment. */
  header(mark: EntryId, hardState: HardState, previousChecksum: number): void {
    const { sequence, firstIndex, reusedBytes } = this.#segment
    this.#segment.checksum = previousChecksum
    const payload = encodeSegmentHeader({ sequence, firstIndex, mark, hardState, previousChecksum, reusedBytes })
    this.#record(RecordType.segmentHeader, 0, firstIndex, payload)
  }

  #record(type: RecordTypeNumber, term: number, index: number, payload: Uint8Array): number {
    const segment = this.#segment
    const length = recordBytes(payload.length)
    const part = this.#part()
    if (part.length + length > part.buffer.length) grow(part, length)
    const sequence = segment.encodedBytes === 0 ? 0 : segment.sequence
    const fields = { type, term, index, durableOffset: segment.durableBytes, identity: this.#identity, sequence }
    segment.checksum = encodeRecord(part.buffer, part.length, fields, payload, segment.checksum)
    part.length += length
    const offset = segment.encodedBytes
    segment.encodedBytes += length
    return offset
  }

  #part(): SegmentPart {
    const last = this.#parts.at(-1)
    if (last?.segment === this.#segment) return last
    const buffer = this.#spare ?? new Uint8Array(FIRST_BUFFER_BYTES)
    this.#spare = undefined
    const part: SegmentPart = { segment: this.#segment, buffer, length: 0, closedName: undefined }
    this.#parts.push(part)
    return part
  }
}

/** What is to be known of a segment that is begun. */
export type NextSegment = Pick<Segment, 'firstIndex' | 'reusedBytes'>

/** An empty segment without a file. */
export function newSegment(sequence: number, { firstIndex, reusedBytes }: NextSegment): Segment {
  const name = openSegmentName(firstIndex)
  const sizes = { reusedBytes, encodedBytes: 0, writtenBytes: 0, durableBytes: 0, laidBytes: 0 }
  return { sequence, firstIndex, name, ...sizes, checksum: 0, file: undefined }
}

function grow(part: SegmentPart, atLeast: number): void {
  const larger = new Uint8Array(Math.max(part.buffer.length * 2, part.length + atLeast))
  larger.set(part.buffer.subarray(0, part.length))
  part.buffer = larger
}
