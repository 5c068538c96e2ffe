import { crc32c, crc32cJoiner } from '../../base/crc32c'

/*
 * A record of a log segment, little-endian, aligned to 8 bytes:
 *
 *   0  u32  payload length in bytes
 *   4  u8   record type
 *   5  u8   format version
 *   6  u16  magic
 *   8  u64  term
 *  16  u64  index
 *  24  u64  durable offset: up to here the segment was known to be durable when this record was made
 *  32  u32  identity: the low half of the region's id, so that a file of another region is not taken for ours
 *  36  u32  payload checksum: CRC-32C of the payload
 *  40  u32  header checksum: CRC-32C of bytes 0..40, continued from the sequence number of the segment (0 in its first record)
 *  44  u32  rolling checksum: CRC-32C of bytes 0..40, continued from the record before
 *  48       payload, then zeros up to a multiple of 8
 *
 * The rolling checksum proves that no record is missing between two others and that none was put in another's place. It must
 * not run over the header checksum: data and its CRC together have the same CRC whatever the data is. The header has a checksum of its own so that
 * records behind a damaged one can still be recognised: together with their durable offset they tell whether the damage
 * struck bytes that had once been promised (refuse), or only bytes that a crash caught on their way to the disk (cut). It is
 * continued from the segment's number so that nothing that an earlier segment left in a file that is used again looks like
 * a record.
 */

/** What a record holds. Numbers are stored: never renumber. */
export const RecordType = {
  /** First record of a segment; see segment-header.ts for its payload. */
  segmentHeader: 1,
  /** A log entry; the payload is its data. */
  entryNormal: 2,
  entryConfChange: 3,
  entryConfChangeV2: 4,
  /** Term, vote and commit index: term in `term`, commit in `index`, vote in the payload (u64). */
  hardState: 5,
  /** Entries above `index` do not count any more. */
  suffixCut: 6,
  /** Entries up to `index`, the last of which had `term`, are covered by a durable state or snapshot and may be gone. */
  prefixCut: 7,
  /** The segment was closed in order; nothing follows. */
  trailer: 8,
} as const

/** One of the numbers of {@link RecordType}. */
export type RecordTypeNumber = (typeof RecordType)[keyof typeof RecordType]

/** The name of a record type, for people; `unknown(n)` if there is none. */
export function recordTypeName(type: number): string {
  for (const [name, number] of Object.entries(RecordType)) if (number === type) return name
  return `unknown(${String(type)})`
}

/** Length of a record's header in bytes. */
export const RECORD_HEADER_BYTES = 48
/** The version of the record format that this program writes, and the only one it reads. */
export const RECORD_FORMAT_VERSION = 2
/** The largest payload of a record in bytes: 1 GiB. A longer length in a header is damage. */
export const MAX_PAYLOAD_BYTES = 1 << 30

const MAGIC = 0x4c52
const IDENTITY_AT = 32
const PAYLOAD_CHECKSUM_AT = 36
const HEADER_CHECKSUM_AT = 40
const ROLLING_CHECKSUM_AT = 44
/** The rolling checksum from that of the record before and the header checksum, which runs over the same bytes. */
const joinRollingChecksum = crc32cJoiner(HEADER_CHECKSUM_AT)
/** So many segments of one log are told apart from chance: 2 TiB, each of them full. */
const MOST_SEQUENCES = 65_536
/** Made when it is first needed, which is after damage only. */
const sequenceEffects = new Set<number>()
const TWO_TO_32 = 0x1_0000_0000

/** The header of a record, decoded. */
export interface RecordHeader {
  readonly payloadLength: number
  readonly type: number
  readonly formatVersion: number
  readonly term: number
  readonly index: number
  readonly durableOffset: number
  readonly identity: number
  readonly payloadChecksum: number
  readonly rollingChecksum: number
}

/** Length in bytes that a payload occupies, header and padding included. */
export function recordBytes(payloadLength: number): number {
  return RECORD_HEADER_BYTES + ((payloadLength + 7) & ~7)
}

/** Writes a safe integer of 0 or more as 64 bits. */
export function writeUint64(bytes: Uint8Array, at: number, value: number): void {
  writeUint32(bytes, at, value >>> 0)
  writeUint32(bytes, at + 4, Math.floor(value / TWO_TO_32))
}

/** Reads 64 bits; above the safe integers the result is not exact, which the checks of a header refuse. */
export function readUint64(bytes: Uint8Array, at: number): number {
  return readUint32(bytes, at) + readUint32(bytes, at + 4) * TWO_TO_32
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value
  bytes[at + 1] = value >>> 8
  bytes[at + 2] = value >>> 16
  bytes[at + 3] = value >>> 24
}

function readUint32(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16)
  return (low | ((bytes[at + 3] as number) << 24)) >>> 0
}

