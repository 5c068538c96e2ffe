import { afterEach, describe, expect, it } from 'vitest'
import { RegionState, ReplicaStatus, StorageEngine, StoreState } from '../../src-main/rpc/generated/dingodb/common_pb'
import { CoordinatorService } from '../../src-main/rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../src-main/rpc/generated/dingodb/error_pb'
import { MetaService, TsoOpType } from '../../src-main/rpc/generated/dingodb/meta_pb'
import type { FakeStore } from './support/fake-store'
import { partitionRange, tableDefinition } from './support/requests'
import { errorOf, SimulatedCoordinators } from './support/simulated-cluster'
import * as support from './support/table-requests'
import { startWithStores } from './support/table-requests'

const coordinator = CoordinatorService.method
const meta = MetaService.method

let cluster: SimulatedCoordinators
let stores: FakeStore[]

async function startCluster(storeCount: number, prepare?: (created: SimulatedCoordinators) => void): Promise<void> {
  cluster = new SimulatedCoordinators(1)
  prepare?.(cluster)
  stores = await startWithStores(cluster, storeCount)
}

const createTable = (name: string, partCount: number) => support.createTable(cluster, name, partCount)
const tableRange = (tableId: bigint) => support.tableRange(cluster, tableId)
const untilReady = (tableId: bigint) => support.untilReady(cluster, tableId)
const eventually = (what: string, condition: () => Promise<boolean>) => support.eventually(cluster, what, condition)

afterEach(async () => {
  for (const store of stores) store.stop()
  await cluster.settled(cluster.stopAll())
})

describe('leadership', () => {
  it('gets a new cluster going at once, led by the first coordinator', async () => {
    await startCluster(0)
    expect(await cluster.leader()).toBe(22_001)
    expect(cluster.simulation.clock.monotonicMs()).toBeLessThan(1_000)
  })

  it('sends callers of a follower to the leader', async () => {
    await startCluster(0)
    const response = await cluster.settled(cluster.raw(22_002, meta.getSchemas, {}))
    expect(response.error).toMatchObject({
      errcode: Errno.ERAFT_NOTLEADER,
      leaderLocation: { host: '127.0.0.1', port: 22_001 },
    })
    const hello = await cluster.settled(cluster.raw(22_003, coordinator.hello, {}))
    expect(hello).toMatchObject({ statusDetail: 'OK', error: { errcode: Errno.ERAFT_NOTLEADER } })
    const map = await cluster.settled(cluster.raw(22_003, coordinator.getCoordinatorMap, {}))
    expect(errorOf(map)).toBeUndefined()
    expect(map).toMatchObject({ leaderLocation: { port: 22_001 }, tsoLeaderLocation: { port: 22_001 } })
    expect(map.coordinatorLocations.map(({ port }) => port)).toEqual([22_001, 22_002, 22_003])
  })

  it('never hands out an id twice, over a change of leader', async () => {
    await startCluster(0)
    const first = await cluster.call(coordinator.createRegionId, { count: 5 })
    cluster.kill(await cluster.leader())
    const second = await cluster.call(coordinator.createRegionId, { count: 5 })
    expect(first.regionIds).toEqual([1001n, 1002n, 1003n, 1004n, 1005n])
    expect(new Set([...first.regionIds, ...second.regionIds]).size).toBe(10)
  })

  it('answers concurrent callers with different ids out of few log entries', async () => {
    await startCluster(0)
    const leader = await cluster.leader()
    const before = cluster.lastIndex(leader)
    const answers = await cluster.settled(
      Promise.all(Array.from({ length: 50 }, () => cluster.raw(leader, coordinator.createRegionId, { count: 1 }))),
    )
    expect(new Set(answers.flatMap(({ regionIds }) => regionIds)).size).toBe(50)
    expect(cluster.lastIndex(leader) - before).toBeLessThan(10)
  })

  it('hands out growing timestamps over a change of leader whose clock is an hour behind', async () => {
    await startCluster(0, ({ simulation }) => {
      for (const name of ['22002', '22003']) {
        simulation.node(name).setClockOptions({ wallOffsetMs: -3_600_000 })
        simulation.node(name).restart()
      }
    })
    const next = async () => {
      const { startTimestamp } = await cluster.call(meta.tsoService, { opType: TsoOpType.OP_GEN_TSO, count: 10n })
      return ((startTimestamp?.physical ?? 0n) << 18n) + (startTimestamp?.logical ?? 0n)
    }
    const timestamps: bigint[] = []
    for (let round = 0; round < 3; round += 1) {
      for (let count = 0; count < 5; count += 1) timestamps.push(await next())
      const leader = await cluster.leader()
      cluster.kill(leader)
      await cluster.leader()
      timestamps.push(await next())
      await cluster.start(leader)
    }
    for (let position = 1; position < timestamps.length; position += 1) {
      expect(timestamps[position]).toBeGreaterThanOrEqual((timestamps[position - 1] ?? 0n) + 10n)
    }
  })

  it('writes nothing while stores only say that they live', async () => {
    await startCluster(3)
    await untilReady(await createTable('idle', 2))
    await cluster.simulation.clock.advance(5_000)
    const leader = await cluster.leader()
    const before = cluster.lastIndex(leader)
    await cluster.simulation.clock.advance(30_000)
    expect(cluster.lastIndex(leader)).toBe(before)
  })
})

