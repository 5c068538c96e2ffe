import type { SandboxError } from '../../base/sandbox-error'
import type { Env } from '../../env'
import { GrpcRaftTransport } from '../../raft/transport/grpc/grpc-raft-transport'
import { CoordinatorChannel } from '../../rpc/coordinator-channel'
import { GrpcChannels } from '../../rpc/grpc/grpc-channels'
import { NodeLinks, withLinks } from '../../rpc/links'
import type { RpcChannels } from '../../rpc/rpc-channel'
import { AddressBook } from './address-book'
import type { NodeConfig } from './node-config'
import { formatEndpoint } from './node-config'
import type { LinkRule } from './node-link'

/** All ways from a node to the others. What is cut is cut for calls and for Raft alike. */
export class NodeNetwork {
  readonly addresses: AddressBook
  /** To the server ports of other nodes. */
  readonly channels: RpcChannels
  /** To whichever coordinator leads. */
  readonly coordinators: CoordinatorChannel
  readonly transport: GrpcRaftTransport
  readonly #links: NodeLinks

  constructor(env: Env, config: NodeConfig, links: readonly LinkRule[], onWarning: (error: SandboxError) => void) {
    const { maxMessageBytes } = config.settings
    this.addresses = new AddressBook(config)
    this.#links = new NodeLinks(env.clock)
    for (const rule of links) this.setLink(rule)
    const nodeIdOf = (address: string) => this.addresses.nodeIdOf(address)
    this.channels = withLinks(new GrpcChannels({ env, maxMessageBytes }), this.#links, nodeIdOf)
    this.coordinators = new CoordinatorChannel({
      channels: this.channels,
      addresses: config.coordinators.map(({ server }) => formatEndpoint(server)),
      clock: env.clock,
      random: env.random.fork('coordinator channel'),
    })
    this.transport = new GrpcRaftTransport({
      nodeId: config.nodeId,
      clusterId: config.clusterId,
      env,
      addressOf: (nodeId) => this.addresses.raftAddressOf(nodeId),
      links: this.#links,
      maxMessageBytes,
      onWarning,
    })
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
