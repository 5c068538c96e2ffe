import { SandboxError } from '../../base/sandbox-error'
import { errnoOf } from '../../rpc/dingo-error'
import type { Region } from '../../rpc/generated/dingodb/common_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { ClusterClient, OperationOptions } from '../cluster-client'
import type { Table } from '../table-client'

/** How many regions are asked for at the same time. */
const QUESTIONS_UNDER_WAY = 8

/**
 * The regions of a table with their metrics, in no order, without a look at any other region of the cluster. None if the
 * table was dropped.
 *
 * @throws what the client throws
 */
export async function readTableRegions(
  client: ClusterClient,
  table: Table,
  options: OperationOptions = {},
): Promise<Region[]> {
  return readRegions(client, await regionIdsOf(client, table, options), options)
}

/** Regions by their ids, with their metrics, in the order of the ids; those that are gone are left out. @throws what the client throws */
export async function readRegions(
  client: ClusterClient,
  regionIds: readonly number[],
  options: OperationOptions = {},
): Promise<Region[]> {
  const regions: Array<Region | undefined> = []
  const waiting = regionIds.entries()
  const ask = async (): Promise<void> => {
    for (const [place, regionId] of waiting) regions[place] = await findRegion(client, regionId, options)
  }
  await Promise.all(Array.from({ length: QUESTIONS_UNDER_WAY }, ask))
  return regions.filter((region) => region !== undefined)
}

async function regionIdsOf(client: ClusterClient, table: Table, options: OperationOptions): Promise<number[]> {
  try {
    const ranges = await client.tables.regions(table, options)
    return ranges.map(({ id }) => Number(id?.entityId ?? 0n))
  } catch (thrown) {
    if (errnoOf(thrown) === Errno.ETABLE_NOT_FOUND) return []
    throw thrown
  }
}

async function findRegion(
  client: ClusterClient,
  regionId: number,
  options: OperationOptions,
): Promise<Region | undefined> {
  try {
    return await client.regions.get(regionId, options)
  } catch (thrown) {
    if (SandboxError.is(thrown, 'CLIENT_NOT_FOUND')) return undefined
    throw thrown
  }
}
