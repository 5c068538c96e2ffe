import { SandboxError } from '../../base/sandbox-error'
import type { DiskFile } from '../disk'
import type { DiskOperation } from '../disk-error'
import { checkByteCount, checkWritable, diskError } from '../disk-error'
import type { DiskMount, OperationSteps } from './disk-mount'
import type { StoredFile } from './stored-file'

/** An open file of a simulated disk. */
export class SimulatedDiskFile implements DiskFile {
  readonly path: string
  readonly stored: StoredFile
  readonly #mount: DiskMount
  readonly #readOnly: boolean
  #closed = false

  constructor(mount: DiskMount, path: string, stored: StoredFile, readOnly: boolean) {
    this.#mount = mount
    this.path = path
    this.stored = stored
    this.#readOnly = readOnly
  }

  read(position: number, length: number): Promise<Uint8Array> {
    return this.#run(
      'read',
      () => {
        checkByteCount(position, 'position of a read', this.path)
        checkByteCount(length, 'length of a read', this.path)
      },
      { start: () => this.stored.visible.read(position, length) },
    )
  }

  write(position: number, bytes: Uint8Array): Promise<void> {
    return this.#write(position, () => bytes.slice())
  }

  writeMany(position: number, parts: readonly Uint8Array[]): Promise<void> {
    return this.#write(position, () => concatenate(parts))
  }

  truncate(size: number): Promise<void> {
    const { device } = this.#mount
    let sequence = 0
    return this.#run(
      'truncate',
      () => {
        checkByteCount(size, 'new size', this.path)
        checkWritable(this.#readOnly, 'truncate', this.path)
      },
      {
        start: () => {
          if (device.roomFor(this.stored, size) < size) throw diskError('DISK_FULL', 'truncate', this.path)
          sequence = device.truncateFile(this.stored, size)
        },
        finish: () => {
          this.stored.changeResolved(sequence)
        },
      },
    )
  }

  /** Two operations, so that a crash can come between them. */
  async writeDurably(position: number, bytes: Uint8Array): Promise<void> {
    await this.write(position, bytes)
    await this.sync()
  }

  sync(): Promise<void> {
    const { device } = this.#mount
    const through = this.stored.resolvedThrough
    return this.#run(
      'sync',
      () => {
        checkWritable(this.#readOnly, 'sync', this.path)
      },
      {
        start: () => undefined,
        finish: (extent) => {
          device.syncFile(this.stored, through, extent)
        },
      },
    )
  }

  size(): Promise<number> {
    return this.#run('size', undefined, { start: () => this.stored.visible.size })
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve()
    const closing = this.#run('close', undefined, { start: () => undefined })
    this.#closed = true
    this.#mount.handleClosed(this)
    return closing
  }

  #write(position: number, copyBytes: () => Uint8Array): Promise<void> {
    const { device } = this.#mount
    let sequence = 0
    return this.#run(
      'write',
      () => {
        checkByteCount(position, 'position of a write', this.path)
        checkWritable(this.#readOnly, 'write', this.path)
      },
      {
        start: (extent) => {
          const all = copyBytes()
          const bytes = extent === 'all' ? all : all.subarray(0, device.random.integer(0, all.length))
          if (bytes.length === 0) return
          const end = position + bytes.length
          const reachable = device.roomFor(this.stored, end)
          if (reachable < end) {
            // As on a real device, what fits is written before the rest is refused.
            if (reachable > position) {
              device.writeFile(this.stored, position, bytes.subarray(0, reachable - position))
            }
            throw diskError('DISK_FULL', 'write', this.path)
          }
          sequence = device.writeFile(this.stored, position, bytes)
        },
        finish: () => {
          this.stored.changeResolved(sequence)
        },
      },
    )
  }

  #run<T>(
    operation: DiskOperation,
    check: (() => void) | undefined,
    steps: Pick<OperationSteps<T>, 'start' | 'finish'>,
  ): Promise<T> {
    if (this.#closed) return Promise.reject(diskError('DISK_CLOSED', operation, this.path, 'the file was closed'))
    try {
      check?.()
    } catch (error) {
      return Promise.reject(SandboxError.from(error))
    }
    return this.#mount.run<T>({ operation, path: this.path, ...steps })
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const all = new Uint8Array(length)
  let position = 0
  for (const part of parts) {
    all.set(part, position)
    position += part.length
  }
  return all
}
