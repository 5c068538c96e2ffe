import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { SandboxError } from '../../base/sandbox-error'
import type { DiskFile } from '../disk'
import type { DiskOperation } from '../disk-error'
import { checkByteCount, checkWritable, diskError } from '../disk-error'
import { diskIoError } from './disk-io-error'

/** From here on a read asks for the file's length first, so that a generous request does not allocate what is not there. */
const LARGE_READ_BYTES = 1024 * 1024

/** An open file of the operating system. */
export class RealDiskFile implements DiskFile {
  readonly path: string
  readonly #handle: FileHandle
  readonly #readOnly: boolean
  /** The same file, opened so that a write returns when it is durable; undefined until it is needed, null where there is no such thing. */
  #durable: Promise<FileHandle | null> | undefined
  #closing: Promise<void> | undefined

  constructor(path: string, handle: FileHandle, readOnly: boolean) {
    this.path = path
    this.#handle = handle
    this.#readOnly = readOnly
  }

  read(position: number, length: number): Promise<Uint8Array> {
    return this.#run('read', async () => {
      checkByteCount(position, 'position of a read', this.path)
      checkByteCount(length, 'length of a read', this.path)
      const bytes = new Uint8Array(length < LARGE_READ_BYTES ? length : await this.#readable(position, length))
      let filled = 0
      while (filled < bytes.length) {
        const { bytesRead } = await this.#handle.read(bytes, filled, bytes.length - filled, position + filled)
        if (bytesRead === 0) return bytes.slice(0, filled)
        filled += bytesRead
      }
      return bytes
    })
  }

  write(position: number, bytes: Uint8Array): Promise<void> {
    return this.#run('write', async () => {
      checkByteCount(position, 'position of a write', this.path)
      checkWritable(this.#readOnly, 'write', this.path)
      await writeAll(this.#handle, position, bytes)
    })
  }

  writeMany(position: number, parts: readonly Uint8Array[]): Promise<void> {
    return this.#run('write', async () => {
      checkByteCount(position, 'position of a write', this.path)
      checkWritable(this.#readOnly, 'write', this.path)
      const filled = parts.filter((part) => part.length > 0)
      if (filled.length === 0) return
      let { bytesWritten } = await this.#handle.writev(filled, position)
      // The system may stop early, in the middle of a part.
      let end = position
      for (const part of filled) {
        const done = Math.min(bytesWritten, part.length)
        bytesWritten -= done
        if (done < part.length) await writeAll(this.#handle, end + done, part.subarray(done))
        end += part.length
      }
    })
  }

  writeDurably(position: number, bytes: Uint8Array): Promise<void> {
    return this.#run('write', async () => {
      checkByteCount(position, 'position of a write', this.path)
      checkWritable(this.#readOnly, 'write', this.path)
      this.#durable ??= openDurable(this.#handle)
      const durable = await this.#durable
      await writeAll(durable ?? this.#handle, position, bytes)
      if (durable === null) await this.#handle.datasync()
    })
  }

  truncate(size: number): Promise<void> {
    return this.#run('truncate', async () => {
      checkByteCount(size, 'new size', this.path)
      checkWritable(this.#readOnly, 'truncate', this.path)
      await this.#handle.truncate(size)
    })
  }

  sync(): Promise<void> {
    return this.#run('sync', async () => {
      checkWritable(this.#readOnly, 'sync', this.path)
      await this.#handle.datasync()
    })
  }

  size(): Promise<number> {
    return this.#run('size', async () => (await this.#handle.stat()).size)
  }

  /** Operations that run are waited for; later ones give DISK_CLOSED. */
  close(): Promise<void> {
    this.#closing ??= this.#closeHandles().catch((error: unknown) => {
      throw diskIoError('close', this.path, error)
    })
    return this.#closing
  }

  async #closeHandles(): Promise<void> {
    const durable = this.#durable
    await this.#handle.close()
    await (await durable)?.close()
  }

  async #readable(position: number, length: number): Promise<number> {
    const { size } = await this.#handle.stat()
    return Math.max(0, Math.min(length, size - position))
  }

  async #run<T>(operation: DiskOperation, body: () => Promise<T>): Promise<T> {
    if (this.#isClosing) throw diskError('DISK_CLOSED', operation, this.path, 'the file was closed')
    try {
      return await body()
    } catch (error) {
      if (error instanceof SandboxError) throw error
      // A close in between makes the handle unusable, which the system reports in its own words.
      if (this.#isClosing) throw diskError('DISK_CLOSED', operation, this.path, 'the file was closed', error)
      throw diskIoError(operation, this.path, error)
    }
  }

  /** Asked anew after each wait. */
  get #isClosing(): boolean {
    return this.#closing !== undefined
  }
}

async function writeAll(handle: FileHandle, position: number, bytes: Uint8Array): Promise<void> {
  let written = 0
  while (written < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written)
    written += bytesWritten
  }
}

/** Linux names open files under /proc, whatever became of their path. Elsewhere, and where /proc is missing, a sync follows each write. */
async function openDurable(handle: FileHandle): Promise<FileHandle | null> {
  if (process.platform !== 'linux') return null
  try {
    return await open(`/proc/self/fd/${String(handle.fd)}`, constants.O_WRONLY | constants.O_DSYNC)
  } catch {
    // No /proc in this container: writing and syncing apart does the same.
    return null
  }
}
