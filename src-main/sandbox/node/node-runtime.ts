import { SandboxError } from '../../base/sandbox-error'
import type { RawEngine } from '../../engine/raw'
import type { Env } from '../../env'
import { makeDurableDirectory } from '../../env'
import { FreezableClock } from '../../env/freezable-clock'
import { PausableClock } from '../../env/pausable-clock'
import { PauseGate } from '../../env/pause-gate'
import { FlowAgent } from '../../flow/flow-agent'
import type { FlowCommand, FlowReport } from '../../flow/flow-messages'
import type { ManagedNode } from '../../raft/node/raft-node-manager'
import { RaftNodeManager } from '../../raft/node/raft-node-manager'
import type { RaftNodeState } from '../../raft/node/raft-node-status'
import { ControlService } from '../../rpc/generated/sandbox/control_pb'
import { StepService as StepServiceDescription } from '../../rpc/generated/sandbox/step_pb'
import { InspectionService } from '../../rpc/generated/sandbox/inspection_pb'
import { GrpcServer } from '../../rpc/grpc/grpc-server'
import { ServiceRegistry } from '../../rpc/service-registry'
import { joinDiskPath } from '../disk-path'
import { openRawEngine } from '../open-raw-engine'
import { CleanupStack } from './cleanup-stack'
import { controlHandlers } from './control-service'
import { EventLoopDelayMeter } from './event-loop-delay-meter'
import { inspectionHandlers } from './inspection/inspection-service'
import { NodeMetrics } from './inspection/node-metrics'
import type { CreateNode, MountableNode, NodeListener, StopOptions } from './mountable-node'
import type { NodeConfig, NodeEndpoint, NodeMember } from './node-config'
import type { LinkRule } from './node-link'
import { NodeNetwork } from './node-network'
import type { NodeStartPhases, NodeStatus } from './node-status'
import type { RoleNode } from './role-node'
import { COLUMN_FAMILIES, createRoleNode, regionsWithoutRaft } from './role-node'
import { FlowSeat } from './step/flow-seat'
import { StepService } from './step/step-service'

/** Makes nodes over the given world. */
export function createNode(env: Env): CreateNode {
  return (config, links, listener) => new NodeRuntime(env, config, links, listener)
}

/** The parts that a kill has to silence. */
interface NodeParts {
  network?: NodeNetwork
  raftManager?: RaftNodeManager
  role?: RoleNode
  readonly servers: GrpcServer[]
}

/**
 * A store or a coordinator with everything below it: the composition root of a node. It opens from the bottom (raw engine,
 * Raft, services, ports) and closes in the opposite order.
 */
export class NodeRuntime implements MountableNode {
  /** The world of the node, whose clock stands still while somebody steps; servers and meters keep to real time. */
  readonly #env: Env
  readonly #realEnv: Env
  readonly #gate = new PauseGate()
  readonly #flow: FlowAgent
  readonly #seat: FlowSeat
  readonly #stepService: StepService
  readonly #config: NodeConfig
  readonly #links: readonly LinkRule[]
  readonly #listener: NodeListener
  readonly #meter: EventLoopDelayMeter
  readonly #cleanups = new CleanupStack()
  readonly #parts: NodeParts = { servers: [] }
  #startedMs = 0
  #lastError: SandboxError | undefined
  #hasFailed = false
  #isKilled = false
  #starting: Promise<NodeStartPhases> | undefined
  #ending: Promise<void> | undefined

