import { tmpdir } from 'node:os'
import { SandboxError } from '../../base/sandbox-error'
import type { Disk, Env } from '../../env'
import { joinDiskPath, toDiskPath } from '../disk-path'
import { program } from '../program'
import { CLUSTER_RECORD_NAME } from './cluster-record'

/** Ends what an earlier host left running in the folders of nodes. */
export type ClearAway = (nodeDirectories: readonly string[]) => Promise<void>

/** The folder in which ephemeral workspaces lie: the system's for what may go at any time. */
const parentDirectory = (): string => toDiskPath(tmpdir())

const NAME_PREFIX = `${program.name}-cluster-`

/** A name that no other workspace has. */
export function ephemeralDirectory({ random }: Pick<Env, 'random'>): string {
  const unique = random.uint32().toString(16).padStart(8, '0')
  return joinDiskPath(parentDirectory(), `${NAME_PREFIX}${String(process.pid)}-${unique}`)
}

/**
 * Removes the ephemeral workspaces that hosts left which were killed: nobody holds them any more.
 *
 * @param clearAway ends what is left running in the folders of nodes
 * @throws SandboxError DISK_IO
 */
export async function sweepEphemeralWorkspaces(disk: Disk, clearAway: ClearAway): Promise<void> {
  const parent = parentDirectory()
  // Simulated disks have no such folder before something is put there.
  if ((await disk.status(parent)) === undefined) return
  for (const { name, kind } of await disk.list(parent)) {
    if (kind === 'directory' && name.startsWith(NAME_PREFIX)) await sweep(disk, joinDiskPath(parent, name), clearAway)
  }
}

async function sweep(disk: Disk, directory: string, clearAway: ClearAway): Promise<void> {
  try {
    // Without its record it is just being made, and its maker has not taken it yet.
    if ((await disk.status(joinDiskPath(directory, CLUSTER_RECORD_NAME))) === undefined) return
    const lock = await disk.lock(directory)
    try {
      const nodes = (await disk.list(directory)).filter(({ kind }) => kind === 'directory')
      await clearAway(nodes.map(({ name }) => joinDiskPath(directory, name)))
      await disk.remove(directory)
    } finally {
      await lock.release()
    }
  } catch (thrown) {
    // It is in use, it is being removed by somebody else at this moment, or it belongs to another user: then it is not ours
    // to remove, and no reason not to start.
    if (!SandboxError.is(thrown) || !thrown.code.startsWith('DISK_')) throw thrown
  }
}
