import type { ClusterClient } from '../../../src-main/client/cluster-client'
import { connectToCluster } from '../../../src-main/client/connect'
import type { StageEvent } from '../../../src-main/flow/stage-event'
import type { HoldView } from '../../../src-main/flow/flow-views'
import type { Gate, StepKind } from '../../../src-main/flow/gate'
import { realEnv } from '../../../src-main/env/real'
import { GrpcChannels } from '../../../src-main/rpc/grpc/grpc-channels'
import { ClusterHost } from '../../../src-main/sandbox/cluster/cluster-host'
import type { ClusterOptions } from '../../../src-main/sandbox/cluster/cluster-options'
import { ClusterStepping } from '../../../src-main/sandbox/stepping/cluster-stepping'
import { builtEntries, raftStates, until } from '../cluster/real-cluster'

const encoder = new TextEncoder()
/** A raw key: the namespace byte, and at least seven more. */
export const keyOf = (name: string): Uint8Array => encoder.encode(`r-test--${name}`)
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** A KvPut as JSON of protobuf. */
export const putJson = (name: string, value: string): string =>
  JSON.stringify({ kv: { key: base64(keyOf(name)), value: base64(encoder.encode(value)) } })
export const getJson = (name: string): string => JSON.stringify({ key: base64(keyOf(name)) })

/** A gate that stops everything, but for what is given. */
export const gate = (fields: Partial<Gate>): Omit<Gate, 'gateId'> => ({
  isEnabled: true,
  stage: undefined,
  nodeId: undefined,
  regionId: undefined,
  operation: undefined,
  keys: undefined,
  messageType: undefined,
  condition: '',
  hitCount: 1,
  ...fields,
})

/** A real cluster of three stores in this thread, with one region, and its stepping. */
export class SteppingWorld {
  readonly env = realEnv()
  readonly host: ClusterHost
  readonly stepping: ClusterStepping
  readonly client: ClusterClient
  readonly regionId: number

  private constructor(host: ClusterHost, stepping: ClusterStepping, client: ClusterClient, regionId: number) {
    this.host = host
    this.stepping = stepping
    this.client = client
    this.regionId = regionId
  }

  static async open(options: Partial<ClusterOptions> = {}): Promise<SteppingWorld> {
    const env = realEnv()
    const host = await ClusterHost.open({
      env,
      directory: undefined,
      topology: { coordinators: 1, stores: 3 },
      engine: 'memory',
      mount: 'inline',
      basePort: 0,
      entries: builtEntries,
      ...options,
    })
    await host.start()
    const { coordinators } = host.addresses()
    const stepping = new ClusterStepping({
      clock: env.clock,
      random: env.random,
      nodes: host,
      coordinators,
      channels: new GrpcChannels({ env }),
      nodeAt: (address) => host.nodes().find(({ serverAddress }) => serverAddress === address)?.nodeId,
      describeKey: (key) => Promise.resolve(new TextDecoder().decode(key)),
    })
    const client = connectToCluster(env, { coordinators })
    const range = { startKey: keyOf(''), endKey: encoder.encode('r-test-.') }
    const regionId = await client.regions.create({ name: 'test', range, replicas: 3 })
    // The region can be used when a quorum is there; an entry that the third replica gets later is not followed to it.
    await until(async () => {
      const states = await raftStates(host, client, regionId).catch(() => [])
      return states.length > 0 && states.every((state) => state === states[0])
    })
    return new SteppingWorld(host, stepping, client, regionId)
  }

  get controller() {
    return this.stepping.controller
  }

  async close(): Promise<void> {
    await this.stepping.close()
    await this.client.close()
    await this.host.close()
  }

  /** Runs a put under trace. @returns the trace's id */
  async put(name: string, value: string, step = false): Promise<string> {
    return (await this.stepping.run({ operation: 'KvPut', json: putJson(name, value) }, { step })).traceId
  }

  /** The stage at which something is held next. */
  async hold(traceId?: string): Promise<HoldView> {
    const held = () => this.controller.state.holds.find((each) => traceId === undefined || each.traceId === traceId)
    await until(() => held() !== undefined)
    const hold = held()
    if (hold === undefined) throw new Error('Nothing is held.')
    return hold
  }

  /** Goes on from what is held, and waits until that is so. */
  async step({ holdId }: HoldView, kind: StepKind): Promise<void> {
    await this.controller.step(holdId, kind)
    await until(() => this.controller.state.holds.every((each) => each.holdId !== holdId))
  }

  /** The stages of a trace once so many of a stage are there. */
  async stagesWith(traceId: string, stage: string, count: number): Promise<readonly StageEvent[]> {
    const found = () => this.controller.trace(traceId).stages
    await until(() => found().filter((event) => event.stage === stage && event.endedAtMs > 0).length >= count)
    return found()
  }
}
