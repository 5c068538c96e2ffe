import { afterEach, describe, expect, it } from 'vitest'
import { RegionState } from '../../src-main/rpc/generated/dingodb/common_pb'
import { CoordinatorService, RegionCmdStatus, RegionCmdType } from '../../src-main/rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../src-main/rpc/generated/dingodb/error_pb'
import type { FakeStore } from './support/fake-store'
import { partitionRange } from './support/requests'
import { SimulatedCoordinators } from './support/simulated-cluster'
import { eventually, startWithStores } from './support/table-requests'

const coordinator = CoordinatorService.method

let cluster: SimulatedCoordinators
let stores: readonly [FakeStore, FakeStore, FakeStore]

async function start(): Promise<void> {
  cluster = new SimulatedCoordinators(1)
  stores = (await startWithStores(cluster, 3)) as unknown as typeof stores
}

afterEach(async () => {
  for (const store of stores) store.stop()
  await cluster.settled(cluster.stopAll())
})

const createRegion = async (part: number) =>
  (await cluster.call(coordinator.createRegion, { range: partitionRange(part), replicaNum: 3n })).regionId
const stateOf = async (regionId: bigint) => (await cluster.call(coordinator.queryRegion, { regionId })).region?.state
const untilNormal = (regionId: bigint) =>
  eventually(cluster, 'the region is NORMAL', async () => (await stateOf(regionId)) === RegionState.REGION_NORMAL)
const openJobs = async () => (await cluster.call(coordinator.getJobList, {})).jobList
const untilNoJob = () => eventually(cluster, 'no job is left', async () => (await openJobs()).length === 0)

describe('creating a region where another is being deleted', () => {
  it('waits for the stores that have not deleted it yet, however long that takes', async () => {
    await start()
    const first = await createRegion(5)
    await untilNormal(first)
    await untilNoJob()
    for (const store of stores) store.holdsDeletions = true
    await cluster.call(coordinator.dropRegion, { regionId: first })
    const second = await createRegion(5)
    await cluster.simulation.clock.advance(20_000)
    expect(await stateOf(first)).toBe(RegionState.REGION_DELETING)
    expect(await stateOf(second)).toBe(RegionState.REGION_NEW)
    const creation = (await openJobs()).find(({ name }) => name === 'CreateRegion')
    const errors = creation?.tasks[0]?.storeOperations.map((operation) =>
      operation.errors.map(({ errcode }) => errcode),
    )
    expect(errors).toEqual([1, 2, 3].map(() => [Errno.EREGION_RANGE_CONFLICT]))
    const { regions: found } = await cluster.call(coordinator.scanRegions, { key: partitionRange(5).startKey })
    expect(found.map(({ regionId }) => regionId)).toEqual([second])

    for (const store of stores) store.holdsDeletions = false
    await untilNormal(second)
    await untilNoJob()
    expect(stores.map(({ regions }) => [...regions.keys()])).toEqual([1, 2, 3].map(() => [Number(second)]))
  })
})

describe('a creation', () => {
  it('that its store took and could not carry out is made again', async () => {
    await start()
    const regionId = await createRegion(5)
    await untilNormal(regionId)
    await untilNoJob()
    const [, , failing] = stores
    const command = failing.commands.find(({ regionCmdType }) => regionCmdType === RegionCmdType.CMD_CREATE)
    failing.regions.delete(Number(regionId))
    const report = {
      jobId: command?.jobId ?? 0n,
      regionCmdId: command?.id ?? 0n,
      status: RegionCmdStatus.STATUS_FAIL,
      error: { errcode: Errno.EINTERNAL, errmsg: 'The disk was full.' },
    }
    await cluster.call(coordinator.updateRegionCmdStatus, report)
    await eventually(cluster, 'the store has the region', () => Promise.resolve(failing.regions.size === 1))
    expect(failing.commands.at(-1)).toMatchObject({ id: command?.id, retry: true })
    await untilNoJob()
    await cluster.call(coordinator.dropRegion, { regionId })
    expect(await cluster.errno(coordinator.updateRegionCmdStatus, report)).toBe('EREGION_CMD_NOT_FOUND')
  })

  it('is not given up because its store is still starting', async () => {
    await start()
    for (const store of stores) store.refusesAllWith = Errno.EREGION_UNAVAILABLE
    const regionId = await createRegion(5)
    await cluster.simulation.clock.advance(20_000)
    expect(await openJobs()).toHaveLength(1)
    for (const store of stores) store.refusesAllWith = Errno.OK
    await untilNormal(regionId)
  })
})

describe('dropping a region', () => {
  it('waits while most of its stores are away, over a change of leader, and ends when they are back', async () => {
    await start()
    const regionId = await createRegion(5)
    await untilNormal(regionId)
    const [here, ...away] = stores
    for (const store of away) store.stop()
    await cluster.call(coordinator.dropRegion, { regionId })
    await cluster.simulation.clock.advance(20_000)
    expect(here.regions.size).toBe(0)
    expect(await stateOf(regionId)).toBe(RegionState.REGION_DELETING)
    cluster.kill(await cluster.leader())
    await cluster.simulation.clock.advance(20_000)
    expect(await stateOf(regionId)).toBe(RegionState.REGION_DELETING)
    for (const store of away) store.start()
    await untilNoJob()
    expect(stores.map(({ regions }) => regions.size)).toEqual([0, 0, 0])
    expect(await cluster.errno(coordinator.queryRegion, { regionId })).toBe('EREGION_NOT_FOUND')
  })
})
