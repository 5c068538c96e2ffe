import { beforeEach, describe, expect, it } from 'vitest'
import { SandboxError } from '../../../src-main/base/sandbox-error'
import { StoreState } from '../../../src-main/rpc/generated/dingodb/common_pb'
import type { ClusterEvent, ClusterProgress } from '../../../src-main/sandbox/cluster/cluster-events'
import type { ClusterHost } from '../../../src-main/sandbox/cluster/cluster-host'
import { FakeCluster } from './fake-cluster'

const STORE_1 = 20_001
const STORE_2 = 20_002
const COORDINATOR_1 = 22_001

let cluster: FakeCluster
let host: ClusterHost
beforeEach(async () => {
  cluster = new FakeCluster()
  host = await cluster.open()
})

const stateOf = (nodeId: number) => host.nodes().find((node) => node.nodeId === nodeId)?.state
const never = new Promise<never>(() => undefined)

describe('starting a cluster', () => {
  it('tells where it is reached before anything runs', () => {
    expect(host.addresses()).toEqual({
      coordinators: ['127.0.0.1:22001', '127.0.0.1:22002', '127.0.0.1:22003'],
      stores: ['127.0.0.1:20001', '127.0.0.1:20002', '127.0.0.1:20003'],
    })
    expect(new Set(host.nodes().map(({ state }) => state))).toEqual(new Set(['stopped']))
  })

  it('gives every node its own folder, both ports and all coordinators', async () => {
    await cluster.run(host.start())
    expect(cluster.life('store-2').config).toMatchObject({
      nodeId: STORE_2,
      clusterId: host.clusterId,
      directory: '/w/store-2',
      server: { host: '127.0.0.1', port: 20_002 },
      raft: { host: '127.0.0.1', port: 20_102 },
      coordinators: [{ nodeId: 22_001 }, { nodeId: 22_002 }, { nodeId: 22_003 }],
    })
  })

  it('tells nodes whether all of them start together, with nothing left of an earlier start', async () => {
    const startsWithAll = () =>
      ['coordinator-1', 'store-1', 'store-2'].map((name) => cluster.life(name).config?.startsWithAll)
    await cluster.run(host.start())
    expect(startsWithAll()).toEqual([true, true, true])
    await cluster.run(host.restartNode(STORE_1))
    expect(startsWithAll()).toEqual([true, false, true])
    await cluster.run(host.killNode(STORE_2))
    await cluster.run(host.startNode(STORE_2))
    expect(startsWithAll()).toEqual([true, false, false])
    await cluster.run(host.stop())
    await cluster.run(host.start())
    expect(startsWithAll()).toEqual([true, true, true])
    // A killed node may still be ending when the others start.
    await cluster.run(host.killNode(STORE_2))
    await cluster.run(host.stop())
    await cluster.run(host.start())
    expect(startsWithAll()).toEqual([false, false, false])
  })

  it('is ready when a coordinator leads and knows every store as NORMAL at its present address', async () => {
    const progress: ClusterProgress[] = []
    const startedMs = cluster.clock.monotonicMs()
    const afterMs = (ms: number) => cluster.clock.monotonicMs() - startedMs >= ms
    cluster.leads = (address) => afterMs(200) && address.endsWith(':22002')
    cluster.storeState = (address) => {
      if (!address.endsWith(':20003')) return StoreState.STORE_NORMAL
      return afterMs(400) ? StoreState.STORE_NORMAL : StoreState.STORE_OFFLINE
    }
    const report = await cluster.run(host.start((step) => progress.push(step)))
    expect(report.leaderMs).toBeGreaterThanOrEqual(200)
    expect(report.readyMs).toBeGreaterThanOrEqual(400)
    expect(report.failed).toEqual([])
    expect(progress.map(({ phase }) => phase).filter((phase, at, all) => phase !== all[at - 1])).toEqual([
      'nodes',
      'leader',
      'stores',
      'ready',
    ])
    expect(progress.filter(({ phase }) => phase === 'stores').map(({ done }) => done)).toEqual([2, 3])
  })

  it('goes on without a node that does not come up, and tells why', async () => {
    cluster.prepare = (name, mount) => {
      if (name === 'store-1') mount.starting = Promise.reject(new SandboxError('ENGINE_OPEN_FAILED', 'It is damaged.'))
    }
    const report = await cluster.run(host.start())
    expect(report.failed).toMatchObject([
      { name: 'store-1', state: 'failed', lastError: { code: 'ENGINE_OPEN_FAILED', message: 'It is damaged.' } },
    ])
    expect(stateOf(STORE_2)).toBe('running')
  })

  it('takes other ports for all when one was taken between the look at it and its use', async () => {
    // Somebody holds it from now on.
    const holder = await cluster.env.network.bind('127.0.0.1:20101', () => undefined)
    cluster.prepare = (name, mount) => {
      const taken = new SandboxError('NETWORK_ADDRESS_IN_USE', 'The address 127.0.0.1:20101 cannot be bound.')
      if (name === 'store-1' && cluster.lives.get(name)?.length === 1) mount.starting = Promise.reject(taken)
    }
    const warnings: ClusterEvent[] = []
    host.subscribe((event) => event.kind === 'warning' && warnings.push(event))
    const report = await cluster.run(host.start())
    expect(report.failed).toEqual([])
    expect(host.portChanges).toMatchObject([{ nodeId: STORE_1, use: 'raft', wantedPort: 20_101 }])
    expect(warnings).toMatchObject([{ nodeId: STORE_1, warning: { code: 'NETWORK_ADDRESS_IN_USE' } }])
    const port = host.portChanges[0]?.chosenPort
    expect(cluster.life('store-1').config?.raft.port).toBe(port)
    // The others know where it is now.
    expect(cluster.lives.get('store-2')).toHaveLength(2)
    expect(cluster.life('store-2').config?.stores[0]?.raft.port).toBe(port)
    const stored = new TextDecoder().decode(await cluster.env.disk.readFile('/w/workspace.json'))
    expect(JSON.parse(stored)).toMatchObject({ ports: [{}, {}, {}, { nodeId: STORE_1, raftPort: port }, {}, {}] })
    await holder.close()
  })

  it('fails at once, with the reasons, when the coordinators that came up are no majority', async () => {
    cluster.prepare = (name, mount) => {
      if (/coordinator-[12]/.test(name)) mount.starting = Promise.reject(new Error(`${name} has no disk`))
    }
    await expect(cluster.run(host.start())).rejects.toMatchObject({
      code: 'CLUSTER_NOT_READY',
      message: expect.stringContaining('coordinator-2 has no disk') as string,
    })
  })

  it('fails after a while when nobody leads', async () => {
    cluster.leads = () => false
    await expect(cluster.run(host.start())).rejects.toMatchObject({
      code: 'CLUSTER_NOT_READY',
      message: expect.stringContaining('no leader') as string,
    })
  })

  it('is given up when the host closes meanwhile', async () => {
    cluster.leads = () => false
    const starting = host.start()
    starting.catch(() => undefined)
    await cluster.clock.runUntil(() => stateOf(STORE_1) === 'running')
    await cluster.run(host.close())
    await expect(starting).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})

describe('the life of a node', () => {
  beforeEach(() => cluster.run(host.start()).then(() => undefined))

  it('shows an end that nobody asked for, with its reason', () => {
    const events: ClusterEvent[] = []
    host.subscribe((event) => events.push(event))
    const error = new SandboxError('NODE_FAILED', 'Its process ended with code 7.').serialize()
    cluster.life('store-1').exit({ kind: 'failed', error })
    expect(events).toMatchObject([{ kind: 'node', node: { name: 'store-1', state: 'failed', lastError: error } }])
    expect(stateOf(STORE_2)).toBe('running')
  })

  it('shows a failed part, and clears the remains away before it starts again', async () => {
    const first = cluster.life('store-1')
    first.listener.onFailure(new SandboxError('RAFT_LOG_FAILED', 'The log failed.'))
    expect(stateOf(STORE_1)).toBe('failed')
    await host.startNode(STORE_1)
    expect(first.calls).toEqual(['start', 'kill', 'exit'])
    expect(stateOf(STORE_1)).toBe('running')
    expect(host.nodes().find(({ nodeId }) => nodeId === STORE_1)?.lastError).toBeUndefined()
  })

  it('starts anew after a kill only when nothing of the old life is left', async () => {
    const first = cluster.life('store-1')
    let closed: () => void = () => undefined
    first.closing = new Promise<void>((resolve) => (closed = resolve))
    await host.killNode(STORE_1)
    expect(stateOf(STORE_1)).toBe('killed')
    const starting = host.startNode(STORE_1)
    await cluster.clock.runUntil(() => false, { timeMs: 100 })
    expect(cluster.life('store-1')).toBe(first)
    closed()
    await starting
    expect(cluster.life('store-1')).not.toBe(first)
    expect(stateOf(STORE_1)).toBe('running')
  })

  it('does one operation after the other', async () => {
    const first = cluster.life('store-1')
    let stopped: () => void = () => undefined
    first.stopping = new Promise<void>((resolve) => (stopped = resolve))
    const operations = [
      host.stopNode(STORE_1),
      host.startNode(STORE_1),
      host.stopNode(STORE_1),
      host.startNode(STORE_1),
    ]
    await cluster.clock.runUntil(() => false, { timeMs: 100 })
    expect(cluster.lives.get('store-1')).toHaveLength(1)
    stopped()
    await Promise.all(operations)
    expect(cluster.lives.get('store-1')?.map(({ calls }) => calls)).toEqual([
      ['start', 'hand over and stop', 'exit'],
      ['start', 'hand over and stop', 'exit'],
      ['start'],
    ])
  })

  it('kills a node whose orderly end hangs', async () => {
    cluster.life('store-1').stopping = never
    const stopping = host.stopNode(STORE_1)
    await cluster.clock.runUntil(() => stateOf(STORE_1) === 'stopping')
    await host.killNode(STORE_1)
    // The kill closed it, so the stop is over as well.
    await cluster.run(stopping)
    expect(stateOf(STORE_1)).toBe('killed')
  })

  it('kills by itself, with a warning, what does not stop in time', async () => {
    const warnings: ClusterEvent[] = []
    host.subscribe((event) => event.kind === 'warning' && warnings.push(event))
    cluster.life('store-1').stopping = never
    await cluster.run(host.stopNode(STORE_1))
    expect(stateOf(STORE_1)).toBe('killed')
    expect(warnings).toMatchObject([{ nodeId: STORE_1, warning: { code: 'NODE_FAILED' } }])
  })

  it('pauses, and lets a paused node go on before it stops it', async () => {
    await host.pauseNode(STORE_1)
    expect(stateOf(STORE_1)).toBe('paused')
    await expect(host.startNode(STORE_1)).rejects.toMatchObject({ code: 'NODE_WRONG_STATE' })
    await host.stopNode(STORE_1)
    expect(cluster.life('store-1').calls).toEqual(['start', 'pause', 'resume', 'hand over and stop', 'exit'])
    await expect(host.pauseNode(STORE_1)).rejects.toMatchObject({ code: 'NODE_WRONG_STATE' })
  })

  it('names the nodes that there are when another one is asked for', async () => {
    await expect(host.startNode(7)).rejects.toMatchObject({
      code: 'NODE_NOT_FOUND',
      message: expect.stringContaining('22001') as string,
    })
  })
})

describe('links', () => {
  beforeEach(() => cluster.run(host.start()).then(() => undefined))

  it('are cut at both ends, in both directions', async () => {
    await host.cutLink(STORE_1, STORE_2)
    expect(cluster.life('store-1').rules).toEqual([
      { peer: STORE_2, direction: 'outgoing', cut: true, delayMs: 0 },
      { peer: STORE_2, direction: 'incoming', cut: true, delayMs: 0 },
    ])
    expect(cluster.life('store-2').rules).toHaveLength(2)
    await host.healLink(STORE_1, STORE_2)
    expect(
      cluster
        .life('store-2')
        .rules.slice(2)
        .map(({ cut }) => cut),
    ).toEqual([false, false])
    expect(host.cutLinks).toEqual([])
  })

  it('can be cut one way', async () => {
    await host.cutLink(STORE_1, COORDINATOR_1, 'one-way')
    expect(cluster.life('store-1').rules).toMatchObject([{ peer: COORDINATOR_1, direction: 'outgoing' }])
    expect(cluster.life('coordinator-1').rules).toMatchObject([{ peer: STORE_1, direction: 'incoming' }])
    expect(host.cutLinks).toEqual([{ from: STORE_1, to: COORDINATOR_1 }])
  })

  it('are late at the sender, over restarts and beside cuts, until that is ended', async () => {
    const outgoing = { peer: STORE_2, direction: 'outgoing' }
    await host.delayLink(STORE_1, STORE_2, 250, 'one-way')
    expect(cluster.life('store-1').rules).toEqual([{ ...outgoing, cut: false, delayMs: 250 }])
    expect(cluster.life('store-2').rules).toMatchObject([{ direction: 'incoming', cut: false, delayMs: 0 }])
    expect(host.delayedLinks).toEqual([{ from: STORE_1, to: STORE_2, delayMs: 250 }])
    await host.cutLink(STORE_1, STORE_2, 'one-way')
    await host.restartNode(STORE_1)
    expect(cluster.life('store-1').rules).toEqual([{ ...outgoing, cut: true, delayMs: 250 }])
    await host.healLink(STORE_1, STORE_2)
    expect([host.cutLinks, host.delayedLinks.length]).toEqual([[], 1])
    expect(cluster.life('store-1').rules.at(-1)).toEqual({ ...outgoing, cut: false, delayMs: 250 })
    await host.healAll()
    expect(host.delayedLinks).toEqual([])
    expect(cluster.life('store-1').rules.at(-1)).toEqual({ ...outgoing, cut: false, delayMs: 0 })
    await expect(host.delayLink(STORE_1, STORE_2, -1)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })

  it('stay cut over a restart, from its first message on', async () => {
    await host.cutLink(STORE_1, STORE_2)
    await host.restartNode(STORE_1)
    expect(cluster.lives.get('store-1')).toHaveLength(2)
    expect(cluster.life('store-1').rules).toMatchObject([{ direction: 'outgoing' }, { direction: 'incoming' }])
    await host.healAll()
    await host.restartNode(STORE_1)
    expect(cluster.life('store-1').rules).toEqual([])
  })

  it('of a paused node change when it goes on', async () => {
    await host.pauseNode(STORE_1)
    await host.cutLink(STORE_1, STORE_2)
    await host.healLink(STORE_1, STORE_2, 'one-way')
    expect(cluster.life('store-1').rules).toEqual([])
    await host.resumeNode(STORE_1)
    const { rules } = cluster.life('store-1')
    expect(rules.map(({ direction, cut }) => ({ direction, cut }))).toEqual([
      { direction: 'outgoing', cut: true },
      { direction: 'incoming', cut: true },
      { direction: 'outgoing', cut: false },
    ])
  })

  it('lead from one node to another one', async () => {
    await expect(host.cutLink(STORE_1, STORE_1)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    await expect(host.cutLink(STORE_1, 9)).rejects.toMatchObject({ code: 'NODE_NOT_FOUND' })
  })
})

describe('ending a cluster', () => {
  it('stops the stores before the coordinators, and lets go of the workspace', async () => {
    await cluster.run(host.start())
    let stopped: () => void = () => undefined
    cluster.life('store-3').stopping = new Promise<void>((resolve) => (stopped = resolve))
    const closing = host.close()
    await cluster.clock.runUntil(() => false, { timeMs: 100 })
    expect(cluster.life('store-1').calls).toContain('exit')
    expect(cluster.life('coordinator-1').calls).toEqual(['start'])
    stopped()
    await cluster.run(closing)
    expect(cluster.life('coordinator-1').calls).toEqual(['start', 'stop', 'exit'])
    await host.close()
    await (await cluster.open()).close()
  })

  it('takes no more starts', async () => {
    await cluster.run(host.start())
    await cluster.run(host.close())
    await expect(host.startNode(STORE_1)).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})
