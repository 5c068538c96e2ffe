import { RaftKvEngine } from '../../../../src-main/engine/raft-kv/raft-kv-engine'
import type { RawEngine } from '../../../../src-main/engine/raw'
import { RawMemEngine } from '../../../../src-main/engine/raw/memory/raw-mem-engine'
import type { Simulation } from '../../../../src-main/env/simulated'
import { simulatedEnv } from '../../../../src-main/env/simulated'
import { RaftNodeManager } from '../../../../src-main/raft/node/raft-node-manager'
import { InProcessNetwork } from '../../../../src-main/raft/transport/in-process-transport'
import { StoreNode } from '../../../../src-main/store/store-node'
import type { StoreNodeOptions } from '../../../../src-main/store/store-node-options'
import { TestTimestamps } from '../../../engine/support/test-timestamps'
import { PEERS } from '../../support/region-messages'
import { FakeCoordinators, families } from '../../support/test-store'

export const ELECTION_TIMEOUT_MS = 1_000

/** A store over Raft, with all that it is made of. */
export interface RaftStore {
  readonly storeId: number
  readonly node: StoreNode
  readonly engine: RaftKvEngine
  readonly manager: RaftNodeManager
  readonly rawEngine: RawEngine
  readonly failures: Error[]
  readonly warnings: Error[]
}

/** Three stores over Raft in one process, each on a simulated machine of its own. */
export interface RaftStores {
  readonly simulation: Simulation
  startOne(storeId: number, options?: Partial<StoreNodeOptions>): Promise<RaftStore>
  stopOne(store: RaftStore): Promise<void>
  all<Result>(work: (storeId: number) => Promise<Result>): Promise<Result[]>
  /** Lets virtual time pass until something holds. */
  until(holds: () => boolean): Promise<void>
  /** Waits for work, letting as much virtual time pass as it needs. */
  settle<Result>(work: Promise<Result>): Promise<Result>
}

export function newRaftStores(): RaftStores {
  const simulation = simulatedEnv({ seed: 3 })
  const network = new InProcessNetwork(simulation.clock, simulation.random)
  for (const storeId of PEERS) simulation.addNode(String(storeId))

  const startOne: RaftStores['startOne'] = async (storeId, options = {}) => {
    const { env } = simulation.node(String(storeId))
    const storage = { disk: env.disk, directory: '/data' }
    const rawEngine = await RawMemEngine.open({ columnFamilies: families, storage })
    const timestamps = new TestTimestamps(() => env.clock.wallTimeMs())
    const failures: Error[] = []
    const warnings: Error[] = []
    const manager = new RaftNodeManager({
      env,
      transport: network.join(storeId),
      directory: '/store',
      timing: { tickMs: 100, electionTimeoutMs: ELECTION_TIMEOUT_MS, heartbeatMs: 200 },
      // A store is told by its engine.
      onFailure: () => undefined,
      onWarning: (_, error) => warnings.push(error),
    })
    let engine: RaftKvEngine | undefined
    const node = new StoreNode({
      env,
      storeId,
      serverLocation: { host: '127.0.0.1', port: storeId },
      raftLocation: { host: '127.0.0.1', port: storeId + 100 },
      rawEngine,
      createEngines: (dependencies) => [
        (engine = new RaftKvEngine({ ...dependencies, env, raftManager: manager, timestamps })),
      ],
      coordinators: new FakeCoordinators(),
      onFailure: (error) => failures.push(error),
      onWarning: (error) => warnings.push(error),
      ...options,
    })
    if (engine === undefined) throw new Error('the node makes its engines at once')
    await node.start()
    return { storeId, node, engine, manager, rawEngine, failures, warnings }
  }
  const until: RaftStores['until'] = async (holds) => {
    await simulation.clock.settle()
    if (!holds()) await simulation.clock.runUntil(holds, { timeMs: 30_000 })
    if (!holds()) throw new Error('what was waited for did not come in 30 s of virtual time')
  }
  return {
    simulation,
    startOne,
    stopOne: async ({ node, manager, rawEngine }) => {
      await node.stop()
      await manager.close()
      await rawEngine.close()
    },
    all: (work) => Promise.all(PEERS.map(work)),
    until,
    settle: async (work) => {
      let isSettled = false
      const settled = (): void => void (isSettled = true)
      work.then(settled, settled)
      await until(() => isSettled)
      return work
    },
  }
}
