import type { SandboxError } from '../../base/sandbox-error'
import type { Env } from '../../env'
import type { PauseGate } from '../../env/pause-gate'
import { GrpcRaftTransport } from '../../raft/transport/grpc/grpc-raft-transport'
import { PausableTransport } from '../../raft/transport/pausable-transport'
import type { RaftTransport } from '../../raft/transport/raft-transport'
import { CoordinatorChannel } from '../../rpc/coordinator-channel'
import { GrpcChannels } from '../../rpc/grpc/grpc-channels'
import { NodeLinks, withLinks } from '../../rpc/links'
import { withPauses } from '../../rpc/pausable-channels'
import type { RpcChannels } from '../../rpc/rpc-channel'
import type { ServiceRegistry } from '../../rpc/service-registry'
import { AddressBook } from './address-book'
import type { NodeConfig } from './node-config'
import { formatEndpoint } from './node-config'
import type { LinkRule } from './node-link'

/** What a {@link NodeNetwork} needs. */
export interface NodeNetworkOptions {
  readonly env: Env
  readonly config: NodeConfig
  readonly links: readonly LinkRule[]
  /** While it is closed nothing leaves the node, and nothing reaches it. */
  readonly gate: PauseGate
  readonly onWarning: (error: SandboxError) => void
}

/** All ways from a node to the others. What is cut is cut for calls and for Raft alike. */
export class NodeNetwork {
  readonly addresses: AddressBook
  /** To the server ports of other nodes. */
  readonly channels: RpcChannels
  /** To whichever coordinator leads. */
  readonly coordinators: CoordinatorChannel
  readonly transport: RaftTransport
  readonly #carrier: GrpcRaftTransport
  readonly #links: NodeLinks

  constructor({ env, config, links, gate, onWarning }: NodeNetworkOptions) {
    const { maxMessageBytes } = config.settings
    this.addresses = new AddressBook(config)
    this.#links = new NodeLinks(env.clock)
    for (const rule of links) this.setLink(rule)
    const nodeIdOf = (address: string) => this.addresses.nodeIdOf(address)
    const channels = withLinks(new GrpcChannels({ env, maxMessageBytes }), this.#links, nodeIdOf)
    this.channels = withPauses(channels, gate)
    this.coordinators = new CoordinatorChannel({
      channels: this.channels,
      addresses: config.coordinators.map(({ server }) => formatEndpoint(server)),
      clock: env.clock,
      random: env.random.fork('coordinator channel'),
    })
    this.#carrier = new GrpcRaftTransport({
      nodeId: config.nodeId,
      clusterId: config.clusterId,
      env,
      addressOf: (nodeId) => this.addresses.raftAddressOf(nodeId),
      links: this.#links,
      maxMessageBytes,
      onWarning,
    })
    this.transport = new PausableTransport(this.#carrier, gate)
  }

  /** Takes the streams of peers: see {@link GrpcRaftTransport.registerServices}. */
  registerServices(registry: ServiceRegistry): void {
    this.#carrier.registerServices(registry)
  }

  setLink({ peer, direction, cut, delayMs }: LinkRule): void {
    this.#links.change(peer, direction, { isCut: cut, delayMs })
  }

  /** The links that are not as they should be. */
  links(): readonly LinkRule[] {
    return this.#links.list().map(({ peer, direction, isCut, delayMs }) => ({ peer, direction, cut: isCut, delayMs }))
  }

  /** Breaks off everything, in this turn or in the next. Twice is harmless. */
  async close(): Promise<void> {
    await Promise.all([this.transport.close(), this.channels.close()])
  }
}
