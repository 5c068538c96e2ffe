import { freemem, totalmem } from 'node:os'
import type { HostMetrics } from '../../store/store-node-options'

/** What a store tells the coordinators of its machine: memory in bytes. What Node does not know is left out. */
export function hostMetrics(): HostMetrics {
  const freeBytes = BigInt(freemem())
  return {
    systemTotalMemory: BigInt(totalmem()),
    systemFreeMemory: freeBytes,
    systemAvailableMemory: freeBytes,
    processUsedMemory: BigInt(process.memoryUsage.rss()),
  }
}