describe('creating', () => {
  it('puts all regions of a table on the same stores and is ready when their leaders have reported', async () => {
    await startCluster(4)
    const tableId = await createTable('orders', 3)
    await untilReady(tableId)
    const parts = await tableRange(tableId)
    expect(parts).toHaveLength(3)
    const voters = parts.map((part) => part.voters.map(({ port }) => port).sort())
    expect(voters).toEqual([voters[0], voters[0], voters[0]])
    expect(parts[0]).toMatchObject({ regionEpoch: { confVersion: 1n, version: 1n }, leader: { host: '127.0.0.1' } })
    const { regionmap } = await cluster.call(coordinator.getRegionMap, {})
    expect(regionmap?.regions[0]?.definition?.name).toBe('T_DINGO_orders_part_1002[1001]')
    for (const { definition } of regionmap?.regions ?? []) {
      for (const { serverLocation, raftLocation } of definition?.peers ?? []) {
        expect([serverLocation?.host, raftLocation?.host]).toEqual(['127.0.0.1', '127.0.0.1'])
        expect((serverLocation?.port ?? 0) * (raftLocation?.port ?? 0)).toBeGreaterThan(0)
      }
    }
    expect((await cluster.call(coordinator.getJobList, {})).jobList).toEqual([])
  })

  it('names another store first for each region, so that leaders spread', async () => {
    await startCluster(3)
    await untilReady(await createTable('six', 6))
    await untilReady(await createTable('one', 1))
    await untilReady(await createTable('two', 2))
    const { regionmap } = await cluster.call(coordinator.getRegionMap, {})
    const counts = new Map<bigint, number>()
    for (const { leaderStoreId } of regionmap?.regions ?? []) {
      counts.set(leaderStoreId, (counts.get(leaderStoreId) ?? 0) + 1)
    }
    expect([...counts].sort()).toEqual([
      [20_001n, 3],
      [20_002n, 3],
      [20_003n, 3],
    ])
  })

  it('gives regions of an engine that does not replicate one replica, if nothing was said', async () => {
    await startCluster(3)
    const storeEngine = StorageEngine.STORE_ENG_MONO_STORE
    await cluster.call(coordinator.createRegion, { range: partitionRange(50), storeEngine })
    await cluster.call(meta.createTable, {
      schemaId: { entityId: 2n },
      tableId: { entityId: 600n },
      tableDefinition: { ...tableDefinition('single', [60, 61]), storeEngine },
    })
    await untilReady(600n)
    const { regionmap } = await cluster.call(coordinator.getRegionMap, {})
    const definitions = regionmap?.regions.map(({ definition }) => [definition?.storeEngine, definition?.peers.length])
    expect(definitions).toEqual([
      [storeEngine, 1],
      [storeEngine, 1],
      [storeEngine, 1],
    ])
  })

  it('spreads tables over the stores with the fewest replicas', async () => {
    await startCluster(6)
    await untilReady(await createTable('left', 1))
    await untilReady(await createTable('right', 1))
    expect(stores.map(({ regions }) => regions.size)).toEqual([1, 1, 1, 1, 1, 1])
  })

  it('is finished by the next leader when the first one dies before a store was told', async () => {
    await startCluster(3)
    for (const { id } of cluster.members) {
      for (const store of stores) {
        cluster.network.setLink(`127.0.0.1:${String(id)}`, `127.0.0.1:${String(store.id)}`, { isCut: true })
      }
    }
    const tableId = await createTable('resumed', 2)
    expect(stores.flatMap(({ commands }) => commands)).toEqual([])
    cluster.kill(await cluster.leader())
    cluster.network.healAll()
    await cluster.leader()
    await untilReady(tableId)
    expect(stores.map(({ regions }) => regions.size)).toEqual([2, 2, 2])
  })

  it('keeps everything over a restart of all coordinators', async () => {
    await startCluster(3)
    const tableId = await createTable('kept', 2)
    await untilReady(tableId)
    const before = await cluster.call(meta.getTable, { tableId: { entityId: tableId } })
    for (const { id } of cluster.members) cluster.kill(id)
    for (const { id } of cluster.members) await cluster.start(id)
    await cluster.leader()
    const after = await cluster.call(meta.getTable, { tableId: { entityId: tableId } })
    expect(after.tableDefinitionWithId).toEqual(before.tableDefinitionWithId)
    await untilReady(tableId)
    const ids = await cluster.call(coordinator.createRegionId, { count: 1 })
    expect(ids.regionIds[0]).toBeGreaterThan(1002n)
  })

  it('gives a creation up that a store refuses five times', async () => {
    await startCluster(3)
    for (const store of stores) store.refusesWith = Errno.EINTERNAL
    await cluster.call(coordinator.createRegion, { regionName: 'refused', range: partitionRange(9), replicaNum: 3n })
    await eventually('the job ends', async () => (await cluster.call(coordinator.getJobList, {})).jobList.length === 0)
    const { jobList } = await cluster.call(coordinator.getJobList, { includeArchive: true })
    expect(jobList[0]).toMatchObject({ name: 'CreateRegion', status: 'FAILED' })
    expect(jobList[0]?.tasks[0]?.storeOperations[0]?.errors).toHaveLength(5)
  })
})

