import type { Disk } from '../../env'

/** Bytes of all files in a directory and below. A file that vanishes meanwhile counts as nothing. */
export async function directoryBytes(disk: Disk, directory: string): Promise<number> {
  let bytes = 0
  for (const { name, kind } of await disk.list(directory)) {
    const path = `${directory}/${name}`
    bytes += kind === 'directory' ? await directoryBytes(disk, path) : ((await disk.status(path))?.size ?? 0)
  }
  return bytes
}
