import type { Env } from '../../../src-main/env'
import type { SimulatedDisk } from '../../../src-main/env/simulated'
import { simulatedEnv } from '../../../src-main/env/simulated'
import type { EngineFixture } from '../../../src-main/engine/conformance/engine-conformance'
import type { ReadMode } from '../../../src-main/engine/engine-context'
import type { EngineListener } from '../../../src-main/engine/engine-region'
import { RaftKvEngine } from '../../../src-main/engine/raft-kv/raft-kv-engine'
import { RawMemEngine } from '../../../src-main/engine/raw/memory/raw-mem-engine'
import type { RaftSettings } from '../../../src-main/raft/node/raft-node-options'
import { RaftNodeManager } from '../../../src-main/raft/node/raft-node-manager'
import { InProcessNetwork } from '../../../src-main/raft/transport/in-process-transport'
import type { SandboxError } from '../../../src-main/base/sandbox-error'
import { SimulatedTime } from './simulated-time'
import { TestTimestamps } from './test-timestamps'

export interface ReplicatedFixtureOptions {
  readonly storeIds?: readonly number[]
  readonly readMode?: ReadMode
  readonly seed?: number
  readonly listener?: (storeId: number) => EngineListener
  readonly leaderWaitMs?: number
  readonly settings?: Partial<RaftSettings>
}

interface RunningStore {
  readonly env: Env
  readonly engine: RaftKvEngine
  readonly manager: RaftNodeManager
  readonly rawEngine: RawMemEngine
  readonly timestamps: TestTimestamps
}

/** Stores on simulated machines: real logs and snapshots on simulated disks, raw engines in memory that crashes empty. */
export interface ReplicatedFixture extends EngineFixture {
  store(storeId: number): RunningStore
  disk(storeId: number): SimulatedDisk
  readonly failures: readonly SandboxError[]
}

export async function replicatedFixture(options: ReplicatedFixtureOptions = {}): Promise<ReplicatedFixture> {
  const { storeIds = [20001, 20002, 20003], readMode, seed = 1, listener, leaderWaitMs, settings } = options
  const simulation = simulatedEnv({ seed })
  const time = new SimulatedTime(simulation.clock)
  const network = new InProcessNetwork(simulation.clock, simulation.random.fork('network'))
  network.setAllLinks({ minDelayMs: 1, maxDelayMs: 2 })
  const failures: SandboxError[] = []
  const stores = new Map<number, RunningStore>()

  const open = async (storeId: number, env: Env): Promise<void> => {
    const storage = { disk: env.disk, directory: '/store/data' }
    const rawEngine = await RawMemEngine.open({ columnFamilies: ['meta', 'data', 'lock', 'write'], storage })
    const manager = new RaftNodeManager({
      env,
      transport: network.join(storeId),
      directory: '/store',
      timing: { tickMs: 100, electionTimeoutMs: 1000, heartbeatMs: 200 },
      ...(settings !== undefined && { settings }),
      onFailure: (_regionId, error) => failures.push(error),
      onWarning: (_regionId, error) => failures.push(error),
    })
    const timestamps = new TestTimestamps(() => env.clock.wallTimeMs())
    const engine = new RaftKvEngine({
      env,
      rawEngine,
      raftManager: manager,
      timestamps,
      ...(readMode !== undefined && { readMode }),
      ...(listener !== undefined && { listener: listener(storeId) }),
      ...(leaderWaitMs !== undefined && { leaderWaitMs }),
    })
    stores.set(storeId, { env, engine, manager, rawEngine, timestamps })
  }
  const store = (storeId: number): RunningStore => {
    const running = stores.get(storeId)
    if (running === undefined) throw new Error(`Store ${String(storeId)} does not run.`)
    return running
  }
  const close = async ({ engine, manager, rawEngine }: RunningStore): Promise<void> => {
    await engine.close()
    await manager.close()
    await rawEngine.close()
  }

  for (const storeId of storeIds) await time.settle(open(storeId, simulation.addNode(String(storeId)).env))
  return {
    storeIds,
    store,
    disk: (storeId) => simulation.node(String(storeId)).disk,
    failures,
    engine: (storeId) => store(storeId).engine,
    nowMs: () => simulation.clock.wallTimeMs(),
    advance: (ms) => time.advance(ms),
    settle: (work) => time.settle(work),
    until: (condition) => time.until(condition),
    skewTimestamps: (storeId, ms) => {
      store(storeId).timestamps.skewMs = ms
    },
    restart: async (storeId, how) => {
      const machine = simulation.node(String(storeId))
      if (how === 'crash') machine.crash()
      else {
        await time.settle(close(store(storeId)))
        machine.kill()
      }
      await time.settle(open(storeId, machine.start()))
    },
    cutOff: (...cut) => {
      network.partition(
        cut,
        storeIds.filter((storeId) => !cut.includes(storeId)),
      )
    },
    heal: () => {
      network.healAll()
    },
    dispose: async () => {
      for (const running of stores.values()) await time.settle(close(running))
    },
  }
}
