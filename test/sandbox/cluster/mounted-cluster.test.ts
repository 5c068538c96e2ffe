import { afterEach, describe, expect, it } from 'vitest'
import type { NodeMountKind } from '../../../src-main/sandbox/node/node-mount'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'
import { StoreService } from '../../../src-main/rpc/generated/dingodb/store_pb'
import { GrpcChannels } from '../../../src-main/rpc/grpc/grpc-channels'
import { requireCapabilityOfAll } from '../../support/capabilities'
import { keyOf, RealCluster, until } from './real-cluster'

const STORE_1 = 20_001
const COORDINATOR_1 = 22_001

let cluster: RealCluster
afterEach(() => cluster.remove())

// The bundled programs of the nodes: `npm test` builds them first.
describe.each<{ readonly mount: NodeMountKind; readonly threads?: number }>([
  { mount: 'inline' },
  { mount: 'worker', threads: 1 },
  { mount: 'worker', threads: 2 },
  { mount: 'process' },
])('a cluster whose nodes are mounted by $mount (threads: $threads)', (where) => {
  requireCapabilityOfAll('rocksdb')

  it('serves, is paused, killed under load and started again, and loses nothing acknowledged', async () => {
    cluster = new RealCluster({ ...where, topology: { coordinators: 1, stores: 1 } })
    await cluster.start()
    const { host } = cluster
    await cluster.createRegion()
    await cluster.put('before', 'x')

    await host.pauseNode(STORE_1)
    let isAnswered = false
    const waiting = cluster.put('paused', 'x').then(() => {
      isAnswered = true
    })
    // The coordinator still answers, and by then the store would have, too.
    for (let round = 0; round < 20; round++) await cluster.client.regions.list()
    expect(isAnswered).toBe(false)
    await host.resumeNode(STORE_1)
    await waiting

    const acknowledged: string[] = ['before', 'paused']
    let isKilled = false
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let round = 0; !isKilled; round++) {
        const name = `${String(writer)}-${String(round)}`
        await cluster.put(name, name)
        acknowledged.push(name)
      }
    })
    while (acknowledged.length < 100) await cluster.get('before')
    isKilled = true
    // With writes under way: in a thread of this very process they must not take it down.
    await host.killNode(STORE_1)
    expect(host.nodes().find(({ nodeId }) => nodeId === STORE_1)?.state).toBe('killed')
    await host.startNode(STORE_1)
    await Promise.all(writers)
    for (const name of acknowledged) expect(await cluster.get(name), name).toBeDefined()
    expect(await host.nodeStatus(STORE_1)).toMatchObject({ nodeId: STORE_1, state: 'running', regionCount: 1 })
  })

  it('hears nothing of what a paused majority has been told, and is killed and started again while it is paused', async () => {
    cluster = new RealCluster({ ...where, topology: { coordinators: 1, stores: 3 } })
    await cluster.start()
    const { host } = cluster
    const regionId = await cluster.createRegion()
    await cluster.put('before', 'x')
    const leader = await cluster.leaderOf(regionId)
    const [one, other] = host.nodes().filter(({ role, nodeId }) => role === 'store' && nodeId !== leader)
    await host.pauseNode(one!.nodeId)
    await host.pauseNode(other!.nodeId)
    let isAnswered = false
    const waiting = cluster.put('paused', 'x').then(() => {
      isAnswered = true
    })
    for (let round = 0; round < 20; round++) await cluster.client.regions.list()
    expect(isAnswered).toBe(false)
    await host.killNode(one!.nodeId)
    await host.resumeNode(other!.nodeId)
    await waiting
    await host.startNode(one!.nodeId)
    await until(async () => new Set(await cluster.committed(regionId)).size === 1)
    expect(await cluster.get('paused')).toBe('x')
  })

  it('is gone after a kill though it waited, paused, for the answer to a call', async () => {
    const settings = { storeHeartbeatMs: 50 }
    cluster = new RealCluster({ ...where, settings, topology: { coordinators: 1, stores: 1 } })
    await cluster.start()
    const { host } = cluster
    await host.pauseNode(COORDINATOR_1)
    // By then a heartbeat is under way that nobody answers.
    await cluster.env.clock.sleep(10 * settings.storeHeartbeatMs)
    await host.pauseNode(STORE_1)
    await host.killNode(STORE_1)
    await host.startNode(STORE_1)
    expect(await host.nodeStatus(STORE_1)).toMatchObject({ state: 'running' })
    await host.resumeNode(COORDINATOR_1)
    await cluster.createRegion()
  })

  it('cuts a node off and heals it', async () => {
    cluster = new RealCluster({ ...where, topology: { coordinators: 1, stores: 1 } })
    await cluster.start()
    const { host } = cluster
    await cluster.createRegion()
    await host.cutLink(STORE_1, 22_001)
    await expect(
      cluster.client.regions.create({ name: 'cut', replicas: 1, range: otherRange }, { timeoutMs: 1_000 }),
    ).rejects.toThrow()
    await host.healAll()
    await cluster.put('after', 'x')
  })
})

