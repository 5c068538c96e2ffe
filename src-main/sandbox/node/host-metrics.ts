import { freemem, totalmem } from 'node:os'
import { SandboxError } from '../../base/sandbox-error'
import type { Disk } from '../../env'
import type { HostMetrics } from '../../store/store-node-options'

/**
 * What a store tells the coordinators of its machine: memory, and the room of the file system that it lives on, in bytes. What is
 * not known is left out.
 *
 * @param directory the store's own, a Disk path
 */
export async function hostMetrics(disk: Pick<Disk, 'capacity'>, directory: string): Promise<HostMetrics> {
  const freeBytes = BigInt(freemem())
  return {
    ...(await capacityOf(disk, directory)),
    systemTotalMemory: BigInt(totalmem()),
    systemFreeMemory: freeBytes,
    systemAvailableMemory: freeBytes,
    processUsedMemory: BigInt(process.memoryUsage.rss()),
  }
}

async function capacityOf(disk: Pick<Disk, 'capacity'>, directory: string): Promise<HostMetrics> {
  try {
    const room = await disk.capacity(directory)
    if (room === undefined) return {}
    return { systemTotalCapacity: BigInt(room.totalBytes), systemFreeCapacity: BigInt(room.freeBytes) }
  } catch (thrown) {
    // A folder that is gone, or a disk that fails, is no reason to be silent: the coordinators would take the store for dead.
    if (!SandboxError.is(thrown)) throw thrown
    return {}
  }
}
