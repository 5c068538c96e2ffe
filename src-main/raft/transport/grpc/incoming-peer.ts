import type { SandboxError } from '../../../base/sandbox-error'
import type { Clock } from '../../../env'
import type { ByteStream } from '../../../rpc/byte-stream'
import { callRefused } from '../../../rpc/grpc-status'
import type { NodeLinks } from '../../../rpc/links'
import type { PeerMessage } from '../peer-message'
import { LinkGate } from './link-gate'
import { decodeFrame } from './peer-decoder'
import type { PeerHello } from './peer-encoder'
import { encodeWelcome } from './peer-encoder'
import type { TransportCounters } from './transport-counters'

/** What the receiving side of a stream needs. */
export interface IncomingPeerOptions {
  readonly clusterId: number
  readonly nodeId: number
  readonly clock: Clock
  readonly links: NodeLinks
  readonly counters: TransportCounters
  /** The peer has named itself and is let in. */
  accepted(peer: IncomingPeer, from: number): void
  deliver(from: number, message: PeerMessage): void
  ended(peer: IncomingPeer): void
  onWarning(error: SandboxError): void
}

/** Receives from one peer over the stream that it opened. */
export class IncomingPeer {
  readonly #stream: ByteStream
  readonly #options: IncomingPeerOptions
  #gate: LinkGate<PeerMessage> | undefined
  #from: number | undefined
  #isOver = false

  constructor(stream: ByteStream, options: IncomingPeerOptions) {
    this.#stream = stream
    this.#options = options
    stream.listen({
      frame: (bytes) => {
        this.#receive(bytes)
      },
      ended: () => {
        this.close()
      },
    })
  }

  /** The sender; undefined until it has named itself. */
  get from(): number | undefined {
    return this.#from
  }

  close(error?: SandboxError): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#stream.close(error)
    this.#options.ended(this)
  }

  #receive(bytes: Uint8Array): void {
    if (this.#isOver) return
    const { counters, onWarning } = this.#options
    try {
      const { hello, messages } = decodeFrame(bytes)
      if (this.#gate === undefined) this.#welcome(hello)
      counters.receivedFrames += 1
      counters.receivedBytes += bytes.length
      counters.receivedMessages += messages.length
      for (const message of messages) this.#gate?.offer(message)
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown)
      const error = callRefused('INVALID_ARGUMENT', `${reason} It came from ${this.#stream.peer}.`)
      counters.refusedStreams += 1
      onWarning(error)
      this.close(error)
    }
  }

  #welcome(hello: PeerHello | undefined): void {
    const { clusterId, nodeId, clock, links, counters, deliver, accepted } = this.#options
    const refusal = refusalOf(hello, clusterId, nodeId)
    if (hello === undefined || refusal !== undefined) throw new Error(refusal)
    const from = hello.fromNodeId
    this.#from = from
    this.#gate = new LinkGate(
      links.link(from, 'incoming'),
      clock,
      (message) => {
        if (!this.#isOver) deliver(from, message)
      },
      () => {
        counters.drop('link-cut')
      },
    )
    this.#stream.write(encodeWelcome(clusterId, nodeId))
    accepted(this, from)
  }
}

/** Why a stream that begins so is not taken; undefined if it is. */
function refusalOf(hello: PeerHello | undefined, clusterId: number, nodeId: number): string | undefined {
  if (hello === undefined) return 'The first frame does not say which node sends.'
  if (hello.clusterId !== clusterId) {
    return `Node ${String(hello.fromNodeId)} of cluster ${String(hello.clusterId)} called node ${String(nodeId)} of cluster ${String(clusterId)}: check its configuration.`
  }
  if (hello.toNodeId !== nodeId) {
    return `Node ${String(hello.fromNodeId)} wanted node ${String(hello.toNodeId)}, but this is node ${String(nodeId)}: its addresses are out of date.`
  }
  if (hello.fromNodeId === nodeId || hello.fromNodeId <= 0) {
    return `A node that calls itself ${String(hello.fromNodeId)} called node ${String(nodeId)}: each node needs an id of its own, from 1 up.`
  }
  return undefined
}
