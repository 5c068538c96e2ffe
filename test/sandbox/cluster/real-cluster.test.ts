import { afterEach, describe, expect, it } from 'vitest'
import { requireCapabilityOfAll } from '../../support/capabilities'
import { RealCluster } from './real-cluster'

let cluster: RealCluster
afterEach(() => cluster.remove())

describe('a cluster over gRPC, RocksDB and files, in this thread', () => {
  requireCapabilityOfAll('rocksdb')

  it('of one coordinator and one store serves, and opens again with its data', async () => {
    cluster = new RealCluster({ mount: 'inline', topology: { coordinators: 1, stores: 1 } })
    const report = await cluster.start()
    expect(report.failed).toEqual([])
    await cluster.createRegion()
    await cluster.put('a', 'one')
    expect(await cluster.get('a')).toBe('one')
    await cluster.close()

    await cluster.start()
    expect(await cluster.get('a')).toBe('one')
    await cluster.put('a', 'two')
    expect(await cluster.get('a')).toBe('two')
  })

  it('of three and three outlives the kill of a leader, and a kill of everything', async () => {
    cluster = new RealCluster({ mount: 'inline' })
    await cluster.start()
    const regionId = await cluster.createRegion()
    await cluster.put('a', 'one')
    const leader = await cluster.leaderOf(regionId)
    await cluster.host.killNode(leader)
    await cluster.put('b', 'two')
    expect([await cluster.get('a'), await cluster.get('b')]).toEqual(['one', 'two'])
    await cluster.host.startNode(leader)
    await cluster.host.restartNode(22_001)
    await cluster.put('c', 'three')

    await Promise.all(cluster.host.nodes().map(({ nodeId }) => cluster.host.killNode(nodeId)))
    await cluster.close()
    await cluster.start()
    expect([await cluster.get('a'), await cluster.get('b'), await cluster.get('c')]).toEqual(['one', 'two', 'three'])
  })
})
