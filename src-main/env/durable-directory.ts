import type { Disk } from './disk'

/**
 * Makes a directory and all above it so that a crash cannot take it away again: {@link Disk.makeDirectory} alone leaves its
 * name to chance, and with it everything that is synced inside.
 *
 * The directory that holds it is synced even if nothing had to be made, because a process that died after making it may not
 * have come to that.
 *
 * @throws SandboxError DISK_*
 */
export async function makeDurableDirectory(disk: Disk, path: string): Promise<void> {
  const parents: string[] = []
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) parents.push(path.slice(0, at))
  parents.push('/')
  let missing = 0
  while (missing < parents.length - 1 && (await disk.status(parents[missing] as string)) === undefined) missing += 1
  await disk.makeDirectory(path)
  for (const parent of parents.slice(0, missing + 1)) await disk.syncDirectory(parent)
}
