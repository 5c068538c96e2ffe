import { describe, expect, it } from 'vitest'
import { isReadingMethod } from '../../src-main/client/read-only-channels'
import { CoordinatorService } from '../../src-main/rpc/generated/dingodb/coordinator_pb'
import { DebugService } from '../../src-main/rpc/generated/dingodb/debug_pb'
import { MetaService } from '../../src-main/rpc/generated/dingodb/meta_pb'
import { NodeService } from '../../src-main/rpc/generated/dingodb/node_pb'
import { StoreService } from '../../src-main/rpc/generated/dingodb/store_pb'
import { bytes, FakeCluster } from './support/fake-cluster'

const services = [CoordinatorService, DebugService, MetaService, NodeService, StoreService]
const methods = services.flatMap(({ typeName, methods: all }) => all.map(({ name }) => ({ typeName, name })))

describe('a client for reading only', () => {
  it('reads, and refuses before anything is sent whatever may change the cluster', async () => {
    const cluster = new FakeCluster()
    cluster.regions.push({ id: 1, start: 'wa', end: 'wz', version: 1, leader: 0 })
    cluster.pairs.set('wb', bytes('1'))
    const client = cluster.client({ readOnly: true })
    expect(await client.kv.get(bytes('wb'))).toEqual(bytes('1'))
    const key = bytes('wb')
    const changes = [
      () => client.kv.put(key, key),
      () => client.kv.batchPut([{ key, value: key }]),
      () => client.kv.putIfAbsent(key, key),
      () => client.kv.compareAndSet(key, key, key),
      () => client.kv.delete(key),
      () => client.kv.deleteRange({ startKey: bytes('wa'), endKey: bytes('wz') }),
      () => client.tables.create({ name: 't' }),
      () => client.regions.create({ name: 'r', range: { startKey: bytes('w'), endKey: bytes('x') } }),
      () => client.regions.drop(1),
    ]
    for (const change of changes) await expect(change()).rejects.toMatchObject({ code: 'CLIENT_READ_ONLY' })
    expect(cluster.stores[0]?.calls).toEqual(['kvGet'])
    expect(cluster.droppedRegions).toEqual([])
  })

  it('calls no method whose name says that it changes something', () => {
    const allowed = methods.filter(({ typeName, name }) => isReadingMethod(`${typeName}.${name}`))
    const readingName =
      /^(?:Get|List|Hello|Query|Scan|KvGet|KvBatchGet|KvScan|TxnGet|TxnBatchGet|TxnScan|Txn?Dump|Dump|Debug$|Show|Trace|DingoMetrics|CheckVectorIndex)/
    expect(allowed.filter(({ name }) => !readingName.test(name))).toEqual([])
    expect(allowed.length).toBeGreaterThan(60)
  })

  it.each([
    'QueryRegion',
    'ScanRegions',
    'GetJobList',
    'GetTableRange',
    'GetRaftStatus',
    'DumpRegion',
    'KvScanContinueV2',
  ])('may call %s', (name) => {
    const method = methods.find((each) => each.name === name)
    expect(isReadingMethod(`${method?.typeName ?? ''}.${name}`)).toBe(true)
  })
})

describe('inspection', () => {
  it('shows the cluster, and each node by itself', async () => {
    const cluster = new FakeCluster()
    const { inspection } = cluster.client({ readOnly: true })
    expect((await inspection.storeMap())?.stores.map(({ id }) => id)).toEqual([20_001n, 20_002n, 20_003n])
    expect((await inspection.coordinatorMap()).coordinatorLocations).toHaveLength(2)
    expect((await inspection.node('store-1:1').nodeInfo())?.id).toBe(20_002n)
    await expect(inspection.node('store-1:1').raftStatus([1])).rejects.toMatchObject({ code: 'DINGODB_ERROR' })
  })
})
