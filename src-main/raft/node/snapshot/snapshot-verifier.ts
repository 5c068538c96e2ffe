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

/**
 * Checks the bytes of a snapshot file as they arrive, in pieces of any length. What it has checked up to the end of a chunk
 * stays checked, so that an interrupted transfer goes on from there.
 */
export class SnapshotVerifier {
  readonly #path: string
  /** Bytes of a header or chunk header that is not whole yet. */
  #gathered = new Uint8Array(HEADER_START_BYTES)
  #gatheredBytes = 0
  #header: SnapshotHeader | undefined
  #headerChecksum = 0
  /** Bytes of the current chunk that are still to come; 0 between chunks. */
  #chunkBytesLeft = 0
  #chunkChecksum = 0
  #runningChecksum = 0
  /** The checksum of the last whole chunk. */
  #checkedChecksum = 0
  #receivedBytes = 0
  #checkedBytes = 0

  /** @param path names the file in errors */
  constructor(path: string) {
    this.#path = path
  }

  /** Undefined until the whole header was there. */
  get header(): SnapshotHeader | undefined {
    return this.#header
  }

  /** The checksum of the header, 0 until it was there. */
  get headerChecksum(): number {
    return this.#headerChecksum
  }

  /** Bytes taken so far. */
  get receivedBytes(): number {
    return this.#receivedBytes
  }

  /** Bytes up to the end of the last chunk that is whole and sound; 0 while the header is not whole. */
  get checkedBytes(): number {
    return this.#checkedBytes
  }

  /** Whether everything was there and is sound. */
  get isComplete(): boolean {
    return this.#header !== undefined && this.#checkedBytes === this.#header.totalBytes
  }

  /**
   * Takes the next bytes.
   *
   * @throws SandboxError RAFT_SNAPSHOT_DAMAGED, RAFT_SNAPSHOT_VERSION; then {@link rewind} leads back to what is sound
   */
  take(bytes: Uint8Array): void {
    let position = 0
    while (position < bytes.length) {
      if (this.#header === undefined) position = this.#takeHeader(bytes, position)
      else if (this.#chunkBytesLeft === 0) position = this.#takeChunkHeader(bytes, position, this.#header)
      else position = this.#takeChunk(bytes, position, this.#header)
    }
    this.#receivedBytes += bytes.length
  }

  /** Forgets what came behind {@link checkedBytes}. */
  rewind(): void {
    this.#gatheredBytes = 0
    this.#chunkBytesLeft = 0
    this.#receivedBytes = this.#checkedBytes
  }

  #takeHeader(bytes: Uint8Array, position: number): number {
    const needed =
      this.#gatheredBytes < HEADER_START_BYTES ? HEADER_START_BYTES : headerLength(this.#gathered, this.#path)
    const next = this.#gather(bytes, position, needed)
    if (needed === HEADER_START_BYTES || this.#gatheredBytes < needed) return next
    const encoded = this.#gathered.slice(0, needed)
    this.#header = decodeHeader(encoded, this.#path)
    this.#headerChecksum = checksumOf(encoded)
    this.#gatheredBytes = 0
    this.#checkedBytes = needed
    this.#checkContentEnd(this.#header)
    return next
  }

  #takeChunkHeader(bytes: Uint8Array, position: number, header: SnapshotHeader): number {
    if (this.#checkedBytes === header.totalBytes) throw damaged(this.#path, 'it goes on behind its end')
    const next = this.#gather(bytes, position, CHUNK_HEADER_BYTES)
    if (this.#gatheredBytes < CHUNK_HEADER_BYTES) return next
    this.#gatheredBytes = 0
    const view = new DataView(this.#gathered.buffer)
    const length = view.getUint32(0, true)
    const end = this.#checkedBytes + CHUNK_HEADER_BYTES + length
    if (length === 0 || length > CHUNK_BYTES || end > header.totalBytes) {
      throw damaged(this.#path, `the chunk at byte ${String(this.#checkedBytes)} has an impossible length`)
    }
    this.#chunkBytesLeft = length
    this.#chunkChecksum = view.getUint32(4, true)
    this.#runningChecksum = this.#checkedChecksum
    return next
  }

  #takeChunk(bytes: Uint8Array, position: number, header: SnapshotHeader): number {
    const end = Math.min(bytes.length, position + this.#chunkBytesLeft)
    this.#runningChecksum = crc32c(bytes, this.#runningChecksum, position, end)
    this.#chunkBytesLeft -= end - position
    if (this.#chunkBytesLeft > 0) return end
    if (this.#runningChecksum !== this.#chunkChecksum) {
      throw damaged(this.#path, `the checksum of the chunk at byte ${String(this.#checkedBytes)} is wrong`)
    }
    this.#checkedChecksum = this.#runningChecksum
    this.#checkedBytes = this.#receivedBytes + end
    this.#checkContentEnd(header)
    return end
  }

  #checkContentEnd(header: SnapshotHeader): void {
    if (this.#checkedBytes === header.totalBytes && this.#checkedChecksum !== header.contentChecksum) {
      throw damaged(this.#path, 'its content is not that of its header')
    }
  }

  /** Copies bytes until there are as many as needed; returns the position behind them. */
  #gather(bytes: Uint8Array, position: number, needed: number): number {
    if (this.#gathered.length < needed) {
      const larger = new Uint8Array(needed)
      larger.set(this.#gathered)
      this.#gathered = larger
    }
    const end = Math.min(bytes.length, position + needed - this.#gatheredBytes)
    this.#gathered.set(bytes.subarray(position, end), this.#gatheredBytes)
    this.#gatheredBytes += end - position
    return end
  }
}
