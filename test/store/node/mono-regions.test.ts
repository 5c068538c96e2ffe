import { create } from '@bufbuild/protobuf'
import { afterEach, describe, expect, test } from 'vitest'
import {
  PeerSchema,
  RaftNodeState,
  RawEngine,
  StorageEngine,
  StoreRegionState,
} from '../../../src-main/rpc/generated/dingodb/common_pb'
import type { RegionCmd } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import {
  RegionCmdStatus,
  RegionCmdType,
  StoreOperationSchema,
} from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import { DebugService, DebugType } from '../../../src-main/rpc/generated/dingodb/debug_pb'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'
import { NodeService } from '../../../src-main/rpc/generated/dingodb/node_pb'
import { PushService } from '../../../src-main/rpc/generated/dingodb/push_pb'
import { StoreService } from '../../../src-main/rpc/generated/dingodb/store_pb'
import {
  command,
  createCommand,
  definition,
  deleteCommand,
  monoDefinition,
  rangeOf,
  STORE,
} from '../support/region-messages'
import type { StoreRemains, TestStore } from '../support/test-store'
import { callerOf, newStore, until } from '../support/test-store'

// Regions of the engine with one replica, beside those of the replicated one, over the one raw engine of a store.

const stores: TestStore[] = []

afterEach(async () => {
  for (const { node } of stores.splice(0)) await node.stop()
})

async function started(remains: StoreRemains = {}, options: Parameters<typeof newStore>[1] = {}): Promise<TestStore> {
  const store = await newStore(remains, options)
  stores.push(store)
  await store.node.start()
  return store
}

const bytes = (text: string) => new TextEncoder().encode(text)
const textOf = (value: Uint8Array) => new TextDecoder().decode(value)
const keyOf = (regionId: number, name: string) => new Uint8Array([...rangeOf(regionId).startKey, ...bytes(name)])
const contextOf = (regionId: number) => ({
  regionId: BigInt(regionId),
  regionEpoch: { confVersion: 1n, version: 1n },
})

async function put(store: TestStore, regionId: number, name: string, value: string): Promise<Errno> {
  const kv = { key: keyOf(regionId, name), value: bytes(value) }
  const { error } = await callerOf(store)(StoreService.method.kvPut, { context: contextOf(regionId), kv })
  return error?.errcode ?? Errno.OK
}

async function get(store: TestStore, regionId: number, name: string): Promise<string> {
  const request = { context: contextOf(regionId), key: keyOf(regionId, name) }
  return textOf((await callerOf(store)(StoreService.method.kvGet, request)).value)
}

const take = async ({ node }: TestStore, commands: readonly RegionCmd[]) =>
  (await node.controller.take(commands)).map(({ refusal }) => refusal)
const allDone = (store: TestStore) => until(store, () => store.node.controller.underWay.length === 0)

/** A store with region 7 of the engine with one replica, and region 8 of the replicated one. */
async function withBoth(options: Parameters<typeof newStore>[1] = {}): Promise<TestStore> {
  const store = await started({}, options)
  await take(store, [createCommand(7, monoDefinition(7)), createCommand(8, definition(8, { peers: [STORE] }))])
  await allDone(store)
  return store
}