describe('dropping', () => {
  it('counts as done when more than half of the stores have deleted, and lets nothing be revived', async () => {
    await startCluster(3)
    const { regionId } = await cluster.call(coordinator.createRegion, {
      regionName: 'region',
      range: partitionRange(5),
      replicaNum: 3n,
    })
    await eventually('every store has the region', () =>
      Promise.resolve(stores.every(({ regions }) => regions.size === 1)),
    )
    const [first, second, away] = stores as [FakeStore, FakeStore, FakeStore]
    away.stop()
    second.refusesWith = Errno.EREGION_STATE
    await cluster.call(coordinator.dropRegion, { regionId })
    await eventually('one store has deleted', () => Promise.resolve(first.regions.size === 0))
    await cluster.simulation.clock.advance(2_000)
    const query = await cluster.call(coordinator.queryRegion, { regionId })
    expect(query.region?.state).toBe(RegionState.REGION_DELETING)
    expect(query.region?.definition?.peers).toHaveLength(3)
    expect((await cluster.call(coordinator.scanRegions, { key: partitionRange(5).startKey })).regions).toEqual([])

    second.refusesWith = Errno.OK
    const isGone = async () => (await cluster.errno(coordinator.queryRegion, { regionId })) === 'EREGION_NOT_FOUND'
    await eventually('the region is gone', isGone)
    const { regionmap } = await cluster.call(coordinator.getDeletedRegionMap, {})
    expect(regionmap?.regions).toMatchObject([{ id: regionId, state: RegionState.REGION_DELETED }])
    expect(away.regions.size).toBe(1)

    away.start()
    await eventually('the store that was away deletes, too', () => Promise.resolve(away.regions.size === 0))
    await eventually(
      'no job is left',
      async () => (await cluster.call(coordinator.getJobList, {})).jobList.length === 0,
    )
  })

  it('tells a store again that reports a region which is long gone', async () => {
    await startCluster(3)
    const { regionId } = await cluster.call(coordinator.createRegion, { range: partitionRange(5), replicaNum: 3n })
    await eventually('every store has the region', () =>
      Promise.resolve(stores.every(({ regions }) => regions.size === 1)),
    )
    const [first] = stores as [FakeStore]
    const revived = first.regions.get(Number(regionId))
    await cluster.call(coordinator.dropRegion, { regionId })
    await eventually(
      'no job is left',
      async () => (await cluster.call(coordinator.getJobList, {})).jobList.length === 0,
    )
    if (revived !== undefined) first.regions.set(Number(regionId), revived)
    await eventually('it is deleted once more', () => Promise.resolve(first.regions.size === 0))
    expect(await cluster.errno(coordinator.queryRegion, { regionId })).toBe('EREGION_NOT_FOUND')
  })

  it('drops the regions of a table with it', async () => {
    await startCluster(3)
    const tableId = await createTable('dropped', 3)
    await untilReady(tableId)
    await cluster.call(meta.dropTable, { tableId: { entityId: tableId } })
    expect(await cluster.errno(meta.getTable, { tableId: { entityId: tableId } })).toBe('ETABLE_NOT_FOUND')
    await eventually('the stores are empty', () => Promise.resolve(stores.every(({ regions }) => regions.size === 0)))
    await eventually(
      'no region is left',
      async () => (await cluster.call(coordinator.getRegionCount, {})).regionCount === 0n,
    )
    const deleted = await cluster.call(meta.getDeletedTable, {})
    expect(deleted.tableDefinitionWithIds).toHaveLength(1)
    await untilReady(await createTable('dropped', 1))
  })

  it('cancels a creation that is still under way', async () => {
    await startCluster(3)
    const [, , away] = stores as [FakeStore, FakeStore, FakeStore]
    away.stop()
    const { regionId } = await cluster.call(coordinator.createRegion, { range: partitionRange(5), replicaNum: 3n })
    await cluster.call(coordinator.dropRegion, { regionId })
    await eventually('the region is gone', async () => {
      return (await cluster.errno(coordinator.queryRegion, { regionId })) === 'EREGION_NOT_FOUND'
    })
    away.start()
    await eventually(
      'no job is left',
      async () => (await cluster.call(coordinator.getJobList, {})).jobList.length === 0,
    )
    expect(stores.map(({ regions }) => regions.size)).toEqual([0, 0, 0])
  })
})

