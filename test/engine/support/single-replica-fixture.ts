import { SimulatedClock } from '../../../src-main/env/simulated'
import type { EngineFixture } from '../../../src-main/engine/conformance/engine-conformance'
import type { Engine } from '../../../src-main/engine/engine'
import type { RawEngine } from '../../../src-main/engine/raw/raw-engine'
import type { SingleReplicaEngineOptions } from '../../../src-main/engine/single-replica/single-replica-engine'
import { TestTimestamps } from './test-timestamps'

const STORE_ID = 20001

/** One store over a raw engine that may use the machine's own disk; only wall time is simulated. */
export async function singleReplicaFixture(
  create: (options: SingleReplicaEngineOptions) => Engine,
  openRawEngine: () => Promise<RawEngine>,
  removeData: () => Promise<void>,
): Promise<EngineFixture> {
  const clock = new SimulatedClock()
  const open = async () => {
    const rawEngine = await openRawEngine()
    const timestamps = new TestTimestamps(() => clock.wallTimeMs())
    return { rawEngine, timestamps, engine: create({ env: { clock }, rawEngine, timestamps, storeId: STORE_ID }) }
  }
  let running = await open()
  const close = async () => {
    await running.engine.close()
    await running.rawEngine.close()
  }
  return {
    storeIds: [STORE_ID],
    engine: () => running.engine,
    nowMs: () => clock.wallTimeMs(),
    advance: async (ms) => {
      clock.setTimer(ms, () => undefined)
      await clock.runUntil(() => false, { timeMs: ms })
    },
    settle: (work) => work,
    until: async (condition) => {
      if (!condition()) throw new Error('There is nobody who could make it true.')
    },
    skewTimestamps: (_storeId, ms) => {
      running.timestamps.skewMs = ms
    },
    restart: async () => {
      await close()
      running = await open()
    },
    cutOff: () => undefined,
    heal: () => undefined,
    dispose: async () => {
      await close()
      await removeData()
    },
  }
}
