import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { CoordinatorNode } from '../../../src-main/coordinator/coordinator-node'
import type { CoordinatorMember } from '../../../src-main/coordinator/coordinator-node'
import type { CoordinatorSettings } from '../../../src-main/coordinator/coordinator-settings'
import { RawMemEngine } from '../../../src-main/engine/raw/memory/raw-mem-engine'
import { simulatedEnv } from '../../../src-main/env/simulated/simulated-env'
import type { ManagedNode, RaftNodeManagerOptions } from '../../../src-main/raft/node/raft-node-manager'
import { RaftNodeManager } from '../../../src-main/raft/node/raft-node-manager'
import { InProcessNetwork } from '../../../src-main/raft/transport/in-process-transport'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'
import type { Error as DingoErrorMessage } from '../../../src-main/rpc/generated/dingodb/error_pb'
import { LocalNetwork } from '../../../src-main/rpc/local-channels'
import { ServiceRegistry } from '../../../src-main/rpc/service-registry'

const HOST = '127.0.0.1'

interface Running {
  readonly node: CoordinatorNode
  readonly manager: RaftNodeManager
  readonly engine: RawMemEngine
  readonly server: { close(): void }
}

/** Three coordinators in one simulation, with a client that talks to whoever it is told to. */
export class SimulatedCoordinators {
  readonly simulation
  readonly network: LocalNetwork
  readonly members: readonly CoordinatorMember[]
  readonly warnings: Error[] = []
  readonly raft: InProcessNetwork
  readonly #settings: Partial<CoordinatorSettings>
  /** Settings of Raft for coordinators that start from now on. */
  raftSettings: RaftNodeManagerOptions['settings']
  readonly #running = new Map<number, Running>()

  constructor(seed: number, settings: Partial<CoordinatorSettings> = {}) {
    this.simulation = simulatedEnv({ seed })
    this.network = new LocalNetwork(this.simulation.clock)
    this.raft = new InProcessNetwork(this.simulation.clock, this.simulation.random.fork('raft'))
    this.#settings = settings
    this.members = [1, 2, 3].map((position) => ({
      id: 22_000 + position,
      serverLocation: { host: HOST, port: 22_000 + position },
      raftLocation: { host: HOST, port: 22_100 + position },
    }))
    for (const { id } of this.members) this.simulation.addNode(String(id))
  }

  async startAll(): Promise<void> {
    await Promise.all(this.members.map(({ id }) => this.start(id)))
    await this.leader()
  }

  async start(id: number): Promise<void> {
    const member = this.members.find((candidate) => candidate.id === id)
    if (member === undefined) throw new Error(`There is no coordinator ${String(id)}.`)
    const machine = this.simulation.node(String(id))
    const env = machine.isRunning ? machine.env : machine.start()
    const engine = await RawMemEngine.open({
      columnFamilies: ['meta'],
      storage: { disk: env.disk, directory: '/data' },
    })
    const fail = (error: Error): void => {
      throw error
    }
    const manager = new RaftNodeManager({
      env,
      transport: this.raft.join(id),
      directory: '/',
      timing: { tickMs: 100, electionTimeoutMs: 1_000, heartbeatMs: 200 },
      ...(this.raftSettings !== undefined && { settings: this.raftSettings }),
      // A coordinator is told itself, and knows whether that is its end.
      onFailure: () => undefined,
      onWarning: (_regionId, error) => {
        this.warnings.push(error)
      },
    })
    const address = `${HOST}:${String(member.serverLocation.port)}`
    const node = new CoordinatorNode({
      env,
      coordinatorId: id,
      serverLocation: member.serverLocation,
      raftLocation: member.raftLocation,
      coordinators: this.members,
      rawEngine: engine,
      raftManager: manager,
      channels: this.network.channels(address),
      settings: this.#settings,
      onFailure: fail,
      onWarning: (error) => {
        this.warnings.push(error)
      },
    })
    const registries = { server: new ServiceRegistry(), raft: new ServiceRegistry() }
    node.registerServices(registries)
    const server = this.network.serve(address, registries.server)
    await node.start()
    this.#running.set(id, { node, manager, engine, server })
  }

  /** The process dies: nothing is flushed, nobody is told. */
  kill(id: number): void {
    const running = this.#running.get(id)
    if (running === undefined) return
    this.#running.delete(id)
    running.node.silence()
    running.server.close()
    void this.raft.join(id).close()
    this.simulation.node(String(id)).kill()
  }

  /** An orderly end. */
  async stop(id: number): Promise<void> {
    const running = this.#running.get(id)
    if (running === undefined) return
    this.#running.delete(id)
    running.server.close()
    await running.node.stop()
    await running.node.stop()
    await running.manager.close()
    await running.engine.close()
  }

  async stopAll(): Promise<void> {
    for (const { id } of this.members) await this.stop(id)
  }

  /** The id of the coordinator that leads, after waiting for one. */
  async leader(): Promise<number> {
    const find = () => [...this.#running].find(([, { node }]) => node.isLeader)?.[0]
    await this.until(() => {
      const leader = find()
      return leader !== undefined && [...this.#running.values()].every(({ node }) => node.leaderId === leader)
    })
    return find() ?? 0
  }

  node(id: number): CoordinatorNode {
    const running = this.#running.get(id)
    if (running === undefined) throw new Error(`Coordinator ${String(id)} does not run.`)
    return running.node
  }

  /** A coordinator's Raft node. */
  raftNode(id: number): ManagedNode {
    const node = this.#running.get(id)?.manager.find(0)
    if (node === undefined) throw new Error(`Coordinator ${String(id)} does not run.`)
    return node
  }

  /** Entries in the log of a coordinator. */
  lastIndex(id: number): number {
    return this.#running.get(id)?.manager.find(0)?.status().lastIndex ?? 0
  }

  async until(condition: () => boolean, timeMs = 60_000): Promise<void> {
    const held = await this.simulation.clock.runUntil(condition, { timeMs })
    if (!held) throw new Error(`The condition did not hold within ${String(timeMs)} ms: ${condition.toString()}`)
  }

  /** Runs the simulation until the promise settles. */
  async settled<T>(promise: Promise<T>, timeMs = 60_000): Promise<T> {
    let isSettled = false
    const watched = promise.finally(() => {
      isSettled = true
    })
    watched.catch(() => undefined)
    await this.until(() => isSettled, timeMs)
    return watched
  }

  /** One call to one coordinator, whatever it answers. */
  raw<Input extends DescMessage, Output extends DescMessage>(
    id: number,
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
  ): Promise<MessageShape<Output>> {
    return this.network
      .channels('client')
      .to(`${HOST}:${String(id)}`)
      .unary(method, request)
  }

  /** One call to the leader that must succeed. */
  async call<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
  ): Promise<MessageShape<Output>> {
    const response = await this.settled(this.raw(await this.leader(), method, request))
    const error = errorOf(response)
    if (error !== undefined) throw new Error(`${method.name}: ${Errno[error.errcode] ?? ''} ${error.errmsg}`)
    return response
  }

  /** The errno of one call to the leader; OK if it succeeded. */
  async errno<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
  ): Promise<string> {
    const response = await this.settled(this.raw(await this.leader(), method, request))
    return Errno[errorOf(response)?.errcode ?? Errno.OK]
  }
}

/** The error of a response; undefined for OK. */
export function errorOf(response: object): DingoErrorMessage | undefined {
  const { error } = response as { readonly error?: DingoErrorMessage }
  return error === undefined || error.errcode === Errno.OK ? undefined : error
}
