import type { Disk, DiskFile } from '../../../env'
import { crc32c } from '../../../base/crc32c'
import type { SnapshotHeader } from './snapshot-header'
import {
  CHUNK_BYTES,
  CHUNK_HEADER_BYTES,
  HEADER_START_BYTES,
  checksumOf,
  damaged,
  decodeHeader,
  headerLength,
} from './snapshot-header'
import type { StoredSnapshot } from './stored-snapshot'

/**
 * Reads what a snapshot file says of itself. The content is not looked at.
 *
 * @throws SandboxError RAFT_SNAPSHOT_DAMAGED, RAFT_SNAPSHOT_VERSION, DISK_*
 */
export async function describeSnapshot(disk: Disk, path: string, regionId: number): Promise<StoredSnapshot> {
  return withFile(disk, path, async (file) => {
    const { header, encoded } = await readHeader(file)
    if (header.regionId !== regionId) {
      throw damaged(path, `it belongs to region ${String(header.regionId)}, not ${String(regionId)}`)
    }
    if ((await file.size()) !== header.totalBytes) throw damaged(path, 'its length is not that of its header')
    const { last, confState, totalBytes } = header
    return { last, confState, totalBytes, path, checksum: checksumOf(encoded) }
  })
}

/**
 * The state in a snapshot, chunk by chunk, each checked before it is handed out.
 *
 * @throws SandboxError RAFT_SNAPSHOT_DAMAGED, RAFT_SNAPSHOT_VERSION, DISK_*
 */
export async function* readState(disk: Disk, stored: StoredSnapshot): AsyncGenerator<Uint8Array, void, void> {
  const file = await disk.open(stored.path, { mode: 'open', readOnly: true })
  try {
    const { header, encoded } = await readHeader(file)
    if (checksumOf(encoded) !== stored.checksum) throw damaged(stored.path, 'it is not the one that was stored')
    let position = encoded.length
    let checksum = 0
    while (position < header.totalBytes) {
      // One read a chunk: all but the last have their full length.
      const bytes = await file.read(position, CHUNK_HEADER_BYTES + CHUNK_BYTES)
      const chunk = chunkOf(bytes)
      if (chunk === undefined) throw damaged(stored.path, `the chunk at byte ${String(position)} is cut short`)
      checksum = crc32c(chunk.state, checksum)
      if (checksum !== chunk.checksum) {
        throw damaged(stored.path, `the checksum of the chunk at byte ${String(position)} is wrong`)
      }
      position += CHUNK_HEADER_BYTES + chunk.state.length
      yield chunk.state
    }
    if (checksum !== header.contentChecksum) throw damaged(stored.path, 'its content is not that of its header')
  } finally {
    await file.close()
  }
}

/** Reads a whole snapshot to see whether it is sound. @throws SandboxError RAFT_SNAPSHOT_DAMAGED, RAFT_SNAPSHOT_VERSION, DISK_* */
export async function checkSnapshot(disk: Disk, stored: StoredSnapshot): Promise<void> {
  const state = readState(disk, stored)
  while ((await state.next()).done !== true);
}

async function readHeader(file: DiskFile): Promise<{ readonly header: SnapshotHeader; readonly encoded: Uint8Array }> {
  const start = await file.read(0, HEADER_START_BYTES)
  if (start.length < HEADER_START_BYTES) throw damaged(file.path, 'it is shorter than a header')
  const encoded = await file.read(0, headerLength(start, file.path))
  return { header: decodeHeader(encoded, file.path), encoded }
}

function chunkOf(bytes: Uint8Array): { readonly state: Uint8Array; readonly checksum: number } | undefined {
  if (bytes.length < CHUNK_HEADER_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getUint32(0, true)
  const end = CHUNK_HEADER_BYTES + length
  if (length === 0 || end > bytes.length) return undefined
  return { state: bytes.subarray(CHUNK_HEADER_BYTES, end), checksum: view.getUint32(4, true) }
}

async function withFile<T>(disk: Disk, path: string, work: (file: DiskFile) => Promise<T>): Promise<T> {
  const file = await disk.open(path, { mode: 'open', readOnly: true })
  try {
    return await work(file)
  } finally {
    await file.close()
  }
}
