import type { Env } from '../../../src-main/env'
import type { SimulatedClock } from '../../../src-main/env/simulated'
import { simulatedEnv } from '../../../src-main/env/simulated'
import type { RpcChannels } from '../../../src-main/rpc/rpc-channel'
import type { ClusterParts } from '../../../src-main/sandbox/cluster/cluster-host'
import { ClusterHost } from '../../../src-main/sandbox/cluster/cluster-host'
import type { ClusterOptions } from '../../../src-main/sandbox/cluster/cluster-options'
import type { StopOptions } from '../../../src-main/sandbox/node/mountable-node'
import type { NodeConfig } from '../../../src-main/sandbox/node/node-config'
import type { LinkRule } from '../../../src-main/sandbox/node/node-link'
import type { NodeMount, NodeMountListener, NodeMountSupport } from '../../../src-main/sandbox/node/node-mount'
import type { NodeExit, NodeStartPhases, NodeStatus } from '../../../src-main/sandbox/node/node-status'
import { LocalNetwork } from '../../../src-main/rpc/local-channels'
import { ServiceRegistry } from '../../../src-main/rpc/service-registry'
import type { FlowCommand } from '../../../src-main/flow/flow-messages'
import { CoordinatorService } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import { StoreState } from '../../../src-main/rpc/generated/dingodb/common_pb'
import { dingoError } from '../../../src-main/rpc/dingo-error'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'

const phases: NodeStartPhases = { engineMs: 1, nodeMs: 2, serveMs: 3 }

/** A mount that does what the test says and keeps what it was told. */
export class FakeMount implements NodeMount {
  readonly kind = 'inline'
  supports: NodeMountSupport = { pause: true, operatingSystemKill: false }
  readonly calls: string[] = []
  readonly rules: LinkRule[] = []
  readonly listener: NodeMountListener
  config: NodeConfig | undefined
  /** What its start waits for, or fails with. */
  starting: Promise<unknown> = Promise.resolve()
  /** What its orderly stop waits for. */
  stopping: Promise<unknown> = Promise.resolve()
  /** What closing behind the scenes waits for after a kill. */
  closing: Promise<unknown> = Promise.resolve()

  constructor(listener: NodeMountListener) {
    this.listener = listener
  }

  async start(config: NodeConfig, links: readonly LinkRule[]): Promise<NodeStartPhases> {
    this.config = config
    this.calls.push('start')
    this.rules.push(...links)
    await this.starting
    return phases
  }

  flow(command: FlowCommand): Promise<void> {
    this.calls.push(`flow ${command.kind}`)
    return Promise.resolve()
  }

  async stop(options: StopOptions): Promise<void> {
    this.calls.push(options.handOver ? 'hand over and stop' : 'stop')
    await this.stopping
    this.exit({ kind: 'stopped', error: undefined })
  }

  kill(): Promise<void> {
    this.calls.push('kill')
    void this.closing.then(() => {
      this.exit({ kind: 'killed', error: undefined })
    })
    return Promise.resolve()
  }

  pause(): Promise<void> {
    this.calls.push('pause')
    return Promise.resolve()
  }

  resume(): Promise<void> {
    this.calls.push('resume')
    return Promise.resolve()
  }

  setLink(rule: LinkRule): Promise<void> {
    this.rules.push(rule)
    return Promise.resolve()
  }

  status(): Promise<NodeStatus> {
    return Promise.reject(new Error('not asked by these tests'))
  }

  exit(exit: NodeExit): void {
    if (this.calls.includes('exit')) return
    this.calls.push('exit')
    this.listener.onExit(exit)
  }
}

/** A cluster of fake nodes in a simulated world, with coordinators that answer what the test wants. */
export class FakeCluster {
  readonly #simulation = simulatedEnv({ seed: 1 })
  readonly env: Env = this.#simulation.addNode('host').env
  readonly clock: SimulatedClock = this.#simulation.clock
  /** All mounts that were made, by the name of their node, the newest last. */
  readonly lives = new Map<string, FakeMount[]>()
  /** Sets up the mount of a node's life before it is started. */
  prepare: (name: string, mount: FakeMount) => void = () => undefined
  /** Whether a coordinator at an address leads. */
  leads: (address: string) => boolean = (address) => address.endsWith(':22001')
  /** How a store at an address is known to the coordinators. */
  storeState: (address: string) => StoreState | undefined = () => StoreState.STORE_NORMAL
  /** Folders of nodes in which an earlier host may have left something running. */
  readonly clearedAway: string[] = []
  host: ClusterHost | undefined

  async open(options: Partial<ClusterOptions> = {}): Promise<ClusterHost> {
    const all: ClusterOptions = { env: this.env, directory: '/w', mount: 'inline', ...options }
    this.host = await ClusterHost.open(all, this.#parts())
    return this.host
  }

  /** The newest life of a node. */
  life(name: string): FakeMount {
    const life = this.lives.get(name)?.at(-1)
    if (life === undefined) throw new Error(`${name} was never started`)
    return life
  }

  /** Lets simulated time run until the work is done. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isSettled = false
    const settled = work.finally(() => {
      isSettled = true
    })
    // Rejections are the caller's, below.
    settled.catch(() => undefined)
    await this.clock.runUntil(() => isSettled, { timeMs: 60_000 })
    return settled
  }

  #parts(): ClusterParts {
    return {
      createMount: (_kind, _place, listener) => {
        const mount = new FakeMount(listener)
        const start = mount.start.bind(mount)
        mount.start = (config, links) => {
          const lives = this.lives.get(config.name) ?? []
          this.lives.set(config.name, [...lives, mount])
          this.prepare(config.name, mount)
          return start(config, links)
        }
        return mount
      },
      createChannels: () => this.#channels(),
      clearAway: (directories) => {
        this.clearedAway.push(...directories)
        return Promise.resolve()
      },
    }
  }

  #channels(): RpcChannels {
    const network = new LocalNetwork(this.clock)
    for (const address of this.host?.addresses().coordinators ?? []) {
      const registry = new ServiceRegistry()
      registry.add(CoordinatorService, {
        getStoreMap: () => {
          if (!this.leads(address)) throw dingoError(Errno.ERAFT_NOTLEADER, `${address} does not lead.`)
          return { storemap: { stores: this.#storeMap() } }
        },
      })
      network.serve(address, registry)
    }
    return network.channels('host')
  }

  #storeMap() {
    const stores = this.host?.nodes().filter(({ role }) => role === 'store') ?? []
    return stores.flatMap(({ nodeId, serverAddress }) => {
      const state = this.storeState(serverAddress)
      const [host = '', port] = serverAddress.split(':')
      return state === undefined ? [] : [{ id: BigInt(nodeId), state, serverLocation: { host, port: Number(port) } }]
    })
  }
}