describe('a region with one replica', () => {
  test('comes up in its own engine without the steps of Raft, and leads at once', async () => {
    const steps: string[] = []
    const store = await withBoth({
      commandObserver: { stage: (regionId, stage) => void (regionId === 7 && steps.push(stage)) },
    })
    expect(steps).toEqual(['region.validateCreate', 'region.saveMeta', 'region.updateState', 'region.reportLeader'])
    expect(store.engine.operations).toEqual(['addRegion 8', 'campaign 8'])
    expect(store.node.regions.find(7)).toMatchObject({ peerState: StoreRegionState.NORMAL, leaderStoreId: STORE })
    expect(await put(store, 7, 'a', 'one')).toBe(Errno.OK)
    expect(await get(store, 7, 'a')).toBe('one')
  })

  test('is reported with its leader, its status and its figures', async () => {
    const store = await withBoth()
    await put(store, 7, 'a', 'one')
    await put(store, 7, 'b', 'two')
    await store.simulation.clock.advance(64_000)
    const reports = store.coordinators.heartbeats.map(({ storeMetrics }) => storeMetrics?.regionMetricsMap['7'])
    expect(reports.findLast((metrics) => metrics !== undefined)).toMatchObject({
      leaderStoreId: BigInt(STORE),
      storeRegionState: StoreRegionState.NORMAL,
      rowCount: 2n,
      lastUpdateMetricsLogIndex: 2n,
      braftStatus: {
        raftState: RaftNodeState.STATE_LEADER,
        peerId: '127.0.0.1:20101:0',
        leaderPeerId: '127.0.0.1:20101:0',
        knownAppliedIndex: 2n,
        stableFollowers: {},
        unstableFollowers: {},
      },
    })
    const call = callerOf(store)
    const { entries } = await call(NodeService.method.getRaftStatus, {})
    expect(entries.map(({ regionId }) => regionId)).toEqual([7n, 8n])
    const logs = await call(DebugService.method.debug, { type: DebugType.RAFT_LOG_META })
    expect(logs.raftLogMetas.map(({ regionId }) => regionId)).toEqual([8n])
    const actual = await call(DebugService.method.debug, {
      type: DebugType.STORE_REGION_ACTUAL_METRICS,
      regionIds: [7n],
    })
    expect(actual.regionActualMetrics?.regionMetricses.map(({ rowCount }) => rowCount)).toEqual([2n])
    const dump = await call(DebugService.method.dumpRegion, { regionId: 7n })
    expect(dump.data?.kvs.map(({ value }) => textOf(value))).toEqual(['one', 'two'])
  })

  test('has nothing to snapshot and nobody to hand its leadership to, and says so', async () => {
    const store = await withBoth()
    const call = callerOf(store)
    const snapshot = await call(DebugService.method.snapshot, { regionId: 7n })
    expect(snapshot.error).toMatchObject({
      errcode: Errno.ERAFT_NOT_NEED_SNAPSHOT,
      errmsg: 'Region 7 has no log that a snapshot could shorten.',
    })
    const peer = create(PeerSchema, { storeId: 20002n })
    const transfer = await call(DebugService.method.transferLeader, { regionId: 7n, peer })
    expect(transfer.error?.errcode).toBe(Errno.ERAFT_TRANSFER_LEADER)

    // As a command of the coordinators a snapshot that is not needed counts as done.
    const asked = command(7, RegionCmdType.CMD_SNAPSHOT, { case: undefined })
    expect(await take(store, [asked])).toEqual([undefined])
    await allDone(store)
    expect([...store.node.controller.finished].at(-1)?.status).toBe(RegionCmdStatus.STATUS_DONE)
    const handOver = command(7, RegionCmdType.CMD_TRANSFER_LEADER, {
      case: 'transferLeaderRequest',
      value: { peer } as never,
    })
    const [refusal] = await take(store, [handOver])
    expect(refusal?.details['name']).toBe('ERAFT_TRANSFER_LEADER')
    expect(refusal?.message).toContain('one replica')
    expect(store.engine.operations).toEqual(['addRegion 8', 'campaign 8'])
  })

  test('comes up again in its own engine with all that was acknowledged, in a process after a killed one', async () => {
    const store = await withBoth()
    for (let count = 0; count < 10; count += 1) await put(store, 7, `k${String(count)}`, String(count))
    store.node.silence()
    const again = await started(store)
    expect(again.engine.operations).toEqual(['addRegion 8', 'campaign 8'])
    expect(again.node.regions.find(7)?.leaderStoreId).toBe(STORE)
    for (let count = 0; count < 10; count += 1) expect(await get(again, 7, `k${String(count)}`)).toBe(String(count))
    expect(await put(again, 7, 'k0', 'newer')).toBe(Errno.OK)
    expect(await get(again, 7, 'k0')).toBe('newer')
    await again.simulation.clock.advance(10)
    const told = again.coordinators.heartbeats.at(-1)?.storeMetrics?.regionMetricsMap['7']
    expect(told?.leaderStoreId).toBe(BigInt(STORE))
    expect([...store.failures, ...again.failures]).toEqual([])
  })

  test('is deleted with its data, and its range is free again for either engine', async () => {
    const steps: string[] = []
    const store = await withBoth({
      commandObserver: { stage: (regionId, stage) => void (regionId === 7 && steps.push(stage)) },
    })
    await put(store, 7, 'a', 'one')
    steps.length = 0
    await take(store, [deleteCommand(7)])
    await allDone(store)
    expect(steps).toEqual([
      'region.validateDestroy',
      'region.updateMeta',
      'region.prepareDestroy',
      'region.updateMeta',
      'region.reportDeleted',
    ])
    expect(store.node.meta.regions.isDeleted(7)).toBe(true)
    expect(await put(store, 7, 'a', 'late')).toBe(Errno.EREGION_NOT_FOUND)
    expect(store.engine.operations).toEqual(['addRegion 8', 'campaign 8'])
    const successor = monoDefinition(9)
    successor.range = { ...successor.range!, ...rangeOf(7) }
    await take(store, [createCommand(9, successor)])
    await allDone(store)
    const request = { context: contextOf(9), key: keyOf(7, 'a') }
    expect((await callerOf(store)(StoreService.method.kvGet, request)).value).toHaveLength(0)
  })

  test('keeps its engine when its definition is replaced', async () => {
    const store = await withBoth()
    const newRegionDefinition = definition(7, { peers: [STORE] })
    newRegionDefinition.name = 'renamed'
    newRegionDefinition.rawEngine = RawEngine.RAW_ENG_BDB
    const value = { newRegionDefinition } as never
    await take(store, [command(7, RegionCmdType.CMD_UPDATE_DEFINITION, { case: 'updateDefinitionRequest', value })])
    await allDone(store)
    expect(store.node.regions.find(7)?.definition).toMatchObject({
      name: 'renamed',
      storeEngine: StorageEngine.STORE_ENG_MONO_STORE,
      rawEngine: RawEngine.RAW_ENG_ROCKSDB,
    })
    expect(await put(store, 7, 'a', 'one')).toBe(Errno.OK)
  })
})

