import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { create } from '@bufbuild/protobuf'
import type { SandboxError } from '../../../src-main/base/sandbox-error'
import type { RawEngine } from '../../../src-main/engine/raw'
import { RawMemEngine } from '../../../src-main/engine/raw/memory/raw-mem-engine'
import { RocksEngine } from '../../../src-main/engine/rocks/rocks-engine'
import type { Simulation } from '../../../src-main/env/simulated'
import { simulatedEnv } from '../../../src-main/env/simulated'
import type { StoreHeartbeatRequest } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import {
  StoreHeartbeatRequestSchema,
  StoreHeartbeatResponseSchema,
} from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import { LocalNetwork } from '../../../src-main/rpc/local-channels'
import { ServiceRegistry } from '../../../src-main/rpc/service-registry'
import { StoreNode } from '../../../src-main/store/store-node'
import type { CoordinatorCalls, StoreNodeOptions } from '../../../src-main/store/store-node-options'
import { TestTimestamps } from '../../engine/support/test-timestamps'
import type { FakeEngineFiles, FakeEngineOptions } from '../../support/fake-engine'
import { FakeEngine } from '../../support/fake-engine'
import { STORE } from './region-messages'

export const families = ['meta', 'data', 'lock', 'write']

/** Coordinators that take whatever they are told, and keep it. */
export class FakeCoordinators {
  readonly heartbeats: StoreHeartbeatRequest[] = []
  readonly calls: string[] = []
  /** Fails every call while it is set. */
  failure: Error | undefined
  /** What heartbeats are answered with. */
  answer: Parameters<typeof create<typeof StoreHeartbeatResponseSchema>>[1] = {}

  readonly call = (async (method: { readonly name: string; readonly output: never }, request: unknown) => {
    this.calls.push(method.name)
    await Promise.resolve()
    if (this.failure !== undefined) throw this.failure
    if (method.name !== 'StoreHeartbeat') return create(method.output)
    this.heartbeats.push(create(StoreHeartbeatRequestSchema, request as never))
    return create(StoreHeartbeatResponseSchema, this.answer)
  }) as unknown as CoordinatorCalls['call']
}

/** One store of which everything below the node is fake or in memory. A new process comes up over what the old one left. */
export interface TestStore {
  readonly simulation: Simulation
  readonly node: StoreNode
  /** Serves the regions that ask for the replicated engine. Those of the engine with one replica have the real one. */
  readonly engine: FakeEngine
  readonly coordinators: FakeCoordinators
  readonly rawEngine: RawEngine
  readonly files: FakeEngineFiles
  readonly server: ServiceRegistry
  readonly failures: SandboxError[]
  readonly warnings: SandboxError[]
}

/** What of a store outlives its process. */
export type StoreRemains = Partial<Pick<TestStore, 'simulation' | 'rawEngine' | 'files' | 'coordinators'>>

export const openMemory = (): Promise<RawMemEngine> => RawMemEngine.open({ columnFamilies: families })

/** A store that is not started yet. */
export async function newStore(
  remains: StoreRemains = {},
  options: Partial<StoreNodeOptions> & { readonly engine?: Partial<FakeEngineOptions> } = {},
): Promise<TestStore> {
  const simulation = remains.simulation ?? simulatedEnv({ seed: 1 })
  const machine = simulation.nodes[0] ?? simulation.addNode('store')
  const rawEngine = remains.rawEngine ?? (await openMemory())
  const files = remains.files ?? { logs: new Set<number>(), data: new Set<number>() }
  const coordinators = remains.coordinators ?? new FakeCoordinators()
  const failures: SandboxError[] = []
  const warnings: SandboxError[] = []
  const timestamps = new TestTimestamps(() => machine.env.clock.wallTimeMs())
  let engine: FakeEngine | undefined
  const node = new StoreNode({
    env: machine.env,
    storeId: STORE,
    serverLocation: { host: '127.0.0.1', port: 20001 },
    raftLocation: { host: '127.0.0.1', port: 20101 },
    rawEngine,
    createEngines: ({ listener }) => [
      (engine = new FakeEngine({ storeId: STORE, listener, files, ...options.engine })),
      new RocksEngine({ env: machine.env, rawEngine, listener, timestamps, storeId: STORE }),
    ],
    coordinators,
    onFailure: (error) => failures.push(error),
    onWarning: (error) => warnings.push(error),
    ...options,
  })
  const server = new ServiceRegistry()
  node.registerServices({ server, raft: new ServiceRegistry() })
  if (engine === undefined) throw new Error('the node makes its engines at once')
  return { simulation, node, engine, coordinators, rawEngine, files, server, failures, warnings }
}

/** Calls the store over the encoded messages, as clients and coordinators do. */
export function callerOf({ simulation, server }: TestStore) {
  const network = new LocalNetwork(simulation.clock)
  network.serve('store:1', server)
  const channel = network.channels('client').to('store:1')
  return async <Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
  ): Promise<MessageShape<Output>> => {
    let isSettled = false
    const answer = channel.unary(method, request)
    answer.finally(() => (isSettled = true)).catch(() => undefined)
    await simulation.clock.runUntil(() => isSettled, { timeMs: 60_000 })
    return answer
  }
}

/** Lets virtual time pass until something holds. */
export async function until({ simulation }: Pick<TestStore, 'simulation'>, holds: () => boolean): Promise<void> {
  await simulation.clock.settle()
  if (!holds()) await simulation.clock.runUntil(holds, { timeMs: 60_000 })
  if (!holds()) throw new Error('what was waited for did not come in 60 s of virtual time')
}
