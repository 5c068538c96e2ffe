import { afterEach, describe, expect, it } from 'vitest'
import type { Region } from '../../../src-main/rpc/generated/dingodb/common_pb'
import { RegionHeartbeatState, ReplicaStatus, StorageEngine } from '../../../src-main/rpc/generated/dingodb/common_pb'
import type { NodeMountKind } from '../../../src-main/sandbox/node/node-mount'
import { requireCapabilityOfAll } from '../../support/capabilities'
import { keyOf, RealCluster, until } from './real-cluster'

const STORE_1 = 20_001

let cluster: RealCluster
afterEach(() => cluster.remove())

/** A region of the engine with one replica, over the keys that tests write. */
function createMonoRegion(): Promise<number> {
  const range = { startKey: keyOf(''), endKey: new TextEncoder().encode('r-test-.') }
  return cluster.client.regions.create({ name: 'mono', range, engine: 'mono' })
}

// The bundled programs of the nodes: `npm test` builds them first.
describe.each<NodeMountKind>(['inline', 'process'])('a region with one replica on a store mounted by %s', (mount) => {
  requireCapabilityOfAll('rocksdb')

  it('has lost nothing acknowledged after kills under load, and beside a replicated one', async () => {
    cluster = new RealCluster({ mount, topology: { coordinators: 1, stores: 1 } })
    await cluster.start()
    const { host, client } = cluster
    const monoId = await createMonoRegion()
    const replicated = { startKey: new TextEncoder().encode('r-raft-a'), endKey: new TextEncoder().encode('r-raft-z') }
    const raftId = await client.regions.create({ name: 'replicated', range: replicated, replicas: 1 })
    const engineOf = async (regionId: number) => (await client.regions.get(regionId)).definition?.storeEngine
    expect([await engineOf(monoId), await engineOf(raftId)]).toEqual([
      StorageEngine.STORE_ENG_MONO_STORE,
      StorageEngine.STORE_ENG_RAFT_STORE,
    ])
    expect(await host.nodeStatus(STORE_1)).toMatchObject({ regionCount: 2, leaderCount: 2 })
    const inside = client.inspection.inside(host.addresses().stores[0] ?? '')
    expect(await inside.metrics()).toMatchObject({ regionCount: 2n, leaderCount: 2n })
    await expect(inside.raftLog(monoId, { fromIndex: 1, limit: 10 })).rejects.toMatchObject({
      details: { name: 'ENOT_SUPPORT' },
      message: expect.stringMatching(/has no Raft log: its storage engine keeps one copy/),
    })

    const raftKey = new TextEncoder().encode('r-raft-key')
    await client.kv.put(raftKey, new Uint8Array([1]))

    const { writers, stop } = cluster.startWriters(4)
    for (let kills = 0; kills < 2; kills += 1) {
      const seen = writers.acknowledged
      await until(() => writers.acknowledged > seen + 50)
      await host.killNode(STORE_1)
      await host.startNode(STORE_1)
    }
    await stop()
    expect(await writers.check(client)).toEqual([])
    expect(await client.kv.get(raftKey)).toEqual(new Uint8Array([1]))

    const { acknowledged } = writers
    await cluster.close()
    await cluster.start()
    expect(acknowledged).toBeGreaterThan(100)
    expect(await writers.check(cluster.client)).toEqual([])
  }, 60_000)
})

describe('a region with one replica whose store is away', () => {
  requireCapabilityOfAll('rocksdb')

  it('is reported as down, and comes back with its store', async () => {
    cluster = new RealCluster({
      mount: 'inline',
      topology: { coordinators: 1, stores: 2 },
      settings: { storeOfflineMs: 1_500 },
    })
    await cluster.start()
    const { host, client } = cluster
    const regionId = await createMonoRegion()
    await cluster.put('a', 'one')
    const region = (): Promise<Region> => client.regions.get(regionId)
    const leader = Number((await region()).leaderStoreId)
    expect((await region()).definition?.peers.map(({ storeId }) => Number(storeId))).toEqual([leader])

    await host.killNode(leader)
    const { REGION_DOWN, REGION_ONLINE } = RegionHeartbeatState
    await until(async () => (await region()).status?.heartbeatStatus === REGION_DOWN)
    expect((await region()).status?.replicaStatus).toBe(ReplicaStatus.REPLICA_UNAVAILABLE)
    await host.startNode(leader)
    await until(async () => (await region()).status?.heartbeatStatus === REGION_ONLINE)
    expect((await region()).status?.replicaStatus).toBe(ReplicaStatus.REPLICA_NORMAL)
    expect(await cluster.get('a')).toBe('one')
  }, 60_000)
})