describe.each([1, 4])('a cluster of %i threads whose stores come and go', (threads) => {
  requireCapabilityOfAll('rocksdb')

  it('goes on taking writes, and loses none, while each is killed, restarted and paused', async () => {
    cluster = new RealCluster({ mount: 'worker', threads, topology: { coordinators: 1, stores: 3 } })
    await cluster.start()
    const { host } = cluster
    const regionId = await cluster.createRegion()
    const { writers, stop } = cluster.startWriters(8)
    const progress = async () => {
      const seen = writers.acknowledged
      await until(() => writers.acknowledged > seen + 20)
    }
    for (const store of host.nodes().filter(({ role }) => role === 'store')) {
      await host.killNode(store.nodeId)
      await progress()
      await host.startNode(store.nodeId)
      await progress()
      await host.pauseNode(store.nodeId)
      await progress()
      await host.resumeNode(store.nodeId)
      await progress()
      await host.restartNode(store.nodeId)
      await progress()
    }
    await stop()
    await until(async () => new Set(await cluster.committed(regionId)).size === 1)
    expect(await writers.check(cluster.client)).toEqual([])
  }, 180_000)
})

describe.each<NodeMountKind>(['worker', 'process'])('a leader that is paused, mounted by %s', (mount) => {
  requireCapabilityOfAll('rocksdb')

  it('does not answer from the lease that it had before', async () => {
    cluster = new RealCluster({ mount, topology: { coordinators: 1, stores: 3 } })
    await cluster.start()
    const { host } = cluster
    const regionId = await cluster.createRegion()
    await cluster.put('k', 'old')
    // On the lease, so that nothing but time keeps it from being answered again.
    expect(await cluster.get('k')).toBe('old')
    const leader = await cluster.leaderOf(regionId)
    const { definition } = await cluster.client.regions.get(regionId)
    await host.pauseNode(leader)
    const channels = new GrpcChannels({ env: cluster.env, timeoutMs: 60_000 })
    try {
      const address = host.nodes().find(({ nodeId }) => nodeId === leader)?.serverAddress ?? ''
      const context = { regionId: BigInt(regionId), regionEpoch: definition!.epoch! }
      const held = channels.to(address).unary(StoreService.method.kvGet, { context, key: keyOf('k') })
      held.catch(() => undefined)
      // Taken by the leader that the others elect.
      await cluster.put('k', 'new')
      await host.resumeNode(leader)
      const { error, value } = await held
      if (error === undefined || error.errcode === Errno.OK) expect(new TextDecoder().decode(value)).toBe('new')
      else expect(error.errcode).toBe(Errno.ERAFT_NOTLEADER)
    } finally {
      await channels.close()
    }
    expect(await cluster.get('k')).toBe('new')
  })
})

const otherRange = { startKey: new TextEncoder().encode('r-other-a'), endKey: new TextEncoder().encode('r-other-b') }
