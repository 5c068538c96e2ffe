import { create } from '@bufbuild/protobuf'
import { beforeEach, describe, expect, it } from 'vitest'
import { RegionMetricsSchema, StoreRegionState } from '../../../src-main/rpc/generated/dingodb/common_pb'
import { RegionCmdSchema } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import { DebugService, DebugType, DumpRegionResponse_ValueFlag } from '../../../src-main/rpc/generated/dingodb/debug_pb'
import { LogLevel, NodeService } from '../../../src-main/rpc/generated/dingodb/node_pb'
import { RaftMetaSchema, RegionChangeRecordSchema } from '../../../src-main/rpc/generated/dingodb/store_internal_pb'
import { StoreService } from '../../../src-main/rpc/generated/dingodb/store_pb'
import { createDebugService } from '../../../src-main/store/inspection/debug-service'
import { createNodeService } from '../../../src-main/store/inspection/node-service'
import type { StoreUnderTest } from '../service/support/store-under-test'
import { errorName, storeUnderTest } from '../service/support/store-under-test'
import { bytes, TestRegion } from '../service/support/test-region'

const text = (value: Uint8Array): string => new TextDecoder().decode(value)

describe('the inspection of a store', () => {
  let store: StoreUnderTest
  beforeEach(async () => {
    store = await storeUnderTest()
    const { regions, storage, locations, rawEngine } = store
    const memoryStats = () => 'enough'
    const other = regions.add(new TestRegion(1002, 'x', 'y'))
    other.leaderStoreId = 20_002
    other.peerState = StoreRegionState.STANDBY
    store.registry.add(NodeService, createNodeService({ regions, storage, locations, memoryStats }))
    const figures = {
      regionMetrics: (id: number) => create(RegionMetricsSchema, { id: BigInt(id), rowCount: 99n }),
      storeOwnMetrics: () => ({ id: 20_001n, processUsedMemory: 7n }),
    }
    const commands = [
      create(RegionCmdSchema, { id: 1n, regionId: 1001n }),
      create(RegionCmdSchema, { id: 2n, regionId: 900n }),
    ]
    const changes = [create(RegionChangeRecordSchema, { regionId: 900n, jobId: 3n })]
    const records = {
      commands: () => commands,
      changes: (id?: number) => changes.filter(({ regionId }) => id === undefined || regionId === BigInt(id)),
      raftMeta: (id: number) =>
        Promise.resolve(id === 1001 ? create(RaftMetaSchema, { regionId: 1001n, appliedIndex: 4n }) : undefined),
    }
    const timestamps = {
      metrics: () => ({
        handedOut: 5,
        refused: 1,
        fetched: 2,
        fetchFailures: 3,
        dropped: 4,
        available: 6,
        lastPhysicalMs: 8,
      }),
    }
    const debug = { regions, storage, locations, figures, records, timestamps, rawEngine, memoryStats }
    store.registry.add(DebugService, createDebugService(debug))
  })
  const debug = (type: DebugType, regionIds: bigint[] = []) =>
    store.call(DebugService.method.debug, { type, regionIds })
  const put = (key: string, value: string, ttl = 0n) =>
    store.call(StoreService.method.kvPut, {
      context: store.context(),
      kv: { key: bytes(key), value: bytes(value) },
      ttl,
    })

  describe('NodeService', () => {
    const { method } = NodeService

    it('says who the node is', async () => {
      const { nodeInfo } = await store.call(method.getNodeInfo, {})
      expect(nodeInfo).toMatchObject({ id: 20_001n, role: 2 })
      expect([nodeInfo?.serverLocation?.port, nodeInfo?.raftLocation?.port]).toEqual([20_001, 20_101])
    })

    it('gives the records of the regions asked for, of all for none', async () => {
      const all = await store.call(method.getRegionInfo, {})
      expect(all.regions.map(({ id }) => id)).toEqual([1001n, 1002n])
      const one = await store.call(method.getRegionInfo, { regionIds: [1002n] })
      expect(one.regions.map(({ id, state }) => [id, state])).toEqual([[1002n, StoreRegionState.STANDBY]])
      expect(errorName(await store.call(method.getRegionInfo, { regionIds: [9n] }))).toBe('EREGION_NOT_FOUND')
    })

    it('gives the Raft status of the replicas that run', async () => {
      const { entries } = await store.call(method.getRaftStatus, {})
      expect(entries.map(({ regionId, raftStatus }) => [regionId, raftStatus?.peerId])).toEqual([
        [1001n, '10.0.0.1:20101:0'],
      ])
    })

    it('keeps the log level that it is told', async () => {
      expect((await store.call(method.getLogLevel, {})).logLevel).toBe(LogLevel.INFO)
      await store.call(method.changeLogLevel, { logLevel: LogLevel.DEBUG, logDetail: { verbose: 3 } })
      const told = await store.call(method.getLogLevel, {})
      expect([told.logLevel, told.logDetail?.verbose]).toEqual([LogLevel.DEBUG, 3])
    })

    it('serves no failpoints', async () => {
      expect(errorName(await store.call(method.getFailPoints, {}))).toBe('ENOT_SUPPORT')
      expect((await store.call(method.getMemoryStats, {})).memoryStats).toBe('enough')
      expect(errorName(await store.call(method.dingoMetrics, {}))).toBe('OK')
    })
  })

  describe('DebugService', () => {
    const { method } = DebugService

    it('counts regions by their states, and who leads them', async () => {
      const { regionMetaStat } = await debug(DebugType.STORE_REGION_META_STAT)
      expect(regionMetaStat).toMatchObject({
        stateCounts: { NORMAL: 1, STANDBY: 1 },
        leaderCount: 1,
        leaderRegoinIds: [1001n],
        followerCount: 1,
        followerRegoinIds: [1002n],
      })
    })

    it('tells of records, commands and jobs, of deleted regions too', async () => {
      const details = await debug(DebugType.STORE_REGION_META_DETAILS, [1002n])
      expect(details.regionMetaDetails?.regions.map(({ id }) => id)).toEqual([1002n])
      const all = await debug(DebugType.STORE_REGION_CONTROL_COMMAND)
      expect(all.regionControlCommand?.regionCmds.map(({ id }) => id)).toEqual([1n, 2n])
      const deleted = await debug(DebugType.STORE_REGION_CONTROL_COMMAND, [900n])
      expect(deleted.regionControlCommand?.regionCmds.map(({ id }) => id)).toEqual([2n])
      const jobs = await debug(DebugType.STORE_REGION_CHANGE_RECORD, [900n])
      expect(jobs.regionChangeRecord?.records.map(({ jobId }) => jobId)).toEqual([3n])
      expect((await debug(DebugType.STORE_REGION_CHANGE_RECORD)).regionChangeRecord?.records).toHaveLength(1)
      const metas = await debug(DebugType.STORE_RAFT_META)
      expect(metas.raftMeta?.raftMetas.map(({ appliedIndex }) => appliedIndex)).toEqual([4n])
    })

    it('gives figures as collected, and counted now', async () => {
      await put('wb', '1')
      await put('wd', '22')
      const collected = await debug(DebugType.STORE_REGION_METRICS, [1001n])
      expect(collected.regionMetrics?.regionMetricses.map(({ rowCount }) => rowCount)).toEqual([99n])
      const actual = await debug(DebugType.STORE_REGION_ACTUAL_METRICS, [1001n])
      const [figures] = actual.regionActualMetrics?.regionMetricses ?? []
      expect([figures?.rowCount, text(figures?.minKey ?? bytes('')), text(figures?.maxKey ?? bytes(''))]).toEqual([
        2n,
        'wb',
        'wd',
      ])
      const { storeMetrics } = await debug(DebugType.STORE_METRICS)
      expect(storeMetrics?.metrics?.storeOwnMetrics?.processUsedMemory).toBe(7n)
      expect(Object.keys(storeMetrics?.metrics?.regionMetricsMap ?? {})).toEqual(['1001', '1002'])
    })

    it('tells of timestamps, and of no log where the engine has none', async () => {
      const { tsProviderMetrics } = await debug(DebugType.TS_PROVIDER_METRICS)
      expect(tsProviderMetrics).toMatchObject({ getTsCount: 5n, getTsFailCount: 1n, renewEpoch: 2n, lastPhysical: 8n })
      await put('wb', '1')
      expect((await debug(DebugType.RAFT_LOG_META)).raftLogMetas).toEqual([])
    })

    it('refuses what it has nothing to tell of', async () => {
      const answer = await debug(DebugType.GC_METRICS)
      expect(errorName(answer)).toBe('ENOT_SUPPORT')
      expect(answer.error?.errmsg).toContain('STORE_REGION_META_STAT')
      expect(errorName(await debug(DebugType.STORE_REGION_METRICS, [9n]))).toBe('EREGION_NOT_FOUND')
      expect(errorName(await store.call(method.destroyRegion, {}))).toBe('ENOT_SUPPORT')
    })

    it('dumps stored versions with what they are, whoever leads', async () => {
      await put('wb', 'old')
      await put('wb', 'new', 1_000n)
      await store.call(StoreService.method.kvBatchDelete, { context: store.context(), keys: [bytes('wb')] })
      await put('wc', 'other')
      store.region.leaderStoreId = 20_002
      const dump = async (extra: { offset?: bigint; limit?: bigint; range?: object } = {}) => {
        const { data, tableId } = await store.call(method.dumpRegion, { regionId: 1001n, ...extra })
        expect(tableId).toBe(77n)
        return data?.kvs.map(({ key, value, flag }) => [text(key), text(value), DumpRegionResponse_ValueFlag[flag]])
      }
      const all = [
        ['wb', '', 'DELETE'],
        ['wb', 'new', 'PUT_WITH_TTL'],
        ['wb', 'old', 'PUT'],
        ['wc', 'other', 'PUT'],
      ]
      expect(await dump()).toEqual(all)
      expect(await dump({ offset: 1n, limit: 2n })).toEqual(all.slice(1, 3))
      expect(await dump({ range: { startKey: bytes('wc'), endKey: bytes('zz') } })).toEqual(all.slice(3))
      const { data } = await store.call(method.dumpRegion, { regionId: 1001n, offset: 1n, limit: 1n })
      expect(data?.kvs[0]?.ttl).toBe(BigInt(store.clock.wallTimeMs() + 1_000))
      expect(store.readContexts.map(({ readMode }) => readMode)).toEqual(Array(4).fill('local'))
      const negative = await store.call(method.dumpRegion, { regionId: 1001n, offset: -1n })
      expect(errorName(negative)).toBe('EILLEGAL_PARAMTETERS')
    })

    it('gives no more than 1,000 versions at a time', async () => {
      const kvs = Array.from({ length: 1_005 }, (_, i) => ({ key: bytes(`wb${String(i)}`), value: bytes('v') }))
      await store.call(StoreService.method.kvBatchPut, { context: store.context(), kvs })
      const first = await store.call(method.dumpRegion, { regionId: 1001n, limit: 5_000n })
      expect(first.data?.kvs).toHaveLength(1_000)
      const rest = await store.call(method.dumpRegion, { regionId: 1001n, offset: 1_000n })
      expect(rest.data?.kvs).toHaveLength(5)
    })

    it('compacts a family, saves a snapshot, and says what it cannot', async () => {
      expect(errorName(await store.call(method.compact, { cfName: 'default' }))).toBe('OK')
      expect(errorName(await store.call(method.compact, {}))).toBe('OK')
      expect(errorName(await store.call(method.compact, { cfName: 'nope' }))).toBe('EILLEGAL_PARAMTETERS')
      expect(errorName(await store.call(method.snapshot, { regionId: 1001n }))).toBe('ERAFT_NOT_NEED_SNAPSHOT')
      expect(errorName(await store.call(method.snapshot, { regionId: 9n }))).toBe('EREGION_NOT_FOUND')
    })
  })
})
