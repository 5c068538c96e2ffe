import { SandboxError } from '../base/sandbox-error'
import { isDiskFull } from '../engine/engine-errors'
import type { Env, Random, Timer } from '../env'
import type { RawEngine } from '../engine/raw/index'
import type { FlowProbe } from '../flow/flow-probe'
import { noProbe } from '../flow/flow-probe'
import type { RaftNode } from '../raft/node/raft-node'
import type { RaftNodeManager } from '../raft/node/raft-node-manager'
import type { RpcChannels } from '../rpc/rpc-channel'
import type { ServiceRegistry } from '../rpc/service-registry'
import { Leadership } from './control/leadership'
import { Reopening } from './control/reopening'
import { MetaControl } from './control/meta-control'
import { MetaFlow } from './control/meta-flow'
import type { CoordinatorSettings } from './coordinator-settings'
import { DEFAULT_COORDINATOR_SETTINGS } from './coordinator-settings'
import type { OnCoordinatorStage } from './coordinator-stage'
import { LeaderDuties } from './control/leader-duties'
import { META_REGION_ID } from './meta/meta-region'
import { MetaStateMachine } from './meta/meta-state-machine'
import { CoordinatorService } from '../rpc/generated/dingodb/coordinator_pb'
import { MetaService } from '../rpc/generated/dingodb/meta_pb'
import { NodeService } from '../rpc/generated/dingodb/node_pb'
import { clusterHandlers } from './service/cluster-handlers'
import { jobHandlers } from './service/job-handlers'
import { metaHandlers } from './service/meta-handlers'
import { nodeHandlers } from './service/node-handlers'
import { regionHandlers } from './service/region-handlers'
import { RegionMessages } from './service/region-messages'
import { sequenceHandlers } from './service/sequence-handlers'
import type { ServiceContext } from './service/service-context'
import { TimestampOracle } from './tso/timestamp-oracle'
import type { ControlContext } from './model/control-context'
import { Retention } from './model/retention'

/** How often the first coordinator asks to lead when it starts again; with the pauses about as long as an election timeout. */
const RESTART_CAMPAIGNS = 10

/** Where something of a node is served. */
export interface NodeLocation {
  readonly host: string
  /** 1 to 65535. */
  readonly port: number
}

/** One of the coordinators of a cluster. */
export interface CoordinatorMember {
  /** Also its member id in the coordinators' Raft group. */
  readonly id: number
  readonly serverLocation: NodeLocation
  readonly raftLocation: NodeLocation
}

/** What a coordinator is made of. What is handed in outlives it and is closed by whoever made it. */
export interface CoordinatorNodeOptions {
  readonly env: Pick<Env, 'clock' | 'random'>
  readonly coordinatorId: number
  readonly serverLocation: NodeLocation
  readonly raftLocation: NodeLocation
  /** All coordinators of the cluster in the same order on each of them, this one included. The first gets a new cluster going. */
  readonly coordinators: readonly CoordinatorMember[]
  /** Has the column family `meta`. */
  readonly rawEngine: RawEngine
  /** Gets one group, region 0. */
  readonly raftManager: RaftNodeManager
  /** To the stores, for pushed commands. */
  readonly channels: RpcChannels
  readonly settings?: Partial<CoordinatorSettings>
  readonly onStage?: OnCoordinatorStage
  /** Follows changes of the metadata. Default: nobody does. */
  readonly probe?: FlowProbe
  /** The coordinator cannot go on and must be started anew. */
  readonly onFailure: (error: SandboxError) => void
  /** Something went wrong that it can live with. */
  readonly onWarning: (error: SandboxError) => void
}

