import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StoreInState } from '../../src-main/rpc/generated/dingodb/common_pb'
import { StorageEngine, StoreRegionState } from '../../src-main/rpc/generated/dingodb/common_pb'
import { CoordinatorService, IdEpochType, RegionCmdStatus } from '../../src-main/rpc/generated/dingodb/coordinator_pb'
import { EntityType, MetaService, TsoOpType } from '../../src-main/rpc/generated/dingodb/meta_pb'
import { NodeService } from '../../src-main/rpc/generated/dingodb/node_pb'
import { fakeStores } from './support/fake-store'
import type { FakeStore } from './support/fake-store'
import { partitionKey, partitionRange, tableDefinition } from './support/requests'
import { SimulatedCoordinators } from './support/simulated-cluster'

const coordinator = CoordinatorService.method
const meta = MetaService.method
const DINGO = { entityId: 2n }
const ROOT = { entityId: 0n }
const UNKNOWN = { entityId: 9_999_999n }
const { STORE_ENG_MONO_STORE: MONO, STORE_ENG_MEMORY: MEMORY } = StorageEngine

const cluster = new SimulatedCoordinators(7)
let stores: FakeStore[]

beforeAll(async () => {
  await cluster.startAll()
  stores = fakeStores(cluster, 3)
  for (const store of stores) store.start()
  await cluster.simulation.clock.advance(2_000)
  await cluster.call(meta.createTable, {
    schemaId: DINGO,
    tableId: { entityId: 5_000n },
    tableDefinition: {
      ...tableDefinition('taken', [5_001]),
      columns: [{ name: 'id', isAutoIncrement: true }],
      autoIncrement: 10n,
    },
  })
  await cluster.simulation.clock.advance(2_000)
})

afterAll(async () => {
  for (const store of stores) store.stop()
  await cluster.settled(cluster.stopAll())
})

const table = (changes: object, tableId = 6_000n, schemaId = DINGO) => ({
  schemaId,
  tableId: { entityId: tableId },
  tableDefinition: { ...tableDefinition('fresh', [6_001]), ...changes },
})
const partitions = (...parts: ReadonlyArray<readonly [id: number, range: number]>) => ({
  tablePartition: {
    partitions: parts.map(([id, range]) => ({ id: { entityId: BigInt(id) }, range: partitionRange(range) })),
  },
})
const key = (text: string) => new TextEncoder().encode(text)

