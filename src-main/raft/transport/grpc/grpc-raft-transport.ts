import type { SandboxError } from '../../../base/sandbox-error'
import type { Clock, Random } from '../../../env'
import type { ByteStream } from '../../../rpc/byte-stream'
import { DEFAULT_MAX_MESSAGE_BYTES } from '../../../rpc/call-errors'
import { PeerService } from '../../../rpc/generated/sandbox/peer_pb'
import { openGrpcStream } from '../../../rpc/grpc/grpc-stream'
import { NodeLinks } from '../../../rpc/links'
import type { ServiceRegistry } from '../../../rpc/service-registry'
import type { NodeId } from '../../core/model/node-id'
import type { PeerMessage, PeerMessageHandler } from '../peer-message'
import type { RaftTransport } from '../raft-transport'
import { IncomingPeer } from './incoming-peer'
import { OutgoingPeer } from './outgoing-peer'
import { TransportCounters } from './transport-counters'

/** Room for all that a frame with one entry holds beside the entry's command. */
const MAX_FRAME_OVERHEAD_BYTES = 1024
/** Bytes that one frame gathers at most, unless a single message is longer. */
const MAX_FRAME_BYTES = 1024 * 1024

/** What a {@link GrpcRaftTransport} needs. */
export interface GrpcRaftTransportOptions {
  readonly nodeId: NodeId
  /** Nodes of other clusters are refused. */
  readonly clusterId: number
  readonly env: { readonly clock: Clock; readonly random: Random }
  /** `host:port` of a node's raft port, asked anew for each connection; undefined if it is not known. */
  addressOf(nodeId: NodeId): string | undefined
  /** Default: all links are sound. */
  readonly links?: NodeLinks
  /** The longest frame in either direction. Default 64 MiB. */
  readonly maxMessageBytes?: number
  /** Bytes that may wait for one peer. Default 32 MiB. */
  readonly maxQueueBytes?: number
  /** Told of what a person should know: nodes that are refused, messages that are too large. */
  onWarning?(error: SandboxError): void
  /** How a stream to an address is opened. Default: over gRPC. */
  openStream?(address: string): ByteStream
}

/**
 * Carries the messages of all Raft groups between nodes over gRPC: one stream for each ordered pair of nodes
 * (proto/sandbox/peer.proto), on which messages of all groups travel together.
 */
export class GrpcRaftTransport implements RaftTransport {
  readonly nodeId: NodeId
  readonly counters = new TransportCounters()
  readonly #options: GrpcRaftTransportOptions
  readonly #links: NodeLinks
  readonly #maxMessageBytes: number
  readonly #outgoing = new Map<NodeId, OutgoingPeer>()
  readonly #incoming = new Set<IncomingPeer>()
  #handler: PeerMessageHandler | undefined
  #isClosed = false

  constructor(options: GrpcRaftTransportOptions) {
    this.nodeId = options.nodeId
    this.#options = options
    this.#links = options.links ?? new NodeLinks(options.env.clock)
    this.#maxMessageBytes = options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES
  }

  /** Takes the streams of peers: to be called with the registry of the raft port before its server starts. */
  registerServices(registry: ServiceRegistry): void {
    registry.addStream(PeerService.method.exchange, (stream) => {
      this.#accept(stream)
    })
  }

  get maxCommandBytes(): number {
    return Math.max(0, this.#maxMessageBytes - MAX_FRAME_OVERHEAD_BYTES)
  }

  send(to: NodeId, message: PeerMessage): void {
    if (this.#isClosed) return
    let peer = this.#outgoing.get(to)
    if (peer === undefined) {
      peer = this.#createOutgoing(to)
      this.#outgoing.set(to, peer)
    }
    peer.send(message)
  }

  listen(handler: PeerMessageHandler): void {
    this.#handler = handler
  }

  /** Whether a stream to the node is open and taken by it. */
  isConnected(to: NodeId): boolean {
    return this.#outgoing.get(to)?.isConnected ?? false
  }

  close(): Promise<void> {
    this.#isClosed = true
    this.#handler = undefined
    for (const peer of this.#outgoing.values()) peer.close()
    for (const peer of [...this.#incoming]) peer.close()
    return Promise.resolve()
  }

  #createOutgoing(to: NodeId): OutgoingPeer {
    const { nodeId, clusterId, env, addressOf, maxQueueBytes, openStream } = this.#options
    // What a message takes is known before it is put into a frame, whose first also says who sends.
    const maxMessageBytes = this.#maxMessageBytes - 64
    return new OutgoingPeer({
      hello: { clusterId, fromNodeId: nodeId, toNodeId: to },
      link: this.#links.link(to, 'outgoing'),
      clock: env.clock,
      random: env.random,
      counters: this.counters,
      maxQueueBytes: maxQueueBytes ?? 32 * 1024 * 1024,
      maxFrameBytes: Math.min(MAX_FRAME_BYTES, maxMessageBytes),
      maxMessageBytes,
      open: () => {
        const address = addressOf(to)
        if (address === undefined) return undefined
        return openStream?.(address) ?? openGrpcStream(address, PeerService.method.exchange, this.#maxMessageBytes)
      },
      onWarning: (error) => this.#options.onWarning?.(error),
    })
  }

  #accept(stream: ByteStream): void {
    const peer = new IncomingPeer(stream, {
      clusterId: this.#options.clusterId,
      nodeId: this.nodeId,
      clock: this.#options.env.clock,
      links: this.#links,
      counters: this.counters,
      accepted: (accepted, from) => {
        // A node calls anew when it has lost its stream: what is left of the old one is not waited for.
        for (const other of [...this.#incoming]) if (other !== accepted && other.from === from) other.close()
        this.#outgoing.get(from)?.peerCalled()
      },
      deliver: (from, message) => {
        if (this.#handler === undefined) this.counters.drop('not-listening')
        else this.#handler(from, message)
      },
      ended: (ended) => {
        this.#incoming.delete(ended)
      },
      onWarning: (error) => this.#options.onWarning?.(error),
    })
    this.#incoming.add(peer)
    if (this.#isClosed) peer.close()
  }
}