/** The fields of a record that the writer chooses. */
export interface RecordFields {
  readonly type: RecordTypeNumber
  readonly term: number
  readonly index: number
  readonly durableOffset: number
  readonly identity: number
  /** Number of the segment that the record stands in; 0 for its first record, which is what tells the number. */
  readonly sequence: number
}

/**
 * Writes a record into `target` at `at`, where {@link recordBytes} bytes are free, and returns its rolling checksum, which
 * the next record continues. The only copy of the payload on its way to the disk.
 */
export function encodeRecord(
  target: Uint8Array,
  at: number,
  fields: RecordFields,
  payload: Uint8Array,
  previousChecksum: number,
): number {
  writeUint32(target, at, payload.length)
  target[at + 4] = fields.type
  target[at + 5] = RECORD_FORMAT_VERSION
  target[at + 6] = MAGIC & 0xff
  target[at + 7] = MAGIC >>> 8
  writeUint64(target, at + 8, fields.term)
  writeUint64(target, at + 16, fields.index)
  writeUint64(target, at + 24, fields.durableOffset)
  writeUint32(target, at + IDENTITY_AT, fields.identity)
  const payloadAt = at + RECORD_HEADER_BYTES
  const payloadEnd = payloadAt + payload.length
  target.set(payload, payloadAt)
  for (let padding = payloadEnd; padding < at + recordBytes(payload.length); padding += 1) target[padding] = 0
  // Of the copy, which is aligned.
  writeUint32(target, at + PAYLOAD_CHECKSUM_AT, crc32c(target, 0, payloadAt, payloadEnd))
  const headerChecksum = crc32c(target, fields.sequence >>> 0, at, at + HEADER_CHECKSUM_AT)
  writeUint32(target, at + HEADER_CHECKSUM_AT, headerChecksum)
  const rollingChecksum = joinRollingChecksum(previousChecksum, headerChecksum)
  writeUint32(target, at + ROLLING_CHECKSUM_AT, rollingChecksum)
  return rollingChecksum
}

/**
 * The header at `at` if it is whole and its own checksum holds; says nothing about payload and chain.
 *
 * @param sequence number of the segment, as {@link RecordFields.sequence} says; undefined for a record of any
 */
export function decodeHeader(bytes: Uint8Array, at: number, sequence: number | undefined): RecordHeader | undefined {
  if (at + RECORD_HEADER_BYTES > bytes.length) return undefined
  if (bytes[at + 6] !== (MAGIC & 0xff) || bytes[at + 7] !== MAGIC >>> 8) return undefined
  const checksum = crc32c(bytes, (sequence ?? 0) >>> 0, at, at + HEADER_CHECKSUM_AT)
  const difference = (readUint32(bytes, at + HEADER_CHECKSUM_AT) ^ checksum) >>> 0
  if (sequence === undefined ? !effectsOfSequences().has(difference) : difference !== 0) return undefined
  const payloadLength = readUint32(bytes, at)
  const term = readUint64(bytes, at + 8)
  const index = readUint64(bytes, at + 16)
  if (payloadLength > MAX_PAYLOAD_BYTES || !Number.isSafeInteger(term) || !Number.isSafeInteger(index)) return undefined
  return {
    payloadLength,
    type: bytes[at + 4] as number,
    formatVersion: bytes[at + 5] as number,
    term,
    index,
    durableOffset: readUint64(bytes, at + 24),
    identity: readUint32(bytes, at + IDENTITY_AT),
    payloadChecksum: readUint32(bytes, at + PAYLOAD_CHECKSUM_AT),
    rollingChecksum: readUint32(bytes, at + ROLLING_CHECKSUM_AT),
  }
}

/** Whether the payload of the record at `at` is all there and is what was written. */
export function payloadHolds(bytes: Uint8Array, at: number, header: RecordHeader): boolean {
  if (at + recordBytes(header.payloadLength) > bytes.length) return false
  const payloadAt = at + RECORD_HEADER_BYTES
  return crc32c(bytes, 0, payloadAt, payloadAt + header.payloadLength) === header.payloadChecksum
}

/** Whether the record at `at`, whose header holds, follows the one whose rolling checksum is `previousChecksum`. */
export function continuesChain(bytes: Uint8Array, at: number, header: RecordHeader, previousChecksum: number): boolean {
  return joinRollingChecksum(previousChecksum, readUint32(bytes, at + HEADER_CHECKSUM_AT)) === header.rollingChecksum
}

/** By how much the number of a segment changes the header checksums of its records, for all numbers that occur. */
function effectsOfSequences(): ReadonlySet<number> {
  if (sequenceEffects.size === 0) {
    for (let sequence = 0; sequence < MOST_SEQUENCES; sequence += 1) {
      sequenceEffects.add(joinRollingChecksum(sequence, 0))
    }
  }
  return sequenceEffects
}

/** The payload of the record at `at`, as a view. */
export function payloadOf(bytes: Uint8Array, at: number, header: RecordHeader): Uint8Array {
  return bytes.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + header.payloadLength)
}
