import type { Disk } from './disk'
import { normalizePath, parentPath } from './disk-path'

/**
 * Makes a directory and all above it so that a crash cannot take it away again: {@link Disk.makeDirectory} alone leaves its
 * name to chance, and with it everything that is synced inside.
 *
 * The directory that holds it is synced even if nothing had to be made, because a process that died after making it may not
 * have come to that. Directories further up are taken to be durable if they exist.
 *
 * @throws SandboxError DISK_*
 */
export async function makeDurableDirectory(disk: Disk, path: string): Promise<void> {
  const directory = normalizePath(path)
  let parent = parentPath(directory)
  const parents = [parent]
  while (parent !== parentPath(parent) && (await disk.status(parent)) === undefined) {
    parent = parentPath(parent)
    parents.push(parent)
  }
  await disk.makeDirectory(directory)
  for (const each of parents) await disk.syncDirectory(each)
}
