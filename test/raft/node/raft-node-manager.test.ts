import { afterEach, describe, expect, test } from 'vitest'
import type { SandboxError } from '../../../src-main/base/sandbox-error'
import type { Simulation } from '../../../src-main/env/simulated'
import { simulatedEnv } from '../../../src-main/env/simulated'
import type { RaftNode } from '../../../src-main/raft/node/raft-node'
import type { RaftNodeManagerOptions } from '../../../src-main/raft/node/raft-node-manager'
import { RaftNodeManager, STORE_TIMING } from '../../../src-main/raft/node/raft-node-manager'
import type { KeyValueResult } from '../../../src-main/raft/simulation/key-value-state-machine'
import { KeyValueStateMachine, encodeCommand } from '../../../src-main/raft/simulation/key-value-state-machine'
import { InProcessNetwork } from '../../../src-main/raft/transport/in-process-transport'
import { members } from './support/test-group'

const STORES = [1, 2, 3]
const put = encodeCommand({ kind: 'put', key: 'k', value: 'v' })

interface Store {
  readonly manager: RaftNodeManager
  readonly failures: Array<readonly [number, SandboxError]>
}

const simulations: Simulation[] = []

function newStores(options: Partial<RaftNodeManagerOptions> = {}) {
  const simulation = simulatedEnv({ seed: 1 })
  simulations.push(simulation)
  const network = new InProcessNetwork(simulation.clock, simulation.random)
  const stores = STORES.map((id): Store => {
    const { env } = simulation.addNode(String(id))
    const failures: Store['failures'] = []
    const manager = new RaftNodeManager({
      env,
      transport: network.join(id),
      directory: '/store',
      timing: { tickMs: 100, electionTimeoutMs: 1_000, heartbeatMs: 100 },
      onFailure: (regionId, error) => failures.push([regionId, error]),
      onWarning: (regionId, error) => failures.push([regionId, error]),
      ...options,
    })
    return { manager, failures }
  })
  return { simulation, network, stores, disk: (id: number) => simulation.node(String(id)).disk }
}

const openGroup = async (stores: readonly Store[], regionId: number): Promise<Array<RaftNode<KeyValueResult>>> => {
  const initialMembers = members(...STORES)
  const nodes = []
  for (const { manager } of stores) {
    nodes.push(await manager.open({ regionId, stateMachine: new KeyValueStateMachine(), initialMembers }))
  }
  return nodes
}

afterEach(() => {
  for (const simulation of simulations.splice(0)) for (const node of simulation.nodes) node.kill()
})

describe('many groups on three stores', () => {
  test('work side by side on one ticker and one transport', async () => {
    const { simulation, stores } = newStores()
    const groups: Array<Array<RaftNode<KeyValueResult>>> = []
    for (let regionId = 1; regionId <= 50; regionId += 1) groups.push(await openGroup(stores, regionId))
    // One repeating timer a store, however many groups.
    await simulation.clock.settle()
    expect(simulation.clock.pendingCount).toBe(3)
    const leaderOf = (nodes: ReadonlyArray<RaftNode<KeyValueResult>>) => nodes.find(({ isLeader }) => isLeader)
    await simulation.clock.runUntil(() => groups.every((nodes) => leaderOf(nodes) !== undefined), { timeMs: 30_000 })
    const answers = groups.map((nodes) => leaderOf(nodes)!.propose(put))
    await simulation.clock.advance(1_000)
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ kind: 'applied', result: true })
    // Chance spreads the leaders.
    const leaders = new Set(groups.map((nodes) => leaderOf(nodes)!.id))
    expect(leaders.size).toBe(3)
    expect(stores.flatMap(({ failures }) => failures)).toEqual([])
  })

  test('send their heartbeats at the same ticks, whenever their leaders were elected', async () => {
    const timing = { tickMs: 100, electionTimeoutMs: 1_000, heartbeatMs: 300 }
    const { simulation, network, stores } = newStores({ timing })
    const sentAtMs = new Map<number, Set<number>>()
    network.trace = ({ kind, from, message }) => {
      if (kind !== 'sent' || message.kind !== 'raft' || message.message.type !== 'MsgHeartbeat') return
      const times = sentAtMs.get(from) ?? new Set<number>()
      sentAtMs.set(from, times.add(simulation.clock.monotonicMs()))
    }
    for (let regionId = 1; regionId <= 12; regionId += 1) {
      await openGroup(stores, regionId)
      // The next one comes up in another tick.
      await simulation.clock.advance(100)
    }
    await simulation.clock.advance(9_000)
    sentAtMs.clear()
    await simulation.clock.advance(3_000)
    expect([...sentAtMs.keys()].sort()).toEqual(STORES)
    for (const times of sentAtMs.values()) expect(times.size).toBe(10)
  })

  test('campaign at the tick that they drew, between heartbeats too', async () => {
    const timing = { tickMs: 100, electionTimeoutMs: 1_000, heartbeatMs: 500 }
    const { simulation, network, stores } = newStores({ timing })
    const campaignsAtMs = new Set<number>()
    network.trace = ({ kind, message }) => {
      if (kind !== 'sent' || message.kind !== 'raft' || message.message.type !== 'MsgPreVote') return
      campaignsAtMs.add(simulation.clock.monotonicMs())
    }
    for (let regionId = 1; regionId <= 30; regionId += 1) await openGroup(stores, regionId)
    await simulation.clock.advance(3_000)
    const between = [...campaignsAtMs].filter((atMs) => atMs % 500 !== 0)
    expect(between.length).toBeGreaterThan(2)
    for (const atMs of between) expect(atMs % 100).toBe(0)
  })

  test('keep their files under their region ids, and lose them only when told', async () => {
    const { simulation, stores, disk } = newStores({ settings: { keepLogEntries: 0 } })
    const nodes = await openGroup(stores, 17)
    await simulation.clock.runUntil(() => nodes.some(({ applied }) => applied.index > 1), { timeMs: 30_000 })
    await simulation.clock.advance(1_000)
    const saved = nodes[0]!.saveSnapshot()
    await simulation.clock.advance(100)
    await saved
    const paths = () => [...disk(1).visibleFiles().keys()].map((path) => path.replace(/\d{20}.*/, ''))
    expect(new Set(paths())).toEqual(new Set(['/store/raft/17/log_inprogress_', '/store/snapshot/17/snapshot_']))
    const { manager } = stores[0]!
    await manager.remove(17, { deleteFiles: false })
    expect(manager.find(17)).toBeUndefined()
    expect(paths()).not.toEqual([])
    await openGroup([stores[0]!], 17)
    await manager.remove(17, { deleteFiles: true })
    expect(paths()).toEqual([])
  })
})

