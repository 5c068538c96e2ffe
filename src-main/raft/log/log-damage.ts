import { SandboxError } from '../../base/sandbox-error'
import type { ErrorDetails } from '../../base/sandbox-error'
import { decodeHeader } from './log-record'

/** What a disk loses or tears at once, in bytes. */
const SECTOR_BYTES = 512

/** The error for durable bytes that are not what was written. */
export function damagedAt(path: string, offset: number, what: string, details: ErrorDetails = {}): SandboxError {
  const message =
    `The Raft log file ${path} is damaged at offset ${String(offset)}: ${what}. These bytes had been durable, so cutting them ` +
    'could lose what this node promised to others. Nothing was changed. Keep the file, remove this replica and let it be rebuilt from the others.'
  return new SandboxError('RAFT_LOG_DAMAGED', message, { details: { path, offset, ...details } })
}

/**
 * Whether bytes from `offset` on, where no valid record stands, can be what a crash left of a write that was never
 * acknowledged. They cannot if a record behind them says that they had been durable, or if a record behind them is whole and
 * nothing of what lies between was simply not written: a disk leaves unwritten sectors empty, it does not change single bytes.
 */
export function canBeTornTail(bytes: Uint8Array, offset: number): boolean {
  let firstIntactBehind: number | undefined
  for (let at = alignUp(offset + 1, 8); at < bytes.length; at += 8) {
    const header = decodeHeader(bytes, at)
    if (header === undefined) continue
    if (header.durableOffset > offset) return false
    firstIntactBehind ??= at
  }
  return firstIntactBehind === undefined || hasEmptySector(bytes, offset, firstIntactBehind)
}

/** Where the zeros at the end of `bytes` begin, at a place where a record may end; `bytes` begins where one may. */
export function endOfRecords(bytes: Uint8Array): number {
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