describe('a region that no engine of the store can serve', () => {
  test('is refused as soon as it is pushed, with a reason', async () => {
    const store = await started()
    const inMemory = definition(7, { peers: [STORE], storeEngine: StorageEngine.STORE_ENG_MEMORY })
    const replicated = monoDefinition(8, [STORE, 20002])
    const { regionCmdResults } = await callerOf(store)(PushService.method.pushStoreOperation, {
      storeOperation: create(StoreOperationSchema, {
        storeId: BigInt(STORE),
        regionCmds: [createCommand(7, inMemory), createCommand(8, replicated)],
      }),
    })
    expect(regionCmdResults.map(({ error }) => error?.errcode)).toEqual([
      Errno.EENGINE_NOT_FOUND,
      Errno.EILLEGAL_PARAMTETERS,
    ])
    expect(regionCmdResults.map(({ error }) => error?.errmsg)).toEqual([
      'Region 7 asks for the storage engine STORE_ENG_MEMORY, which this store does not have. It has STORE_ENG_RAFT_STORE and STORE_ENG_MONO_STORE: create the region with one of these.',
      'The command to create region 8 cannot be taken: the region has 2 peers and an engine that does not replicate, which keeps one.',
    ])
    expect(store.node.regions.list()).toEqual([])
  })

  test('does not keep the others from coming up, and the store from reporting', async () => {
    const store = await withBoth()
    const inMemory = definition(6, { peers: [STORE], storeEngine: StorageEngine.STORE_ENG_MEMORY })
    await store.node.meta.regions.add(inMemory)
    await store.node.meta.regions.updateState(6, StoreRegionState.NORMAL)
    store.node.silence()
    const again = await started(store)
    expect(again.failures.map(({ details }) => details['name'])).toEqual(['EENGINE_NOT_FOUND'])
    await again.simulation.clock.advance(10)
    const reported = again.coordinators.heartbeats.at(-1)?.storeMetrics?.regionMetricsMap ?? {}
    expect(Object.keys(reported)).toEqual(['6', '7', '8'])
    expect(await put(again, 7, 'a', 'one')).toBe(Errno.OK)
  })
})
