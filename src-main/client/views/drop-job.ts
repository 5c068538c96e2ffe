import type { Clock } from '../../env'
import type { Table } from '../table-client'
import type { ClusterCatalogue } from './cluster-catalogue'
import { jobRegion, lookUntilDone } from './job-looks'
import type { JobProgress } from './job-progress'

/**
 * Drops a table, and follows its regions until the coordinators have none of them any more.
 *
 * @param regionIds the regions that it had before
 * @throws SandboxError what TableClient.drop throws; CANCELLED
 */
export async function runDrop(
  progress: JobProgress,
  table: Table,
  regionIds: readonly number[],
  catalogue: ClusterCatalogue,
  clock: Clock,
): Promise<void> {
  const { client, signal } = progress
  const dropped = new Set(regionIds)
  await client.tables.drop(table, { signal })
  catalogue.forget()
  await lookUntilDone(progress, clock, async () => {
    const left = (await client.regions.list({ signal })).filter(({ id }) => dropped.has(Number(id)))
    progress.step({ regions: left.map(jobRegion), ready: dropped.size - left.length, error: undefined })
    return left.length === 0
  })
}
