import type { DiskFile } from '../../../env'
import { crc32c } from '../../../base/crc32c'
import type { AppliedState } from '../state-machine'
import type { SnapshotHeader } from './snapshot-header'
import { CHUNK_BYTES, CHUNK_HEADER_BYTES, encodeHeader, headerBytesFor } from './snapshot-header'

/**
 * Writes the bytes of a state as a snapshot into an empty file and makes it durable. The header, which holds length and
 * checksum of the whole, is written last.
 *
 * @param isCancelled asked before each chunk
 * @returns header and its bytes; undefined if it was cancelled, when the file holds nothing of use
 */
export async function writeSnapshot(
  file: DiskFile,
  regionId: number,
  applied: AppliedState,
  state: AsyncIterable<Uint8Array>,
  isCancelled: () => boolean,
): Promise<{ readonly header: SnapshotHeader; readonly encoded: Uint8Array } | undefined> {
  const chunks = new ChunkWriter(file, headerBytesFor(applied.confState))
  for await (const bytes of state) {
    if (isCancelled()) return undefined
    await chunks.write(bytes)
  }
  await chunks.flush()
  if (isCancelled()) return undefined
  const header: SnapshotHeader = {
    regionId,
    last: applied.last,
    confState: applied.confState,
    totalBytes: chunks.position,
    contentChecksum: chunks.checksum,
  }
  const encoded = encodeHeader(header)
  await file.write(0, encoded)
  await file.sync()
  return { header, encoded }
}

/** Gathers pieces of any length into chunks of equal length. */
class ChunkWriter {
  readonly #file: DiskFile
  /** A chunk header and a chunk, written in one go and filled again when the write is over. */
  readonly #buffer = new Uint8Array(CHUNK_HEADER_BYTES + CHUNK_BYTES)
  #filled = 0
  position: number
  checksum = 0

  constructor(file: DiskFile, position: number) {
    this.#file = file
    this.position = position
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length;) {
      const count = Math.min(bytes.length - from, CHUNK_BYTES - this.#filled)
      this.#buffer.set(bytes.subarray(from, from + count), CHUNK_HEADER_BYTES + this.#filled)
      this.#filled += count
      from += count
      if (this.#filled === CHUNK_BYTES) await this.flush()
    }
  }

  async flush(): Promise<void> {
    if (this.#filled === 0) return
    const end = CHUNK_HEADER_BYTES + this.#filled
    this.checksum = crc32c(this.#buffer, this.checksum, CHUNK_HEADER_BYTES, end)
    const view = new DataView(this.#buffer.buffer)
    view.setUint32(0, this.#filled, true)
    view.setUint32(4, this.checksum, true)
    await this.#file.write(this.position, this.#buffer.subarray(0, end))
    this.position += end
    this.#filled = 0
  }
}
