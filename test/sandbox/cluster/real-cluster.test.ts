import { afterEach, describe, expect, it } from 'vitest'
import { requireCapabilityOfAll } from '../../support/capabilities'
import { RealCluster, until } from './real-cluster'

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
  it('outlives a leader that is cut off: another one leads, and after healing all agree on everything acknowledged', async () => {
    cluster = new RealCluster({ mount: 'inline' })
    await cluster.start()
    const { host } = cluster
    const regionId = await cluster.createRegion()
    const { writers, stop } = cluster.startWriters(8)
    const progress = async () => {
      const seen = writers.acknowledged
      await until(() => writers.acknowledged > seen + 20)
    }
    await progress()
    const cutOff = await cluster.leaderOf(regionId)
    const others = host.nodes().filter(({ nodeId }) => nodeId !== cutOff)
    await Promise.all(others.map(({ nodeId }) => host.cutLink(cutOff, nodeId)))
    await until(async () => ![0, cutOff].includes(await cluster.leaderOf(regionId)))
    await progress()
    await host.healAll()
    await progress()
    await stop()
    await until(async () => new Set(await cluster.committed(regionId)).size === 1)
    expect(await writers.check(cluster.client)).toEqual([])
  }, 120_000)
})