describe('stores', () => {
  it('go offline without heartbeats, degrade their regions, and come back', async () => {
    await startCluster(3)
    await untilReady(await createTable('seen', 1))
    const away = stores[2] as FakeStore
    const stateOf = async () => {
      const { storemap } = await cluster.call(coordinator.getStoreMap, {})
      return storemap?.stores.find(({ id }) => id === BigInt(away.id))?.state
    }
    const replicaStatus = async () => {
      const { regionmap } = await cluster.call(coordinator.getRegionMap, {})
      return regionmap?.regions[0]?.status?.replicaStatus
    }
    expect(await replicaStatus()).toBe(ReplicaStatus.REPLICA_NORMAL)
    away.stop()
    await cluster.simulation.clock.advance(8_000)
    expect(await stateOf()).toBe(StoreState.STORE_NORMAL)
    await cluster.simulation.clock.advance(4_000)
    expect(await stateOf()).toBe(StoreState.STORE_OFFLINE)
    expect(await replicaStatus()).toBe(ReplicaStatus.REPLICA_DEGRAED)
    expect(await cluster.errno(coordinator.createRegion, { range: partitionRange(50), replicaNum: 3n })).toBe(
      'EREGION_UNAVAILABLE',
    )
    away.start()
    await eventually('the store is back', async () => (await stateOf()) === StoreState.STORE_NORMAL)
    expect(await replicaStatus()).toBe(ReplicaStatus.REPLICA_NORMAL)
  })

  it('register with the open keyring only', async () => {
    await startCluster(0)
    const { storeId, keyring } = await cluster.call(coordinator.createStore, {})
    const location = { host: 'localhost', port: 20_500 }
    const beat = (id: bigint, ring: string) =>
      cluster.errno(coordinator.storeHeartbeat, {
        store: { id, keyring: ring, serverLocation: location, raftLocation: location },
      })
    expect(await beat(storeId, 'guess')).toBe('EKEYRING_ILLEGAL')
    expect(await beat(20_009n, 'guess')).toBe('ESTORE_NOT_FOUND')
    expect(await beat(storeId, keyring)).toBe('OK')
    expect(await beat(0n, 'TO_BE_CONTINUED')).toBe('EILLEGAL_PARAMTETERS')
  })
})
