import { constants } from 'node:fs'
import * as fs from 'node:fs/promises'
import { SandboxError } from '../../base/sandbox-error'
import type { DirectoryEntry, Disk, DiskCapacity, DiskFile, DiskLock, FileStatus, OpenOptions } from '../disk'
import type { DiskOperation } from '../disk-error'
import { checkOpenOptions, diskError } from '../disk-error'
import { compareNames, isAtOrBelow, normalizePath } from '../disk-path'
import { FileReplacer } from '../replace-file'
import { lockDirectory } from './directory-lock'
import { diskIoError, systemErrorName } from './disk-io-error'
import { RealDiskFile } from './real-disk-file'

/**
 * The disk of the machine. On Windows a directory cannot be synced from Node; there names are as durable as NTFS's own
 * journal makes them.
 */
export class RealDisk implements Disk {
  readonly #replacer = new FileReplacer(this)

  open(path: string, options: OpenOptions): Promise<DiskFile> {
    return run('open', path, async (normal) => {
      checkOpenOptions(options, normal)
      const readOnly = options.readOnly === true
      const handle = await fs.open(normal, openFlags(options.mode, readOnly))
      if (readOnly && (await isDirectory(handle))) {
        await handle.close()
        throw diskError('DISK_IO', 'open', normal, 'it is a directory')
      }
      return new RealDiskFile(normal, handle, readOnly)
    })
  }

  rename(from: string, to: string): Promise<void> {
    return run('rename', from, async (source) => {
      const target = normalizePath(to)
      const sourceStatus = await statusOf(source)
      if (sourceStatus === undefined) throw diskError('DISK_NOT_FOUND', 'rename', source)
      if (source === target) return
      if (isAtOrBelow(target, source)) {
        throw new SandboxError(
          'INVALID_ARGUMENT',
          `The directory ${source} cannot be moved into itself, to ${target}.`,
          {
            details: { from: source, to: target },
          },
        )
      }
      // Systems disagree on what a directory replaces, so none replaces anything here.
      const targetStatus = await statusOf(target)
      if (targetStatus !== undefined && (targetStatus.kind === 'directory' || sourceStatus.kind === 'directory')) {
        throw diskError('DISK_ALREADY_EXISTS', 'rename', target)
      }
      await fs.rename(source, target)
    })
  }

  remove(path: string): Promise<void> {
    return run('remove', path, (normal) => fs.rm(normal, { recursive: true }))
  }

  list(path: string): Promise<readonly DirectoryEntry[]> {
    return run('list', path, async (normal) => {
      const entries = await fs.readdir(normal, { withFileTypes: true })
      return entries
        .map((entry): DirectoryEntry => ({ name: entry.name, kind: entry.isDirectory() ? 'directory' : 'file' }))
        .sort((left, right) => compareNames(left.name, right.name))
    })
  }

  makeDirectory(path: string): Promise<void> {
    return run('make-directory', path, async (normal) => {
      try {
        await fs.mkdir(normal, { recursive: true })
      } catch (error) {
        if (systemErrorName(error) !== 'ENOTDIR') throw error
        throw diskError('DISK_ALREADY_EXISTS', 'make-directory', normal, 'a part of the path is a file', error)
      }
    })
  }

  status(path: string): Promise<FileStatus | undefined> {
    return run('status', path, statusOf)
  }

  capacity(path: string): Promise<DiskCapacity> {
    return run('capacity', path, async (normal) => {
      const { bsize, blocks, bavail } = await fs.statfs(normal)
      return { totalBytes: bsize * blocks, freeBytes: bsize * bavail }
    })
  }

  syncDirectory(path: string): Promise<void> {
    return run('sync-directory', path, async (normal) => {
      if ((await statusOf(normal))?.kind !== 'directory') {
        throw diskError('DISK_NOT_FOUND', 'sync-directory', normal, 'there is no such directory')
      }
      if (process.platform === 'win32') return
      const handle = await fs.open(normal, 'r')
      try {
        await handle.sync()
      } finally {
        await handle.close()
      }
    })
  }

  async readFile(path: string): Promise<Uint8Array> {
    const file = await this.open(path, { mode: 'open', readOnly: true })
    try {
      return await file.read(0, await file.size())
    } finally {
      await file.close()
    }
  }

  replaceFile(path: string, bytes: Uint8Array): Promise<void> {
    return run('write', path, (normal) => this.#replacer.replace(normal, bytes))
  }

  lock(directory: string): Promise<DiskLock> {
    return run('lock', directory, async (normal) => {
      if ((await statusOf(normal))?.kind !== 'directory') {
        throw diskError('DISK_NOT_FOUND', 'lock', normal, 'there is no such directory')
      }
      return lockDirectory(normal)
    })
  }
}

function openFlags(mode: OpenOptions['mode'], readOnly: boolean): number {
  if (readOnly) return constants.O_RDONLY
  switch (mode) {
    case 'open':
      return constants.O_RDWR
    case 'create':
      return constants.O_RDWR | constants.O_CREAT | constants.O_EXCL
    case 'open-or-create':
      return constants.O_RDWR | constants.O_CREAT
  }
}

async function isDirectory(handle: fs.FileHandle): Promise<boolean> {
  return (await handle.stat()).isDirectory()
}

async function statusOf(path: string): Promise<FileStatus | undefined> {
  try {
    const stats = await fs.stat(path)
    return stats.isDirectory() ? { kind: 'directory', size: 0 } : { kind: 'file', size: stats.size }
  } catch (error) {
    const name = systemErrorName(error)
    if (name === 'ENOENT' || name === 'ENOTDIR') return undefined
    throw error
  }
}

/** Checks the path and turns what the system throws into errors of ours. */
async function run<T>(operation: DiskOperation, path: string, body: (normal: string) => Promise<T>): Promise<T> {
  const normal = normalizePath(path)
  try {
    return await body(normal)
  } catch (error) {
    throw error instanceof SandboxError ? error : diskIoError(operation, normal, error)
  }
}
