import { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../../env'
import type { Region } from '../../rpc/generated/dingodb/common_pb'
import { RegionState } from '../../rpc/generated/dingodb/common_pb'
import type { Table } from '../table-client'
import type { TableDescription } from '../table-description'
import type { ClusterCatalogue } from './cluster-catalogue'
import { jobRegion, lookUntilDone } from './job-looks'
import type { JobProgress } from './job-progress'
import { readTableRegions } from './table-regions'

/**
 * Creates a table, and follows its regions until each has a leader.
 *
 * @throws SandboxError what TableClient.create throws; CLIENT_NOT_FOUND if the table is dropped meanwhile; CANCELLED
 */
export async function runCreation(
  progress: JobProgress,
  description: TableDescription,
  catalogue: ClusterCatalogue,
  clock: Clock,
): Promise<void> {
  const { client, signal } = progress
  const { total } = progress.job
  const table = await client.tables.create(description, { wait: false, signal })
  progress.step({ tableId: table.tableId })
  catalogue.forget()
  const watch = client.regions.watchCreation()
  await lookUntilDone(progress, clock, async () => {
    const regions = (await readTableRegions(client, table, { signal })).sort((left, right) =>
      Number(left.id - right.id),
    )
    if (regions.length === 0 || regions.some(isBeingDeleted)) throw wasDropped(table)
    const waiting = regions.filter((region) => !isReady(region))
    const ready = regions.length - waiting.length
    progress.step({ regions: regions.map(jobRegion), ready })
    if (ready >= total) return true
    const obstacle = await watch.look(
      waiting.map(({ id }) => Number(id)),
      { signal },
    )
    progress.step({ error: obstacle?.serialize() })
    return false
  })
  catalogue.forget()
}

const isReady = ({ state, leaderStoreId }: Region): boolean => state !== RegionState.REGION_NEW && leaderStoreId > 0n

const isBeingDeleted = ({ state }: Region): boolean =>
  state === RegionState.REGION_DELETE || state === RegionState.REGION_DELETING || state === RegionState.REGION_DELETED

function wasDropped({ name, schema, tableId }: Table): SandboxError {
  const message = `The table ${schema}.${name} was dropped while its regions were being created.`
  return new SandboxError('CLIENT_NOT_FOUND', message, { details: { tableId } })
}
