import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import type { Clock } from '../env'
import { callCancelled, methodName, nodeUnavailable } from './call-errors'
import type { LinkState } from './directed-link'
import { DirectedLink } from './directed-link'
import type { CallOptions, RpcChannel, RpcChannels } from './rpc-channel'

/** Seen from the node that has the links: what it sends to a peer, or what a peer sends to it. */
export type LinkDirection = 'outgoing' | 'incoming'

/** One link that is not sound. */
export interface NodeLinkState extends LinkState {
  readonly peer: number
  readonly direction: LinkDirection
}

/**
 * Which other nodes this node may exchange messages with, by node id and direction. All links are sound until they are
 * changed. Every transport and channel of the node asks here, so one change cuts all of its traffic with a peer.
 */
export class NodeLinks {
  readonly clock: Clock
  readonly #links: Readonly<Record<LinkDirection, Map<number, DirectedLink>>> = {
    outgoing: new Map(),
    incoming: new Map(),
  }

  /** @param clock counts the delays */
  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Changes a link at once; what is not named stays. @throws SandboxError INVALID_ARGUMENT */
  change(peer: number, direction: LinkDirection, state: Partial<LinkState>): void {
    this.link(peer, direction).change(state)
  }

  /** Makes every link sound again. */
  healAll(): void {
    for (const links of [this.#links.outgoing, this.#links.incoming]) {
      for (const link of links.values()) link.change({ isCut: false, delayMs: 0 })
    }
  }

  /** The links that are not sound. */
  list(): readonly NodeLinkState[] {
    return (['outgoing', 'incoming'] as const).flatMap((direction) =>
      [...this.#links[direction]]
        .filter(([, link]) => link.isCut || link.delayMs > 0)
        .map(([peer, { isCut, delayMs }]) => ({ peer, direction, isCut, delayMs })),
    )
  }

  /** For transports and channels. */
  link(peer: number, direction: LinkDirection): DirectedLink {
    const links = this.#links[direction]
    let link = links.get(peer)
    if (link === undefined) {
      link = new DirectedLink()
      links.set(peer, link)
    }
    return link
  }
}

/**
 * The same channels, for calls between nodes: calls to a node whose link is cut are RPC_UNAVAILABLE, those under way when
 * it is cut too.
 *
 * @param nodeIdOf the node behind an address; calls to an address of nobody pass untouched
 */
export function withLinks(
  channels: RpcChannels,
  links: NodeLinks,
  nodeIdOf: (address: string) => number | undefined,
): RpcChannels {
  return {
    to: (address) => new LinkedChannel(channels.to(address), links, nodeIdOf),
    close: () => channels.close(),
  }
}

class LinkedChannel implements RpcChannel {
  readonly #channel: RpcChannel
  readonly #links: NodeLinks
  readonly #nodeIdOf: (address: string) => number | undefined

  constructor(channel: RpcChannel, links: NodeLinks, nodeIdOf: (address: string) => number | undefined) {
    this.#channel = channel
    this.#links = links
    this.#nodeIdOf = nodeIdOf
  }

  get address(): string {
    return this.#channel.address
  }

  async unary<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
    options: CallOptions = {},
  ): Promise<MessageShape<Output>> {
    const peer = this.#nodeIdOf(this.address)
    if (peer === undefined) return this.#channel.unary(method, request, options)
    const outgoing = this.#links.link(peer, 'outgoing')
    const incoming = this.#links.link(peer, 'incoming')
    const abort = new AbortController()
    let isSent = false
    let cut: Error | undefined
    const onCut = (): void => {
      cut ??= nodeUnavailable(this.address, methodName(method), isSent, `the link with node ${String(peer)} is cut`)
      abort.abort()
    }
    const onGivenUp = (): void => {
      abort.abort()
    }
    const unwatch = [outgoing.watch(onCut), incoming.watch(onCut)]
    options.signal?.addEventListener('abort', onGivenUp, { once: true })
    try {
      if (options.signal?.aborted === true) throw callCancelled(this.address, methodName(method))
      if (outgoing.isCut) onCut()
      if (cut === undefined && outgoing.delayMs > 0) await this.#links.clock.sleep(outgoing.delayMs, abort.signal)
      if (cut !== undefined) throw cut
      isSent = true
      const response = await this.#channel.unary(method, request, { ...options, signal: abort.signal })
      if (incoming.isCut) onCut()
      if (cut === undefined && incoming.delayMs > 0) await this.#links.clock.sleep(incoming.delayMs, abort.signal)
      if (cut !== undefined) throw cut
      return response
    } catch (thrown) {
      throw cut ?? thrown
    } finally {
      for (const stop of unwatch) stop()
      options.signal?.removeEventListener('abort', onGivenUp)
    }
  }
}
