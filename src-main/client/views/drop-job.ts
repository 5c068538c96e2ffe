import type { Clock } from '../../env'
import type { Table } from '../table-client'
import type { ClusterCatalogue } from './cluster-catalogue'
import { jobRegion, lookUntilDone } from './job-looks'
import type { JobProgress } from './job-progress'
import { readRegions } from './table-regions'

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
  let leftIds = regionIds
  await client.tables.drop(table, { signal })
  catalogue.forget()
  await lookUntilDone(progress, clock, async () => {
    const left = (await readRegions(client, leftIds, { signal })).map(jobRegion)
    leftIds = left.map(({ regionId }) => regionId)
    progress.step({ regions: left, ready: regionIds.length - left.length, error: undefined })
    return left.length === 0
  })
  catalogue.forget()
}