describe('what a request must be', () => {
  it.each([
    ['no schema', { ...table({}), schemaId: undefined }, 'EILLEGAL_PARAMTETERS'],
    ['the ROOT schema', table({}, 6_000n, ROOT), 'EILLEGAL_PARAMTETERS'],
    ['an unknown schema', table({}, 6_000n, UNKNOWN), 'ESCHEMA_NOT_FOUND'],
    ['no table id', table({}, 0n), 'EILLEGAL_PARAMTETERS'],
    ['a table id in use', table({}, 5_000n), 'ETABLE_EXISTS'],
    ['a name in use', table({ name: 'taken' }), 'ETABLE_EXISTS'],
    ['no definition', { ...table({}), tableDefinition: undefined }, 'ETABLE_DEFINITION_ILLEGAL'],
    ['no name', table({ name: '' }), 'ETABLE_DEFINITION_ILLEGAL'],
    ['a column without name', table({ columns: [{ name: '' }] }), 'ETABLE_DEFINITION_ILLEGAL'],
    ['two columns of one name', table({ columns: [{ name: 'a' }, { name: 'a' }] }), 'ETABLE_DEFINITION_ILLEGAL'],
    ['no partition', table(partitions()), 'ETABLE_DEFINITION_ILLEGAL'],
    ['too many partitions', table({ ...tableDefinition('fresh', range(1_025)) }), 'ETABLE_DEFINITION_ILLEGAL'],
    ['a partition without id', table(partitions([0, 6_001])), 'EILLEGAL_PARAMTETERS'],
    ['a gap between partitions', table(partitions([6_001, 6_001], [6_003, 6_003])), 'EILLEGAL_PARAMTETERS'],
    ['the same partition twice', table(partitions([6_001, 6_001], [6_001, 6_002])), 'EILLEGAL_PARAMTETERS'],
    ['partitions that overlap', table(partitions([6_001, 6_001], [6_002, 6_001])), 'EILLEGAL_PARAMTETERS'],
    ['a range in use', table(partitions([6_001, 5_001])), 'EILLEGAL_PARAMTETERS'],
    ['an engine that nobody knows', table({ storeEngine: 77 }), 'EILLEGAL_PARAMTETERS'],
    ['an engine that stores refuse', table({ storeEngine: MEMORY }), 'EILLEGAL_PARAMTETERS'],
    ['two replicas without replication', table({ storeEngine: MONO, replica: 2 }), 'EILLEGAL_PARAMTETERS'],
    ['an id beyond 53 bits', table({}, 1n << 53n), 'EILLEGAL_PARAMTETERS'],
    ['more replicas than stores', table({ replica: 4 }), 'EREGION_UNAVAILABLE'],
  ])('CreateTable refuses %s', async (_what, request, code) => {
    expect(await cluster.errno(meta.createTable, request)).toBe(code)
  })

  it.each([
    ['no range', {}, 'EILLEGAL_PARAMTETERS'],
    ['short keys', { range: { startKey: key('w1'), endKey: key('w2') } }, 'EILLEGAL_PARAMTETERS'],
    [
      'an unknown namespace',
      { range: { startKey: key('a00000001'), endKey: key('a00000002') } },
      'EILLEGAL_PARAMTETERS',
    ],
    ['two namespaces', { range: { startKey: key('w00000001'), endKey: key('x00000001') } }, 'EILLEGAL_PARAMTETERS'],
    ['an inverted range', { range: { startKey: key('w00000002'), endKey: key('w00000001') } }, 'EILLEGAL_PARAMTETERS'],
    ['a range in use', { range: partitionRange(5_001) }, 'EILLEGAL_PARAMTETERS'],
    ['a region id in use', { range: partitionRange(7_001), regionId: 1_001n }, 'EREGION_UNAVAILABLE'],
    ['a store that is not there', { range: partitionRange(7_001), storeIds: [1n] }, 'EREGION_UNAVAILABLE'],
    ['a kind of store that is not there', { range: partitionRange(7_001), regionType: 1 }, 'EREGION_UNAVAILABLE'],
    ['fewer than one replica', { range: partitionRange(7_001), replicaNum: -1n }, 'EILLEGAL_PARAMTETERS'],
    ['a type of region that nobody knows', { range: partitionRange(7_001), regionType: 77 }, 'EILLEGAL_PARAMTETERS'],
    ['an engine that nobody knows', { range: partitionRange(7_001), storeEngine: 77 }, 'EILLEGAL_PARAMTETERS'],
    ['an engine that stores refuse', { range: partitionRange(7_001), storeEngine: MEMORY }, 'EILLEGAL_PARAMTETERS'],
    [
      'two replicas without replication',
      { range: partitionRange(7_001), storeEngine: MONO, replicaNum: 2n },
      'EILLEGAL_PARAMTETERS',
    ],
    [
      'two stores without replication',
      { range: partitionRange(7_001), storeEngine: MONO, storeIds: [20_001n, 20_002n] },
      'EILLEGAL_PARAMTETERS',
    ],
    ['an id beyond 53 bits', { range: partitionRange(7_001), regionId: 1n << 60n }, 'EILLEGAL_PARAMTETERS'],
    ['a child of a split', { range: partitionRange(7_001), splitFromRegionId: 1_001n }, 'ENOT_SUPPORT'],
  ])('CreateRegion refuses %s', async (_what, request, code) => {
    expect(await cluster.errno(coordinator.createRegion, request)).toBe(code)
  })

  it('schemas', async () => {
    expect(await cluster.errno(meta.getSchema, {})).toBe('EILLEGAL_PARAMTETERS')
    expect(await cluster.errno(meta.getSchema, { schemaId: UNKNOWN })).toBe('ESCHEMA_NOT_FOUND')
    expect(await cluster.errno(meta.getSchemaByName, {})).toBe('EILLEGAL_PARAMTETERS')
    expect(await cluster.errno(meta.getSchemaByName, { schemaName: 'none' })).toBe('ESCHEMA_NOT_FOUND')
    expect(await cluster.errno(meta.createSchema, {})).toBe('EILLEGAL_PARAMTETERS')
    expect(await cluster.errno(meta.createSchema, { schemaName: 'MYSQL' })).toBe('ESCHEMA_EXISTS')
    expect(await cluster.errno(meta.createSchema, { schemaName: 'a', parentSchemaId: DINGO })).toBe(
      'EILLEGAL_PARAMTETERS',
    )
    expect(await cluster.errno(meta.createSchema, { schemaName: 'a', schemaId: 7n })).toBe('EILLEGAL_PARAMTETERS')
    expect(await cluster.errno(meta.dropSchema, { schemaId: DINGO })).toBe('EILLEGAL_PARAMTETERS')
    const { schema } = await cluster.call(meta.createSchema, { schemaName: 'mine', parentSchemaId: ROOT })
    expect(schema?.id).toMatchObject({ entityType: EntityType.SCHEMA, parentEntityId: 0n, entityId: 1_001n })
    const schemaId = schema?.id ?? {}
    await cluster.call(meta.createTable, { ...table(partitions([8_001, 8_001]), 8_000n), schemaId })
    expect(await cluster.errno(meta.dropSchema, { schemaId })).toBe('ESCHEMA_NOT_EMPTY')
    await cluster.call(meta.dropTables, { tableIds: [{ entityId: 8_000n }] })
    await cluster.call(meta.dropSchema, { schemaId })
    const { schemas } = await cluster.call(meta.getSchemas, {})
    expect(schemas.map(({ name }) => name)).toEqual(['ROOT', 'META', 'DINGO', 'MYSQL', 'INFORMATION_SCHEMA'])
  })

  it('tables', async () => {
    expect(await cluster.errno(meta.getTable, {})).toBe('EILLEGAL_PARAMTETERS')
    expect(await cluster.errno(meta.getTableRange, { tableId: UNKNOWN })).toBe('ETABLE_NOT_FOUND')
    expect(await cluster.errno(meta.getTableMetrics, { tableId: UNKNOWN })).toBe('ETABLE_NOT_FOUND')
    expect(await cluster.errno(meta.getTableByName, { schemaId: DINGO })).toBe('EILLEGAL_PARAMTETERS')
    expect(await cluster.errno(meta.getTableByName, { schemaId: DINGO, tableName: 'none' })).toBe('ETABLE_NOT_FOUND')
    expect(await cluster.errno(meta.dropTable, { tableId: UNKNOWN })).toBe('ETABLE_NOT_FOUND')
    expect(await cluster.errno(meta.createTableId, { schemaId: ROOT })).toBe('EILLEGAL_PARAMTETERS')
    expect(await cluster.errno(meta.createTableIds, { schemaId: DINGO, count: 0n })).toBe('EILLEGAL_PARAMTETERS')
    expect(await cluster.errno(meta.generateTableIds, { schemaId: DINGO, count: { indexCount: 1 } })).toBe(
      'EILLEGAL_PARAMTETERS',
    )
    const { tablesCount } = await cluster.call(meta.getTablesCount, { schemaId: DINGO })
    expect(tablesCount).toBe(1n)
    const metrics = await cluster.call(meta.getTableMetrics, { tableId: { entityId: 5_000n } })
    expect(metrics.tableMetrics?.tableMetrics).toMatchObject({ rowsCount: 7n, partCount: 1n })
    // Nothing that was refused has left a trace: a table is there wholly or not at all.
    expect((await cluster.call(coordinator.getRegionCount, {})).regionCount).toBe(1n)
  })

  it('regions, scans and commands', async () => {
    expect(await cluster.errno(coordinator.queryRegion, { regionId: 4n })).toBe('EREGION_NOT_FOUND')
    expect(await cluster.errno(coordinator.dropRegion, { regionId: 4n })).toBe('EREGION_NOT_FOUND')
    expect(await cluster.errno(coordinator.dropRegionPermanently, { regionId: 4n })).toBe('EREGION_NOT_FOUND')
    expect(await cluster.errno(coordinator.getRegionMetrics, { regionId: 4n })).toBe('EREGION_NOT_FOUND')
    expect(await cluster.errno(coordinator.scanRegions, {})).toBe('EILLEGAL_PARAMTETERS')
    expect(await cluster.errno(coordinator.createRegionId, {})).toBe('EILLEGAL_PARAMTETERS')
    expect(await cluster.errno(coordinator.createIds, { count: 1n })).toBe('EILLEGAL_PARAMTETERS')
    expect(await cluster.errno(coordinator.createIds, { idEpochType: IdEpochType.ID_NEXT_TABLE, count: 2n })).toBe('OK')
    expect(
      await cluster.errno(coordinator.updateRegionCmdStatus, { jobId: 1n, status: RegionCmdStatus.STATUS_FAIL }),
    ).toBe('EREGION_CMD_NOT_FOUND')
    expect(await cluster.errno(coordinator.updateRegionCmdStatus, { jobId: 1n, status: 77 as RegionCmdStatus })).toBe(
      'EILLEGAL_PARAMTETERS',
    )
    expect(await cluster.errno(coordinator.getStoreMetrics, { regionId: 1n })).toBe('EILLEGAL_PARAMTETERS')
    expect(await cluster.errno(coordinator.getStoreMetrics, { storeId: 1n })).toBe('ESTORE_NOT_FOUND')
    expect(await cluster.errno(coordinator.getStoreOwnMetrics, { storeIds: [1n] })).toBe('ESTORE_NOT_FOUND')
    expect(await cluster.errno(coordinator.updateStore, { storeId: 1n })).toBe('ESTORE_NOT_FOUND')
    expect(await cluster.errno(coordinator.deleteStore, { storeId: 20_001n, keyring: 'guess' })).toBe(
      'EKEYRING_ILLEGAL',
    )
    expect(await cluster.errno(coordinator.deleteStore, { storeId: 20_001n, keyring: 'TO_BE_CONTINUED' })).toBe(
      'ESTORE_IN_USE',
    )
    expect(await cluster.errno(coordinator.splitRegion, {})).toBe('ENOT_SUPPORT')
    const keyring = 'TO_BE_CONTINUED'
    const storeInState = 77 as StoreInState
    expect(await cluster.errno(coordinator.updateStore, { storeId: 20_001n, keyring, storeInState })).toBe(
      'EILLEGAL_PARAMTETERS',
    )
    expect(await cluster.errno(coordinator.updateGCSafePoint, { gcFlag: 77 as never })).toBe('EILLEGAL_PARAMTETERS')
  })

  it('transfers of leadership', async () => {
    const { regionmap } = await cluster.call(coordinator.getRegionMap, {})
    const region = regionmap?.regions[0]
    const regionId = region?.id ?? 0n
    const transfer = (leaderStoreId: bigint) =>
      cluster.errno(coordinator.transferLeaderRegion, { regionId, leaderStoreId })
    expect(await cluster.errno(coordinator.transferLeaderRegion, { regionId: 4n })).toBe('EREGION_NOT_FOUND')
    expect(await transfer(1n)).toBe('EILLEGAL_PARAMTETERS')
    expect(await transfer(region?.leaderStoreId ?? 0n)).toBe('EILLEGAL_PARAMTETERS')
    const follower = region?.definition?.peers.find(({ storeId }) => storeId !== region.leaderStoreId)
    expect(await transfer(follower?.storeId ?? 0n)).toBe('OK')
    await cluster.simulation.clock.advance(1_000)
    const leader = stores.find(({ id }) => BigInt(id) === region?.leaderStoreId)
    expect(leader?.commands.at(-1)?.Request).toMatchObject({
      case: 'transferLeaderRequest',
      value: { peer: { storeId: follower?.storeId, serverLocation: { host: '127.0.0.1' } } },
    })
  })

  it('timestamps and auto-increments', async () => {
    const gen = (count: bigint) => cluster.errno(meta.tsoService, { opType: TsoOpType.OP_GEN_TSO, count })
    expect(await gen(0n)).toBe('EILLEGAL_PARAMTETERS')
    expect(await gen(1n << 18n)).toBe('EILLEGAL_PARAMTETERS')
    expect(await gen((1n << 18n) - 1n)).toBe('OK')
    expect(await cluster.errno(meta.tsoService, { opType: TsoOpType.OP_RESET_TSO })).toBe('ENOT_SUPPORT')
    expect(await cluster.errno(meta.tsoService, { opType: 77 as TsoOpType })).toBe('EILLEGAL_PARAMTETERS')
    expect(await cluster.errno(meta.getAutoIncrement, { tableId: UNKNOWN })).toBe('EAUTO_INCREMENT_NOT_FOUND')
    const tableId = { entityId: 5_000n }
    expect(await cluster.errno(meta.createAutoIncrement, { tableId, startId: 1n })).toBe('EAUTO_INCREMENT_EXIST')
    const first = await cluster.call(meta.generateAutoIncrement, { tableId, count: 5n })
    expect(first).toMatchObject({ startId: 10n, endId: 15n })
    const odd = await cluster.call(meta.generateAutoIncrement, {
      tableId,
      count: 2n,
      autoIncrementIncrement: 10,
      autoIncrementOffset: 3,
    })
    expect(odd).toMatchObject({ startId: 23n, endId: 43n })
    expect(await cluster.errno(meta.updateAutoIncrement, { tableId, startId: 1n })).toBe('EILLEGAL_PARAMTETERS')
    expect(await cluster.errno(meta.updateAutoIncrement, { tableId, startId: 1n, force: true })).toBe('OK')
  })

  it('a read-only cluster makes no regions', async () => {
    const set = (isForceReadOnly: boolean) =>
      cluster.call(coordinator.configCoordinator, {
        setForceReadOnly: true,
        isForceReadOnly,
        forceReadOnlyReason: 'test',
      })
    await set(true)
    const hello = await cluster.call(coordinator.hello, {})
    expect(hello.clusterState).toMatchObject({ clusterIsReadOnly: true, clusterForceReadOnlyReason: 'test' })
    expect(await cluster.errno(coordinator.createRegion, { range: partitionRange(7_001) })).toBe(
      'ESYSTEM_CLUSTER_READ_ONLY',
    )
    expect(await cluster.errno(meta.createTable, table({}))).toBe('ESYSTEM_CLUSTER_READ_ONLY')
    await set(false)
  })
})

