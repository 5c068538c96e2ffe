import { RegionState } from '../../../src-main/rpc/generated/dingodb/common_pb'
import { CoordinatorService } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import { MetaService } from '../../../src-main/rpc/generated/dingodb/meta_pb'
import type { FakeStore } from './fake-store'
import { fakeStores } from './fake-store'
import { tableDefinition } from './requests'
import type { SimulatedCoordinators } from './simulated-cluster'

const meta = MetaService.method
const DINGO_SCHEMA = { entityId: 2n }

/** Starts coordinators and so many stores, and waits until the stores are known. */
export async function startWithStores(cluster: SimulatedCoordinators, storeCount: number): Promise<FakeStore[]> {
  await cluster.startAll()
  const stores = fakeStores(cluster, storeCount)
  for (const store of stores) store.start()
  await eventually(cluster, 'all stores are known', async () => {
    const { storemap } = await cluster.call(CoordinatorService.method.getStoreMap, {})
    return storemap?.stores.length === storeCount
  })
  return stores
}

/** Creates a table with some partitions. @returns its id */
export async function createTable(cluster: SimulatedCoordinators, name: string, partCount: number): Promise<bigint> {
  const count = { hasTable: true, tablePartCount: partCount }
  const { ids } = await cluster.call(meta.generateTableIds, { schemaId: DINGO_SCHEMA, count })
  const tableId = ids[0]?.tableId
  const partIds = (ids[0]?.partIds ?? []).map(({ entityId }) => Number(entityId))
  if (tableId === undefined) throw new Error('no id')
  await cluster.call(meta.createTable, {
    schemaId: DINGO_SCHEMA,
    tableId,
    tableDefinition: tableDefinition(name, partIds),
  })
  return tableId.entityId
}

/** The regions of a table. */
export async function tableRange(cluster: SimulatedCoordinators, tableId: bigint) {
  const { tableRange: range } = await cluster.call(meta.getTableRange, { tableId: { entityId: tableId } })
  return range?.rangeDistribution ?? []
}

/** Waits until every region of a table is NORMAL and has a leader. */
export async function untilReady(cluster: SimulatedCoordinators, tableId: bigint): Promise<void> {
  await eventually(cluster, 'the table is ready', async () => {
    const parts = await tableRange(cluster, tableId)
    const isReady = parts.every(
      ({ status, leader }) => status?.state === RegionState.REGION_NORMAL && (leader?.port ?? 0) > 0,
    )
    return isReady && parts.length > 0
  })
}

/** Lets virtual time pass until the condition holds, 30 s at most. */
export async function eventually(
  cluster: SimulatedCoordinators,
  what: string,
  condition: () => Promise<boolean>,
): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (await condition()) return
    await cluster.simulation.clock.advance(100)
  }
  throw new Error(`did not happen: ${what}`)
}
