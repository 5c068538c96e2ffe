import { SandboxError } from '../../../base/sandbox-error'
import type { ConfState } from '../../core/model/conf-state'
import type { EntryId } from '../../core/model/entry'
import { crc32c } from '../../../base/crc32c'

/** What stands before the state in a snapshot file. */
export interface SnapshotHeader {
  readonly regionId: number
  /** The last entry that the snapshot contains. */
  readonly last: EntryId
  readonly confState: ConfState
  /** Length of the whole file in bytes. */
  readonly totalBytes: number
  /** Checksum of the last chunk, which continues those of all before it; 0 if there is no chunk. */
  readonly contentChecksum: number
}

/** "DSNP" as the first four bytes. */
const MAGIC = 0x504e5344
const VERSION = 1
const FIXED_BYTES = 52
const CHECKSUM_BYTES = 4
const MAX_HEADER_BYTES = 64 * 1024

/** The bytes from which {@link headerLength} tells how long the header is. */
export const HEADER_START_BYTES = 12
/** Before each chunk stand its length and its checksum, each an unsigned 32-bit number. */
export const CHUNK_HEADER_BYTES = 8
/** Every chunk but the last has this many bytes of state. */
export const CHUNK_BYTES = 64 * 1024

/**
 * The bytes of a header. All numbers are little-endian: magic, version and header length (u32 each), region, index, term and
 * file length (u64 each), content checksum and auto-leave flag (u32 each), four lists of members (count as u32, ids as
 * u64), checksum of all before it (u32).
 */
export function encodeHeader(header: SnapshotHeader): Uint8Array {
  const lists = memberLists(header.confState)
  const length = headerBytesFor(header.confState)
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint32(4, VERSION, true)
  view.setUint32(8, length, true)
  view.setBigUint64(12, BigInt(header.regionId), true)
  view.setBigUint64(20, BigInt(header.last.index), true)
  view.setBigUint64(28, BigInt(header.last.term), true)
  view.setBigUint64(36, BigInt(header.totalBytes), true)
  view.setUint32(44, header.contentChecksum, true)
  view.setUint32(48, header.confState.autoLeave ? 1 : 0, true)
  let position = FIXED_BYTES
  for (const ids of lists) {
    view.setUint32(position, ids.length, true)
    position += 4
    for (const id of ids) {
      view.setBigUint64(position, BigInt(id), true)
      position += 8
    }
  }
  view.setUint32(position, crc32c(bytes, 0, 0, position), true)
  return bytes
}

/** Length of the header of a snapshot with this membership, in bytes. */
export function headerBytesFor(confState: ConfState): number {
  const memberBytes = memberLists(confState).reduce((bytes, ids) => bytes + 4 + 8 * ids.length, 0)
  return FIXED_BYTES + memberBytes + CHECKSUM_BYTES
}

/** The checksum that ends a header. It covers the content checksum, so it tells two snapshots of the same entry apart. */
export function checksumOf(header: Uint8Array): number {
  return new DataView(header.buffer, header.byteOffset).getUint32(header.length - CHECKSUM_BYTES, true)
}

/**
 * How long the header is that starts with these bytes.
 *
 * @param start at least {@link HEADER_START_BYTES}
 * @throws SandboxError RAFT_SNAPSHOT_DAMAGED, RAFT_SNAPSHOT_VERSION
 */
export function headerLength(start: Uint8Array, path: string): number {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  if (view.getUint32(0, true) !== MAGIC) throw damaged(path, 'it does not start as a snapshot does')
  const version = view.getUint32(4, true)
  if (version !== VERSION) {
    throw new SandboxError(
      'RAFT_SNAPSHOT_VERSION',
      `The snapshot ${path} has format version ${String(version)}, and this program reads version ${String(VERSION)}. Use the program that wrote it.`,
      { details: { path, version } },
    )
  }
  const length = view.getUint32(8, true)
  if (length < FIXED_BYTES + CHECKSUM_BYTES || length > MAX_HEADER_BYTES) {
    throw damaged(path, 'the length of its header is impossible')
  }
  return length
}

/** @throws SandboxError RAFT_SNAPSHOT_DAMAGED, RAFT_SNAPSHOT_VERSION */
export function decodeHeader(bytes: Uint8Array, path: string): SnapshotHeader {
  const length = headerLength(bytes, path)
  const end = length - CHECKSUM_BYTES
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < length || view.getUint32(end, true) !== crc32c(bytes, 0, 0, end)) {
    throw damaged(path, 'the checksum of its header is wrong')
  }
  const number = (position: number) => Number(view.getBigUint64(position, true))
  let position = FIXED_BYTES
  const list = (): readonly number[] => {
    const count = view.getUint32(position, true)
    const ids = Array.from({ length: count }, (_, at) => number(position + 4 + 8 * at))
    position += 4 + 8 * count
    return ids
  }
  return {
    regionId: number(12),
    last: { index: number(20), term: number(28) },
    totalBytes: number(36),
    contentChecksum: view.getUint32(44, true),
    confState: {
      voters: list(),
      votersOutgoing: list(),
      learners: list(),
      learnersNext: list(),
      autoLeave: view.getUint32(48, true) === 1,
    },
  }
}

/** The error for bytes of a snapshot that are not what was written. */
export function damaged(path: string, reason: string): SandboxError {
  return new SandboxError(
    'RAFT_SNAPSHOT_DAMAGED',
    `The snapshot ${path} is damaged: ${reason}. It cannot be used; remove this replica and let the leader send it anew.`,
    { details: { path } },
  )
}

function memberLists(confState: ConfState): ReadonlyArray<readonly number[]> {
  return [confState.voters, confState.votersOutgoing, confState.learners, confState.learnersNext]
}