describe('looking', () => {
  it('finds regions by key, by range, to the end and up to a limit', async () => {
    for (const id of [9_001, 9_002, 9_003]) {
      await cluster.call(coordinator.createRegion, { range: partitionRange(id), replicaNum: 1n })
    }
    const scan = async (request: object) => {
      const { regions } = await cluster.call(coordinator.scanRegions, request)
      return regions.map(({ range }) =>
        Number(new DataView(range?.startKey.slice(1).buffer ?? new ArrayBuffer(8)).getBigUint64(0)),
      )
    }
    expect(await scan({ key: partitionKey(9_002) })).toEqual([9_002])
    expect(await scan({ key: new Uint8Array([...partitionKey(9_002), 200]) })).toEqual([9_002])
    expect(await scan({ key: partitionKey(9_004) })).toEqual([])
    expect(await scan({ key: partitionKey(9_001), rangeEnd: partitionKey(9_003) })).toEqual([9_001, 9_002])
    expect(await scan({ key: partitionKey(9_002), rangeEnd: new Uint8Array([0]) })).toEqual([9_002, 9_003])
    expect(await scan({ key: key('a'), rangeEnd: new Uint8Array([0]), limit: 2n })).toEqual([5_001, 9_001])
    const all = { key: key('a'), rangeEnd: new Uint8Array([0]) }
    expect(await scan({ ...all, limit: (1n << 63n) - 1n })).toEqual([5_001, 9_001, 9_002, 9_003])
  })

  it('shows a region only to its tenant, and all to who asks for all', async () => {
    await cluster.call(coordinator.createRegion, { range: partitionRange(9_500), tenantId: 8n, replicaNum: 1n })
    const count = async (tenantId: bigint) => {
      const { regionmap } = await cluster.call(coordinator.getRegionMap, { tenantId })
      return regionmap?.regions.length ?? 0
    }
    expect(await count(8n)).toBe(1)
    expect(await count(-1n)).toBe((await count(0n)) + 1)
  })

  it('answers about each coordinator itself, whoever leads', async () => {
    const info = await cluster.settled(cluster.raw(22_003, NodeService.method.getNodeInfo, {}))
    expect(info.nodeInfo).toMatchObject({ id: 22_003n, raftLocation: { port: 22_103 } })
    const status = await cluster.settled(cluster.raw(22_003, NodeService.method.getRaftStatus, {}))
    expect(status.entries[0]?.raftStatus).toMatchObject({
      leaderPeerId: '127.0.0.1:22101:0',
      peerId: '127.0.0.1:22103:0',
    })
  })

  it('names a store with an orphan', async () => {
    const location = { host: '127.0.0.1', port: 20_003 }
    await cluster.call(coordinator.storeHeartbeat, {
      store: {
        id: 20_003n,
        keyring: 'TO_BE_CONTINUED',
        serverLocation: location,
        raftLocation: { ...location, port: 20_103 },
      },
      storeMetrics: {
        regionMetricsMap: { 77: { id: 77n, storeRegionState: StoreRegionState.ORPHAN } },
        isPartialRegionMetrics: true,
      },
    })
    const { orphanRegions } = await cluster.call(coordinator.getOrphanRegion, {})
    expect(orphanRegions).toMatchObject({ '20003': { id: 77n } })
  })
})

function range(count: number): number[] {
  return Array.from({ length: count }, (_, position) => 6_001 + position)
}
