import { SandboxError } from '../../base/sandbox-error'
import type { ErrorDetails } from '../../base/sandbox-error'
import { decodeHeader, recordBytes } from './log-record'
import type { SegmentHeader } from './segment-header'

/** What a disk loses or tears at once, in bytes. */
const SECTOR_BYTES = 512

/** The error for durable bytes that are not what was written. */
export function damagedAt(path: string, offset: number, what: string, details: ErrorDetails = {}): SandboxError {
  const message =
    `The Raft log file ${path} is damaged at offset ${String(offset)}: ${what}. These bytes had been durable, so cutting them ` +
    'could lose what this node promised to others. Nothing was changed. Keep the file, remove this replica and let it be rebuilt from the others.'
  return new SandboxError('RAFT_LOG_DAMAGED', message, { details: { path, offset, ...details } })
}

/** Of a segment: its number, and how far its file may hold bytes of an earlier one. */
export type SegmentIdentity = Pick<SegmentHeader, 'sequence' | 'reusedBytes'>

/**
 * Whether bytes from `offset` on, where no valid record stands, can be what a crash left of a write that was never
 * acknowledged. They cannot if a record behind them says that they had been durable, or if a record behind them is whole and
 * nothing of what lies between was simply not written: a disk leaves unwritten sectors as they were, it does not change
 * single bytes. In a file of its own that is empty; where an earlier segment stood, nobody knows.
 *
 * @param segment undefined if its first record cannot be read: then a record of any segment counts, because a file that is
 *   used again gets its name only when its first record is durable
 */
export function canBeTornTail(bytes: Uint8Array, offset: number, segment: SegmentIdentity | undefined): boolean {
  let firstIntactBehind: number | undefined
  for (let at = alignUp(offset + 1, 8); at < bytes.length; at += 8) {
    const header = decodeHeader(bytes, at, segment?.sequence)
    if (header === undefined) continue
    if (header.durableOffset > offset) return false
    firstIntactBehind ??= at
  }
  if (firstIntactBehind === undefined || (segment !== undefined && offset < segment.reusedBytes)) return true
  return hasEmptySector(bytes, offset, firstIntactBehind)
}

/** Where what a crash left behind `end`, where the last valid record ends, ends itself; `end` if there is nothing of it. */
export function endOfTornTail(bytes: Uint8Array, end: number, { sequence, reusedBytes }: SegmentIdentity): number {
  const dataEnd = Math.max(endOfRecords(bytes), end)
  if (dataEnd > reusedBytes) return dataEnd
  // Of the earlier segment's bytes it can be told only by its headers.
  let tornEnd = end
  for (let at = end; at < dataEnd; at += 8) {
    const header = decodeHeader(bytes, at, sequence)
    if (header !== undefined) tornEnd = Math.min(at + recordBytes(header.payloadLength), dataEnd)
  }
  return tornEnd
}

/** Where the zeros at the end of `bytes` begin, at a place where a record may end; `bytes` begins where one may. */
function endOfRecords(bytes: Uint8Array): number {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end -= 1
  return Math.min(alignUp(end, 8), bytes.length)
}

function hasEmptySector(bytes: Uint8Array, from: number, to: number): boolean {
  for (let sector = from - (from % SECTOR_BYTES); sector < to; sector += SECTOR_BYTES) {
    // A sector that an earlier record shares can only be empty behind that record.
    if (isZero(bytes, Math.max(sector, from), Math.min(sector + SECTOR_BYTES, bytes.length))) return true
  }
  return false
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (bytes[at] !== 0) return false
  return true
}

function alignUp(value: number, to: number): number {
  return Math.ceil(value / to) * to
}
