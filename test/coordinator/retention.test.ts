import { afterEach, describe, expect, it } from 'vitest'
import { CoordinatorService } from '../../src-main/rpc/generated/dingodb/coordinator_pb'
import { MetaService } from '../../src-main/rpc/generated/dingodb/meta_pb'
import type { FakeStore } from './support/fake-store'
import { partitionRange } from './support/requests'
import { SimulatedCoordinators } from './support/simulated-cluster'
import { createTable, eventually, startWithStores, untilReady } from './support/table-requests'

const coordinator = CoordinatorService.method
const meta = MetaService.method
const RETENTION_MS = 20_000

let cluster: SimulatedCoordinators
let stores: FakeStore[] = []

afterEach(async () => {
  for (const store of stores) store.stop()
  await cluster.settled(cluster.stopAll())
})

const deletedTables = async () => (await cluster.call(meta.getDeletedTable, {})).tableDefinitionWithIds.length
const deletedRegions = async () =>
  ((await cluster.call(coordinator.getDeletedRegionMap, {})).regionmap?.regions ?? []).map(({ id }) => id)
const openJobs = async () => (await cluster.call(coordinator.getJobList, {})).jobList.length
const untilNoJob = () => eventually(cluster, 'no job is left', async () => (await openJobs()) === 0)
/** Something that is written, on which the sweep rides. */
const write = () => cluster.call(coordinator.createRegionId, { count: 1 })

/** Lets the time pass for which deleted things are kept. */
const outlast = () => cluster.simulation.clock.advance(RETENTION_MS + 1_000)

describe('what was deleted', () => {
  it('is forgotten after a time, when something is written, and not by writing', async () => {
    cluster = new SimulatedCoordinators(1, { deletedRetentionMs: RETENTION_MS })
    stores = await startWithStores(cluster, 3)
    const tableId = await createTable(cluster, 'old', 2)
    await untilReady(cluster, tableId)
    await cluster.call(meta.dropTable, { tableId: { entityId: tableId } })
    await untilNoJob()
    await write()
    expect([await deletedTables(), (await deletedRegions()).length]).toEqual([1, 2])
    await outlast()
    const leader = await cluster.leader()
    const before = cluster.lastIndex(leader)
    await cluster.simulation.clock.advance(5_000)
    expect(cluster.lastIndex(leader)).toBe(before)
    await write()
    expect([await deletedTables(), await deletedRegions()]).toEqual([0, []])
  })

  it('is kept while a store has not deleted it, and while its id could be handed out again', async () => {
    cluster = new SimulatedCoordinators(1, { deletedRetentionMs: RETENTION_MS })
    stores = await startWithStores(cluster, 3)
    const range = partitionRange(5)
    const chosen = 1_003n
    await cluster.call(coordinator.createRegion, { range, regionId: chosen, replicaNum: 3n })
    const [away] = stores as [FakeStore]
    await eventually(cluster, 'it is created', () => Promise.resolve(away.regions.size === 1))
    away.stop()
    await cluster.call(coordinator.dropRegion, { regionId: chosen })
    await eventually(cluster, 'most have deleted it', async () => (await deletedRegions()).length === 1)
    await outlast()
    await write()
    expect(await deletedRegions()).toEqual([chosen])
    away.start()
    await untilNoJob()
    await outlast()
    const { regionIds } = await write()
    expect(regionIds).toEqual([1_002n])
    expect(await deletedRegions()).toEqual([chosen])
    const next = await write()
    expect(next.regionIds).toEqual([1_004n])
    await outlast()
    await write()
    expect(await deletedRegions()).toEqual([])
  })
})
