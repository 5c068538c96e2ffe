import { mkdir, readdir, stat } from 'node:fs/promises'
import type { Disk } from '../../../../src-main/env'

const notNeeded = (): never => {
  throw new Error('The native engines do not use this part of a disk.')
}

/** The part of the machine's disk that the native engines use. */
export const machineDisk: Disk = {
  makeDirectory: async (path) => void (await mkdir(path, { recursive: true })),
  list: async (path) =>
    (await readdir(path, { withFileTypes: true })).map((entry) => ({
      name: entry.name,
      kind: entry.isDirectory() ? 'directory' : 'file',
    })),
  status: async (path) => {
    const found = await stat(path).catch(() => undefined)
    return found && { kind: found.isDirectory() ? 'directory' : 'file', size: found.size }
  },
  open: notNeeded,
  rename: notNeeded,
  remove: notNeeded,
  syncDirectory: notNeeded,
  readFile: notNeeded,
  replaceFile: notNeeded,
  lock: notNeeded,
}
