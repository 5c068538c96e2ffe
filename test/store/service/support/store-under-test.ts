import type { DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { Engine } from '../../../../src-main/engine/engine'
import { noProbe } from '../../../../src-main/flow/flow-probe'
import type { WriteMoments } from '../../../../src-main/engine/write-data'
import type { EngineContext } from '../../../../src-main/engine/engine-context'
import { MemEngine } from '../../../../src-main/engine/memory/mem-engine'
import { RawMemEngine } from '../../../../src-main/engine/raw/memory/raw-mem-engine'
import { SeededRandom } from '../../../../src-main/env/seeded-random'
import { SimulatedClock } from '../../../../src-main/env/simulated/simulated-clock'
import type { Error as WireError } from '../../../../src-main/rpc/generated/dingodb/error_pb'
import { Errno } from '../../../../src-main/rpc/generated/dingodb/error_pb'
import { StoreService } from '../../../../src-main/rpc/generated/dingodb/store_pb'
import { ServiceRegistry } from '../../../../src-main/rpc/service-registry'
import { StoreMetrics } from '../../../../src-main/store/inspection/store-metrics'
import type { ScanLimits } from '../../../../src-main/store/scan/scan-sessions'
import { ScanSessions } from '../../../../src-main/store/scan/scan-sessions'
import { RequestsUnderWay } from '../../../../src-main/store/service/requests-under-way'
import type { StoreServiceSettings } from '../../../../src-main/store/service/service-settings'
import { defaultStoreServiceSettings } from '../../../../src-main/store/service/service-settings'
import { createStoreService } from '../../../../src-main/store/service/store-service'
import { Storage } from '../../../../src-main/store/storage/storage'
import { TestRegion, TestRegions } from './test-region'

export const STORE_ID = 20_001
export const REGION_ID = 1001

/** An error with which the engine answers the next call of a kind instead of doing it. */
interface EngineFault {
  write?: unknown
  newReader?: unknown
  /** Awaited before a reader is given. */
  beforeReader?: () => void | Promise<void>
  /** What a write tells of its way through the log. */
  moments?: WriteMoments
  /** Awaited before a write is done. */
  beforeWrite?: () => void | Promise<void>
}

/**
 * The services of a store over a real engine in memory, called with encoded messages. The region 1001 holds `wa` to `wz`; the
 * stores 20001 to 20003 are at 10.0.0.1.
 */
export async function storeUnderTest(
  options: { readonly settings?: Partial<StoreServiceSettings>; readonly limits?: Partial<ScanLimits> } = {},
) {
  const clock = new SimulatedClock()
  const rawEngine = await RawMemEngine.open({ columnFamilies: ['meta'] })
  let lastTs = 0n
  const engine = new MemEngine({
    env: { clock },
    rawEngine,
    storeId: STORE_ID,
    timestamps: { next: (after) => (lastTs = (after > lastTs ? after : lastTs) + 1n) },
  })
  const regions = new TestRegions()
  const region = regions.add(new TestRegion(REGION_ID, 'wa', 'wz'))
  await engine.addRegion(region, { voters: [STORE_ID], learners: [] })

  const fault: EngineFault = {}
  const readContexts: EngineContext[] = []
  const served: Engine = Object.create(engine, {
    write: {
      value: async (...args: Parameters<Engine['write']>) => {
        await fault.beforeWrite?.()
        if (fault.write !== undefined) throw fault.write
        return { ...(await engine.write(...args)), moments: fault.moments }
      },
    },
    newReader: {
      value: async (context: EngineContext) => {
        readContexts.push(context)
        await fault.beforeReader?.()
        if (fault.newReader !== undefined) throw fault.newReader
        return engine.newReader(context)
      },
    },
    status: { value: (regionId: number) => engine.status(regionId) },
    saveSnapshot: { value: (regionId: number) => engine.saveSnapshot(regionId) },
  }) as Engine

  const locations = {
    storeId: STORE_ID,
    serverLocationOf: (id: number) => (id > 20_000 && id < 20_010 ? { host: '10.0.0.1', port: id } : undefined),
    raftLocationOf: (id: number) => (id > 20_000 && id < 20_010 ? { host: '10.0.0.1', port: id + 100 } : undefined),
  }
  const figures = { regionMetrics: () => undefined, storeOwnMetrics: () => ({ id: BigInt(STORE_ID) }) }
  const storage = new Storage({ engines: [served] })
  const scans = new ScanSessions({ clock, random: new SeededRandom(7), limits: options.limits ?? {} })
  const requests = new RequestsUnderWay()
  const metrics = new StoreMetrics()
  const settings: StoreServiceSettings = { ...defaultStoreServiceSettings, ...options.settings }
  const state = { isReadOnly: false }
  const service = createStoreService({
    probe: noProbe,
    regions,
    storage,
    locations,
    isReadOnly: () => state.isReadOnly,
    clock,
    scans,
    requests,
    metrics,
    figures,
    version: { majorVersion: '1' },
    settings,
  })
  const registry = new ServiceRegistry().add(StoreService, service)

  /** Calls a method over bytes, as the wire does. */
  async function call<Method extends DescMethodUnary>(
    method: Method,
    request: MessageInitShape<Method['input']>,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<MessageShape<Method['output']>> {
    const served = registry.find(`/${method.parent.typeName}/${method.name}`)
    if (served === undefined) throw new Error(`${method.name} is not served`)
    const sent = toBinary(method.input, create(method.input, request as never))
    const context = {
      method: served.name,
      peer: 'test',
      signal,
      aborted: false,
      remainingMs: undefined,
      traceId: undefined,
    }
    return fromBinary(method.output, await served.answer(sent, context, clock)) as MessageShape<Method['output']>
  }

  const context = (epoch = region.epoch) => ({
    regionId: BigInt(region.id),
    regionEpoch: { confVersion: BigInt(epoch.confVersion), version: BigInt(epoch.version) },
  })

  return {
    clock,
    rawEngine,
    engine,
    fault,
    readContexts,
    regions,
    region,
    locations,
    figures,
    storage,
    scans,
    requests,
    metrics,
    settings,
    state,
    registry,
    call,
    context,
  }
}

export type StoreUnderTest = Awaited<ReturnType<typeof storeUnderTest>>

/** The name of an answer's error code; `OK` without one. */
export function errorName(answer: { readonly error?: WireError | undefined }): string {
  return Errno[answer.error?.errcode ?? Errno.OK]
}