/** One coordinator: a member of the group that keeps the cluster's metadata. */
export class CoordinatorNode {
  readonly options: CoordinatorNodeOptions
  readonly #settings: CoordinatorSettings
  readonly #leadership: Leadership
  readonly #reopening: Reopening
  readonly #keyrings: Random
  #services: ServiceContext | undefined
  #duties: LeaderDuties | undefined
  #foundingTimer: Timer | undefined
  #lifecycle: 'new' | 'started' | 'stopped' = 'new'
  #isRaftNodeOpen = false
  #stopping: Promise<void> | undefined

  constructor(options: CoordinatorNodeOptions) {
    this.options = options
    this.#settings = { ...DEFAULT_COORDINATOR_SETTINGS, ...options.settings }
    this.#leadership = new Leadership(options.coordinators)
    this.#keyrings = options.env.random.fork('keyrings')
    this.#reopening = new Reopening({
      clock: options.env.clock,
      pauseMs: this.#settings.reopenMs,
      maxPauseMs: this.#settings.reopenMaxMs,
      reopen: () => this.#reopen(),
      onFailure: (error) => {
        this.#failed(error)
      },
    })
  }

  /** Whether this coordinator leads, as far as it knows. */
  get isLeader(): boolean {
    return this.#leadership.isLeader
  }

  /** The leader's id, 0 if this coordinator knows of none. */
  get leaderId(): number {
    return this.#leadership.node?.leader ?? 0
  }

  /** Adds the services of its two ports. Before {@link start} and on a coordinator that does not lead they answer ERAFT_NOTLEADER. */
  registerServices({ server, raft }: { readonly server: ServiceRegistry; readonly raft: ServiceRegistry }): void {
    const service = (): ServiceContext => {
      if (this.#services === undefined || this.#lifecycle !== 'started') throw this.#leadership.notLeader()
      return this.#services
    }
    const node = nodeHandlers(this.options, service)
    server.add(CoordinatorService, { ...clusterHandlers(service), ...regionHandlers(service), ...jobHandlers(service) })
    server.add(MetaService, { ...metaHandlers(service), ...sequenceHandlers(service) })
    server.add(NodeService, node)
    raft.add(NodeService, node)
  }

  /**
   * Reads what is stored and joins the coordinators' Raft group. Resolves when this member takes part, whether or not
   * somebody leads by then.
   *
   * @throws SandboxError INVALID_ARGUMENT for a second start, ENGINE_* and RAFT_*
   */
  async start(): Promise<void> {
    if (this.#lifecycle !== 'new') {
      throw new SandboxError('INVALID_ARGUMENT', 'A coordinator starts once: make a new one to start it again.')
    }
    this.#lifecycle = 'started'
    await this.#join()
  }

  /** Opens this member of the group with what is stored. */
  async #join(): Promise<void> {
    const { rawEngine, raftManager, coordinators } = this.options
    const machine = await MetaStateMachine.open(rawEngine)
    const node = await raftManager.open({
      regionId: META_REGION_ID,
      stateMachine: machine,
      initialMembers: {
        voters: coordinators.map(({ id }) => id).sort((left, right) => left - right),
        votersOutgoing: [],
        learners: [],
        learnersNext: [],
        autoLeave: false,
      },
      settings: { readMode: this.#settings.usesLeases ? 'lease' : 'safe' },
      observer: {
        roleChanged: ({ role }, term) => {
          this.#duties?.roleChanged(role === 'StateLeader' ? term : 0)
        },
        failed: (error) => {
          this.#failed(error)
        },
      },
    })
    this.#isRaftNodeOpen = true
    // What stopped it meanwhile waits for nothing, so what was opened since is closed here.
    if (this.#hasStopped()) {
      await this.#leaveManager()
      return
    }
    this.#leadership.attach(node)
    this.#services = this.#wire(machine)
    this.#duties?.roleChanged(this.#leadership.ledTerm)
    if (coordinators[0]?.id === this.options.coordinatorId)
      this.#askToLead(isUntouched(node) ? Infinity : RESTART_CAMPAIGNS)
  }

  /** Ends its work in order and leaves the Raft group's manager. Twice is harmless. @throws SandboxError of Raft's log */
  stop(): Promise<void> {
    this.silence()
    this.#stopping ??= this.#reopening.idle().then(() => this.#leaveManager())
    return this.#stopping
  }

  /** From now on it starts nothing and answers nobody, as a killed process; {@link stop} still closes what it opened. */
  silence(): void {
    this.#lifecycle = 'stopped'
    this.#foundingTimer?.cancel()
    this.#foundingTimer = undefined
    this.#reopening.close()
    this.#duties?.end()
    this.#leadership.silence()
  }

  /** The log cannot go on behind a write that failed, but when there is space what is really on the disk can be read anew. */
  #failed(error: SandboxError): void {
    this.#duties?.end()
    if (!isDiskFull(error)) {
      this.options.onFailure(error)
      return
    }
    this.#foundingTimer?.cancel()
    this.#foundingTimer = undefined
    this.#leadership.attach(undefined)
    if (this.#reopening.isFirst) this.options.onWarning(error)
    this.#reopening.plan()
  }

  async #reopen(): Promise<void> {
    try {
      await this.#leaveManager()
    } catch (thrown) {
      // A log that failed cannot be closed in order; the manager lets go of it all the same.
      if (!isDiskFull(thrown)) throw thrown
    }
    if (!this.#hasStopped()) await this.#join()
  }

  #hasStopped(): boolean {
    return this.#lifecycle === 'stopped'
  }

  #wire(machine: MetaStateMachine): ServiceContext {
    const { env, channels, onWarning, onStage } = this.options
    const { clock } = env
    const leadership = this.#leadership
    const control = new MetaControl(leadership, machine, this.#settings.readMode)
    const context: ControlContext = {
      settings: this.#settings,
      wallTimeMs: () => clock.wallTimeMs(),
      leaderCount: (storeId) => duties.reports.leaderCount(storeId),
      randomBytes: (length) => this.#keyrings.bytes(length),
      onStage: onStage ?? (() => undefined),
      flow: new MetaFlow(this.options.probe ?? noProbe),
    }
    const retention = new Retention(context)
    control.beforeCommit = (draft) => {
      retention.sweep(draft)
    }
    const duties = new LeaderDuties({ clock, leadership, control, channels, context, onWarning })
    this.#duties = duties
    return {
      node: this.options,
      clock,
      machine,
      leadership,
      control,
      context,
      reports: duties.reports,
      liveness: duties.liveness,
      messages: new RegionMessages(duties.reports),
      oracle: new TimestampOracle(leadership, control, clock, this.#settings.timestampReserveMs),
    }
  }

  /**
   * Campaigns until somebody leads: the others may still be starting. In a cluster that has run before, its log may be too
   * short to be elected; then the others' timeouts decide. Pre-votes keep a restart from disturbing whoever leads.
   */
  #askToLead(attempts: number): void {
    const { clock } = this.options.env
    let left = attempts
    const campaign = (): void => {
      const { node } = this.#leadership
      this.#foundingTimer = undefined
      if (node === undefined || node.leader !== 0 || left === 0) return
      left -= 1
      node.campaign()
      this.#foundingTimer = clock.setTimer(this.#settings.foundingCampaignMs, campaign)
    }
    campaign()
  }

  async #leaveManager(): Promise<void> {
    if (!this.#isRaftNodeOpen) return
    this.#isRaftNodeOpen = false
    try {
      await this.options.raftManager.remove(META_REGION_ID, { deleteFiles: false })
    } catch (thrown) {
      const error = SandboxError.from(thrown)
      // Its owner closed the manager first, which stopped the node as well.
      if (error.code !== 'RAFT_NODE_STOPPED') throw error
    }
  }
}

/** Whether the group has not even held an election here. */
function isUntouched(node: Pick<RaftNode<unknown>, 'status'>): boolean {
  const { lastIndex, term } = node.status()
  return lastIndex <= 1 && term <= 1
}