  constructor(env: Env, config: NodeConfig, links: readonly LinkRule[], listener: NodeListener) {
    const nodeClock = new FreezableClock(new PausableClock(env.clock, this.#gate))
    this.#env = { ...env, clock: nodeClock }
    this.#realEnv = env
    const createAgent = (report: (report: FlowReport) => void) =>
      new FlowAgent({
        nodeId: config.nodeId,
        nodeName: config.name,
        nameOf: (nodeId) => nodeNameIn(config, nodeId),
        clock: env.clock,
        random: env.random,
        nodeClock,
        report,
      })
    this.#seat = new FlowSeat(createAgent, listener.onFlow)
    this.#flow = this.#seat.agent
    this.#stepService = new StepService(this.#seat)
    this.#config = config
    this.#links = links
    this.#meter = new EventLoopDelayMeter(env.clock)
    this.#listener = {
      onFailure: (error) => {
        this.#gate.pass(() => {
          if (this.#ending !== undefined) return
          this.#lastError = error
          this.#hasFailed = true
          listener.onFailure(error)
        })
      },
      onWarning: (error) => {
        this.#gate.pass(() => {
          if (this.#isKilled) return
          this.#lastError ??= error
          listener.onWarning(error)
        })
      },
      onShutdown: listener.onShutdown,
      onFlow: listener.onFlow,
    }
  }

  /**
   * @throws SandboxError ENGINE_*, RAFT_*, NETWORK_ADDRESS_IN_USE, DISK_*: what kept it from coming up; CANCELLED if it was
   * killed meanwhile
   */
  start(): Promise<NodeStartPhases> {
    return (this.#starting ??= this.#start())
  }

  stop(options: StopOptions): Promise<void> {
    if (this.#ending === undefined) {
      this.#ending = this.#stop(options)
      this.#letGo()
    }
    return this.#ending
  }

  async kill(): Promise<void> {
    if (!this.#isKilled) {
      this.#isKilled = true
      this.#silence()
      // An orderly end that is under way goes on without anybody to talk to.
      this.#ending ??= this.#closeKilled()
      // What is held would keep the node from closing.
      this.#letGo()
    }
    // A kill promises nothing of the disk: what could not be closed in order is what a crash leaves, too.
    await this.#ending?.catch(() => undefined)
  }

  pause(): void {
    if (this.#ending === undefined && !this.#isKilled) this.#gate.close()
  }

  resume(): void {
    this.#gate.open()
  }

  setLink(rule: LinkRule): void {
    this.#parts.network?.setLink(rule)
  }

  flow(command: FlowCommand): void {
    // A node that ends stops nothing any more.
    if (this.#ending === undefined && !this.#isKilled) this.#seat.command(command)
  }

  status(): Promise<NodeStatus> {
    const { heapUsed, external, rss } = process.memoryUsage()
    const groups = [...(this.#parts.raftManager?.nodes ?? [])].map((node) => node.status().raftState)
    const withoutRaft = regionsWithoutRaft(this.#parts.role).size
    return Promise.resolve({
      nodeId: this.#config.nodeId,
      role: this.#config.role,
      state: this.#ending !== undefined ? 'stopping' : this.#hasFailed ? 'failed' : 'running',
      uptimeMs: this.#env.clock.monotonicMs() - this.#startedMs,
      regionCount: withoutRaft + groups.filter((state) => state !== 'STATE_ERROR').length,
      leaderCount: withoutRaft + groups.filter((state) => leadingStates.has(state)).length,
      eventLoopDelay: this.#meter.read(),
      memory: { heapUsedBytes: heapUsed, externalBytes: external, processResidentBytes: rss },
      lastError: this.#lastError?.serialize(),
    })
  }

  async #start(): Promise<NodeStartPhases> {
    this.#startedMs = this.#env.clock.monotonicMs()
    try {
      return await this.#open()
    } catch (thrown) {
      // Why it did not come up matters more than what then did not close.
      await this.#cleanups.unwind({ isOrderly: false }).catch(() => undefined)
      throw thrown
    }
  }

  async #open(): Promise<NodeStartPhases> {
    const { directory, engine, role, server, raft } = this.#config
    const { disk } = this.#env
    const elapsedMs = () => this.#env.clock.monotonicMs() - this.#startedMs

    await makeDurableDirectory(disk, directory)
    const dataDirectory = joinDiskPath(directory, 'data')
    const rawEngine = await openRawEngine(engine, {
      disk,
      directory: dataDirectory,
      columnFamilies: COLUMN_FAMILIES[role],
    })
    this.#cleanups.push(({ isOrderly }) => rawEngine.close({ flush: isOrderly }))
    this.#checkAlive()
    const engineMs = elapsedMs()

    const network = this.#openNetwork()
    this.#parts.network = network
    this.#cleanups.push(() => network.close())
    const raftManager = this.#createRaftManager(network)
    this.#parts.raftManager = raftManager
    this.#cleanups.push(() => raftManager.close())
    const roleNode = createRoleNode({
      env: this.#env,
      config: this.#config,
      rawEngine,
      raftManager,
      network,
      probe: this.#flow,
      listener: this.#listener,
    })
    this.#parts.role = roleNode
    const ports = { server: new ServiceRegistry(), raft: new ServiceRegistry() }
    roleNode.registerServices(ports)
    network.registerServices(ports.raft)
    ports.server.add(ControlService, this.#controlHandlers())
    ports.server.addStream(StepServiceDescription.method.control, this.#stepService.handler)
    const metrics = this.#metrics(rawEngine, raftManager, roleNode)
    const parts = { disk, raftManager, rawEngine, metrics, regionsWithoutRaft: () => regionsWithoutRaft(roleNode) }
    ports.server.add(InspectionService, inspectionHandlers(parts))

    // Raft first: groups that come up need to hear each other. Clients come when there is something to serve.
    // The streams of peers never end by themselves, so that nothing is waited for when this port closes.
    await this.#serve(ports.raft, raft, 0)
    this.#cleanups.push(() => roleNode.stop())
    await roleNode.start()
    this.#checkAlive()
    const nodeMs = elapsedMs()
    await this.#serve(ports.server, server, this.#config.settings.stopGraceMs)
    this.#meter.start()
    this.#cleanups.push(() => {
      this.#meter.stop()
    })
    return { engineMs, nodeMs, serveMs: elapsedMs() }
  }

  #openNetwork(): NodeNetwork {
    const { onWarning } = this.#listener
    return new NodeNetwork({
      env: this.#env,
      config: this.#config,
      links: this.#links,
      gate: this.#gate,
      onWarning,
    })
  }

  #createRaftManager({ transport }: NodeNetwork): RaftNodeManager {
    return new RaftNodeManager({
      env: this.#env,
      transport,
      directory: this.#config.directory,
      timing: this.#config.settings.raft,
      startsWithAll: this.#config.startsWithAll ?? false,
      probe: this.#flow,
      // Whoever owns the Raft node is told as well, and knows whether that is the end of it.
      onFailure: () => undefined,
      onWarning: (_regionId, error) => {
        this.#listener.onWarning(error)
      },
    })
  }

  async #serve(registry: ServiceRegistry, { host, port }: NodeEndpoint, graceMs: number): Promise<void> {
    const { maxMessageBytes } = this.#config.settings
    const server = await GrpcServer.start({
      registry,
      host,
      port,
      maxMessageBytes,
      env: this.#realEnv,
      gate: this.#gate,
    })
    this.#parts.servers.push(server)
    this.#cleanups.push(({ isOrderly }) => (isOrderly && graceMs > 0 ? server.close({ graceMs }) : server.closeNow()))
    this.#checkAlive()
  }

  #controlHandlers() {
    return controlHandlers({
      status: () => this.status(),
      setLink: (rule) => {
        this.setLink(rule)
      },
      links: () => this.#parts.network?.links() ?? [],
      shutDown: () => {
        this.#listener.onShutdown()
      },
    })
  }

  #metrics(rawEngine: RawEngine, raftManager: RaftNodeManager, role: RoleNode): NodeMetrics {
    return new NodeMetrics({
      clock: this.#env.clock,
      raftManager,
      regionsWithoutRaft: () => regionsWithoutRaft(role),
      rawEngine,
      calls: role.metrics,
      eventLoopDelay: () => this.#meter.read(),
      heapUsedBytes: () => process.memoryUsage().heapUsed,
    })
  }

  async #stop({ handOver }: StopOptions): Promise<void> {
    // Stopping what is half open would race with its opening; a start that failed has closed everything.
    if (!(await this.#startSettled())) return
    if (handOver) await this.#handOver()
    await this.#cleanups.unwind({ isOrderly: true })
  }

  async #closeKilled(): Promise<void> {
    if (await this.#startSettled()) await this.#cleanups.unwind({ isOrderly: false })
  }

  /** @returns whether there is something to close */
  async #startSettled(): Promise<boolean> {
    try {
      await this.#starting
      return this.#starting !== undefined
    } catch {
      // Its caller was told.
      return false
    }
  }

  /** Lets a follower lead each region that this node leads, so that nobody waits for an election. */
  async #handOver(): Promise<void> {
    const groups = [...(this.#parts.raftManager?.nodes ?? [])]
    const isOver = new AbortController()
    const timeUp = this.#env.clock.sleep(this.#config.settings.stopGraceMs, isOver.signal)
    // Called off when everything is handed over before.
    timeUp.catch(() => undefined)
    await Promise.race([timeUp, Promise.all(groups.map(handOverGroup))])
    isOver.abort()
  }

  #silence(): void {
    const { servers, network, role } = this.#parts
    for (const server of servers) server.silence()
    void network?.close()
    role?.silence()
  }

  /** Nobody steps it any more, and it is paused no more. */
  #letGo(): void {
    this.#gate.open()
    this.#stepService.close()
    this.#flow.letGo()
  }

  #checkAlive(): void {
    if (!this.#isKilled) return
    throw new SandboxError('CANCELLED', `The node ${this.#config.name} was killed while it came up.`)
  }
}

const leadingStates: ReadonlySet<RaftNodeState> = new Set<RaftNodeState>(['STATE_LEADER', 'STATE_TRANSFERRING'])

/** What a person calls another node: the members are listed in the order in which they are counted. */
function nodeNameIn({ coordinators, stores }: NodeConfig, nodeId: number): string {
  const isIt = (member: NodeMember) => member.nodeId === nodeId
  const store = stores.findIndex(isIt)
  if (store >= 0) return `store-${String(store + 1)}`
  const coordinator = coordinators.findIndex(isIt)
  return coordinator >= 0 ? `coordinator-${String(coordinator + 1)}` : `node ${String(nodeId)}`
}

/** To the follower that lacks least. A group that nobody can take over elects when its leader is gone. */
async function handOverGroup(group: ManagedNode): Promise<void> {
  const { raftState, stableFollowers } = group.status()
  if (raftState !== 'STATE_LEADER') return
  const voters = new Set(group.confState.voters)
  const candidates = [...stableFollowers].filter(([nodeId, { valid }]) => valid && voters.has(nodeId))
  candidates.sort(([, left], [, right]) => right.nextIndex - left.nextIndex)
  const target = candidates[0]?.[0]
  if (target !== undefined) await group.transferLeadership(target)
}
