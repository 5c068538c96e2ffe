import { afterEach, expect, test } from 'vitest'
import { RaftKvEngine } from '../../../src-main/engine/raft-kv/raft-kv-engine'
import { RawMemEngine } from '../../../src-main/engine/raw/memory/raw-mem-engine'
import type { RawEngine } from '../../../src-main/engine/raw'
import type { Simulation } from '../../../src-main/env/simulated'
import { simulatedEnv } from '../../../src-main/env/simulated'
import { RaftNodeManager } from '../../../src-main/raft/node/raft-node-manager'
import { InProcessNetwork } from '../../../src-main/raft/transport/in-process-transport'
import { LocalNetwork } from '../../../src-main/rpc/local-channels'
import { StoreNode } from '../../../src-main/store/store-node'
import { createCommand, deleteCommand, PEERS } from '../support/region-messages'
import { FakeCoordinators, families } from '../support/test-store'

const REGIONS = Array.from({ length: 30 }, (_, i) => i + 1)
const ELECTION_TIMEOUT_MS = 1_000

interface Running {
  readonly node: StoreNode
  readonly manager: RaftNodeManager
  readonly rawEngine: RawEngine
}

const simulations: Simulation[] = []
const problems: Error[] = []

afterEach(() => {
  for (const simulation of simulations.splice(0)) for (const node of simulation.nodes) node.kill()
})

/** Three stores over Raft in one process. */
function newStores() {
  const simulation = simulatedEnv({ seed: 3 })
  simulations.push(simulation)
  const network = new InProcessNetwork(simulation.clock, simulation.random)
  for (const storeId of PEERS) simulation.addNode(String(storeId))
  const startOne = async (storeId: number): Promise<Running> => {
    const { env } = simulation.node(String(storeId))
    const rawEngine = await RawMemEngine.open({
      columnFamilies: families,
      storage: { disk: env.disk, directory: '/data' },
    })
    const note = (_: number, error: Error) => void problems.push(error)
    const manager = new RaftNodeManager({
      env,
      transport: network.join(storeId),
      directory: '/store',
      timing: { tickMs: 100, electionTimeoutMs: ELECTION_TIMEOUT_MS, heartbeatMs: 200 },
      onFailure: note,
      onWarning: note,
    })
    const node = new StoreNode({
      env,
      storeId,
      serverLocation: { host: '127.0.0.1', port: storeId },
      raftLocation: { host: '127.0.0.1', port: storeId + 100 },
      rawEngine,
      createEngine: (dependencies) => new RaftKvEngine({ env, raftManager: manager, ...dependencies }),
      coordinators: new FakeCoordinators(),
      channels: new LocalNetwork(simulation.clock).channels(String(storeId)),
      onFailure: (error) => problems.push(error),
      onWarning: (error) => problems.push(error),
    })
    await node.start()
    return { node, manager, rawEngine }
  }
  const stopOne = async ({ node, manager, rawEngine }: Running): Promise<void> => {
    await node.stop()
    await manager.close()
    await rawEngine.close()
  }
  const all = <Result>(work: (storeId: number) => Promise<Result>) => Promise.all(PEERS.map(work))
  return { simulation, startOne, stopOne, all }
}

const leadEverywhere = (stores: readonly Running[]): boolean =>
  REGIONS.every((regionId) => stores.every(({ node }) => node.regions.find(regionId)?.leaderStoreId !== 0))

test('thirty regions are created, led, brought up again and deleted on three stores', async () => {
  problems.length = 0
  const { simulation, startOne, stopOne, all } = newStores()
  let stores = await all(startOne)
  const until = async (holds: () => boolean) => {
    expect(await simulation.clock.runUntil(holds, { timeMs: 20_000 })).toBe(true)
  }

  const beganMs = simulation.clock.monotonicMs()
  for (const { node } of stores) await node.controller.take(REGIONS.map((regionId) => createCommand(regionId)))
  await until(() => stores.every(({ node }) => node.regions.list().length === REGIONS.length) && leadEverywhere(stores))
  // The first voters asked to lead: nobody waited for an election time-out.
  expect(simulation.clock.monotonicMs() - beganMs).toBeLessThan(ELECTION_TIMEOUT_MS)

  for (const store of stores) await stopOne(store)
  stores = await all(startOne)
  await until(() => leadEverywhere(stores))

  for (const { node } of stores) await node.controller.take(REGIONS.map((regionId) => deleteCommand(regionId)))
  await until(() => stores.every(({ node }) => node.controller.underWay.length === 0))
  for (const { node, manager } of stores) {
    expect(node.regions.list()).toEqual([])
    expect([...manager.nodes]).toEqual([])
  }
  for (const storeId of PEERS) {
    const { disk } = simulation.node(String(storeId)).env
    expect(await disk.list('/store/raft')).toEqual([])
  }
  expect(problems).toEqual([])
  for (const store of stores) await stopOne(store)
})
