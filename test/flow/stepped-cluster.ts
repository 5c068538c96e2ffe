import { create } from '@bufbuild/protobuf'
import { realEnv } from '../../src-main/env/real'
import { FreezableClock } from '../../src-main/env/freezable-clock'
import { FlowController } from '../../src-main/flow/controller/flow-controller'
import type { HoldView, TraceView } from '../../src-main/flow/flow-views'
import type { StageEvent } from '../../src-main/flow/stage-event'
import type { StageName } from '../../src-main/flow/stages'
import { partStages } from '../../src-main/flow/stages'
import type { MessageInitShape } from '@bufbuild/protobuf'
import { ContextSchema, StoreService } from '../../src-main/rpc/generated/dingodb/store_pb'
import { GrpcChannels } from '../../src-main/rpc/grpc/grpc-channels'
import type { NodeMountKind } from '../../src-main/sandbox/node/node-mount'
import { keyOf, RealCluster, until } from '../sandbox/cluster/real-cluster'
import { SkippingClock } from './skipping-clock'

/** A real cluster of three stores with a region on all of them, in the hands of a controller of stepping. */
export class SteppedCluster extends RealCluster {
  readonly clock = new SkippingClock(realEnv().clock)
  override readonly env = { ...realEnv(), clock: this.clock }
  readonly clientClock = new FreezableClock(this.env.clock)
  readonly controller = new FlowController({
    clock: this.env.clock,
    random: this.env.random,
    clientClock: this.clientClock,
    execute: () => Promise.resolve(),
    followersOf: () => [],
    leaderOf: () => undefined,
  })
  readonly channels = new GrpcChannels({ env: this.env })
  #traces = 0
  #stopFollowing: (() => void) | undefined
  regionId = 0
  leaderId = 0
  term = 0

  constructor(mount: NodeMountKind) {
    super({ mount, topology: { coordinators: 1, stores: 3 } })
  }

  /** Starts the cluster with one region that has a leader, and whose followers have applied all. */
  async begin(): Promise<void> {
    await this.start()
    this.#stopFollowing = this.host.followFlow(this.controller)
    this.controller.watch()
    this.regionId = await this.createRegion()
    await this.put('first', 'value')
    await this.settle()
  }

  /** Waits until all replicas are at the same entry, under one leader. */
  async settle(): Promise<void> {
    await until(async () => {
      const states = await this.committed(this.regionId).catch(() => [])
      const [first] = states
      const [term, committed, applied, raftAddress = ''] = (first ?? '').split(' ')
      if (states.length < 2 || states.some((state) => state !== first) || committed !== applied) return false
      const leader = this.host.nodes().find((node) => raftAddress.startsWith(node.raftAddress))
      if (leader?.state !== 'running') return false
      this.leaderId = leader.nodeId
      this.term = Number(term)
      return true
    })
  }

  async end(): Promise<void> {
    this.#stopFollowing?.()
    await this.controller.close()
    await this.channels.close()
    await this.remove()
  }

  newTraceId(): string {
    this.#traces += 1
    return this.#traces.toString(16).padStart(32, '0')
  }

  /** The context of a request for the region as it is. */
  async context() {
    const { definition } = await this.client.regions.get(this.regionId)
    return create(ContextSchema, {
      regionId: BigInt(this.regionId),
      ...(definition?.epoch !== undefined && { regionEpoch: definition.epoch }),
    })
  }

  /** The stores that do not lead. */
  get followers(): readonly number[] {
    const stores = this.host.nodes().filter(({ role }) => role === 'store')
    return stores.map(({ nodeId }) => nodeId).filter((nodeId) => nodeId !== this.leaderId)
  }

  get leaderChannel() {
    return this.channels.to(this.addressOf(this.leaderId))
  }

  addressOf(nodeId: number): string {
    const node = this.host.nodes().find((each) => each.nodeId === nodeId)
    if (node === undefined) throw new Error(`There is no node ${String(nodeId)}.`)
    return node.serverAddress
  }

  /** A KvPut that is followed, straight to the leader. */
  async tracedPut(traceId: string, name: string) {
    const request: MessageInitShape<typeof StoreService.method.kvPut.input> = {
      context: await this.context(),
      kv: { key: keyOf(name), value: new TextEncoder().encode(`value of ${name}`) },
    }
    return this.leaderChannel.unary(StoreService.method.kvPut, request, { traceId, untimed: true })
  }

  /** The trace, when it has so many of a stage. */
  async traceWith(traceId: string, stage: StageName, count: number): Promise<TraceView> {
    await until(() => this.#countOf(traceId, stage) >= count)
    return this.controller.trace(traceId)
  }

  /** The hold of an operation, when there is one. */
  async hold(traceId: string): Promise<HoldView> {
    const find = () => this.controller.state.holds.find((hold) => hold.traceId === traceId)
    await until(() => find() !== undefined)
    return find()!
  }

  /** Waits until nothing is held and no clock stands still. */
  async released(): Promise<void> {
    await until(() => this.controller.state.holds.length === 0 && !this.controller.state.isFrozen)
  }

  #countOf(traceId: string, stage: StageName): number {
    if (!this.controller.state.traces.some((trace) => trace.traceId === traceId)) return 0
    return this.controller.trace(traceId).stages.filter((event) => event.stage === stage).length
  }
}

/** The stages of one node in its own order, without parts. */
export function stagesOf(trace: TraceView, nodeId: number): StageName[] {
  return [...trace.stages]
    .filter((event) => event.nodeId === nodeId && !partStages.some((part) => part === event.stage))
    .sort((one, other) => one.sequence - other.sequence)
    .map(({ stage }) => stage)
}

export function stageOf(trace: TraceView, stage: StageName, nodeId: number): StageEvent {
  const found = trace.stages.find((event) => event.stage === stage && event.nodeId === nodeId)
  if (found === undefined) throw new Error(`${stage} of ${String(nodeId)} is not in the trace.`)
  return found
}