describe('the manager', () => {
  test('takes a region once', async () => {
    const { stores } = newStores()
    const { manager } = stores[0]!
    const group = { regionId: 5, stateMachine: new KeyValueStateMachine(), initialMembers: members(1) }
    const first = manager.open(group)
    await expect(manager.open(group)).rejects.toMatchObject({ code: 'RAFT_NODE_EXISTS', details: { regionId: 5 } })
    const node = await first
    expect(manager.find(5)).toBe(node)
    await expect(manager.open(group)).rejects.toMatchObject({ code: 'RAFT_NODE_EXISTS' })
    await expect(manager.remove(6, { deleteFiles: true })).rejects.toMatchObject({ code: 'RAFT_NODE_NOT_FOUND' })
  })

  test('hands messages for regions that it does not have to its owner', async () => {
    const unknown: number[] = []
    const { simulation, stores } = newStores({ onUnknownRegion: (_from, { regionId }) => unknown.push(regionId) })
    await openGroup(stores.slice(0, 2), 9)
    await simulation.clock.advance(5_000)
    expect(new Set(unknown)).toEqual(new Set([9]))
  })

  test('tells of a failed node, keeps it for inspection, and can open it anew', async () => {
    const { simulation, stores, disk } = newStores()
    const nodes = await openGroup(stores, 3)
    await openGroup(stores, 4)
    await simulation.clock.advance(5_000)
    const leader = nodes.find(({ isLeader }) => isLeader)!
    const store = stores[leader.id - 1]!
    const fault = disk(leader.id).faults.add({ fault: { kind: 'fail' }, operations: ['sync'], path: '/store/raft/3' })
    const answer = leader.propose(put)
    await simulation.clock.advance(1_000)
    expect(await answer).toMatchObject({ kind: 'unknown' })
    expect(store.failures).toMatchObject([[3, { code: 'RAFT_LOG_FAILED' }]])
    expect(store.manager.find(3)!.status().raftState).toBe('STATE_ERROR')
    expect(['STATE_LEADER', 'STATE_FOLLOWER']).toContain(store.manager.find(4)!.status().raftState)
    fault.remove()
    await store.manager.remove(3, { deleteFiles: false })
    const [again] = await openGroup([store], 3)
    await simulation.clock.advance(5_000)
    expect(again!.status().raftState).toBe('STATE_FOLLOWER')
    expect(again!.leader).not.toBe(0)
  })

  test('lets a member wait out what it may have promised, unless all nodes have just started together', async () => {
    const { simulation, network, stores } = newStores({ settings: { readMode: 'lease' } })
    const nodes = await openGroup(stores, 17)
    await simulation.clock.runUntil(() => nodes.some(({ isLeader }) => isLeader), { timeMs: 30_000 })
    await simulation.clock.advance(1_000)
    const follower = nodes.find(({ isLeader }) => !isLeader)!.id
    await stores[follower - 1]!.manager.close()
    const rolesAfterCampaign = async (manager: RaftNodeManager) => {
      const roles: string[] = []
      for (let opening = 1; opening <= 2; opening += 1) {
        const [node] = await openGroup([{ manager, failures: [] }], 17)
        node!.campaign()
        roles.push(node!.coreStatus().role)
        await manager.remove(17, { deleteFiles: false })
      }
      await manager.close()
      return roles
    }
    const newManager = (startsWithAll: boolean) =>
      new RaftNodeManager({
        env: simulation.node(String(follower)).start(),
        transport: network.join(follower),
        directory: '/store',
        settings: { readMode: 'lease' },
        startsWithAll,
        onFailure: () => undefined,
        onWarning: () => undefined,
      })
    simulation.node(String(follower)).kill()
    expect(await rolesAfterCampaign(newManager(false))).toEqual(['StateFollower', 'StateFollower'])
    simulation.node(String(follower)).kill()
    // When it is opened for the second time it may have promised something to a leader of this start.
    expect(await rolesAfterCampaign(newManager(true))).toEqual(['StatePreCandidate', 'StateFollower'])
  })

  test('stops everything when it is closed', async () => {
    const { simulation, stores } = newStores()
    const nodes = await openGroup(stores, 3)
    await simulation.clock.advance(5_000)
    await Promise.all(stores.map(({ manager }) => manager.close()))
    await stores[0]!.manager.close()
    expect(nodes.map((node) => node.status().raftState)).toEqual(new Array(3).fill('STATE_SHUTDOWN'))
    expect(simulation.clock.pendingCount).toBe(0)
    await expect(openGroup(stores, 4)).rejects.toMatchObject({ code: 'RAFT_NODE_STOPPED' })
  })

  test('counts time as DingoDB does unless told otherwise', () => {
    expect(STORE_TIMING).toMatchObject({ electionTimeoutMs: 15_000, heartbeatMs: 1_500 })
  })
})
