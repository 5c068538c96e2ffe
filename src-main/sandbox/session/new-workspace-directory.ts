import { join } from 'node:path'
import type { Disk } from '../../env'
import { toDiskPath } from '../disk-path'

/**
 * The first folder `sandbox-1`, `sandbox-2`, … that is not there yet.
 *
 * @param parent absolute, in the system's own notation; need not be there
 * @throws SandboxError DISK_IO
 */
export async function newWorkspaceDirectory(disk: Pick<Disk, 'status'>, parent: string): Promise<string> {
  for (let number = 1; ; number++) {
    const directory = join(parent, `sandbox-${String(number)}`)
    if ((await disk.status(toDiskPath(directory))) === undefined) return directory
  }
}
