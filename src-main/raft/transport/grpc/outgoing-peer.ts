import { SandboxError } from '../../../base/sandbox-error'
import type { Clock, Random, Timer } from '../../../env'
import type { ByteStream } from '../../../rpc/byte-stream'
import type { DirectedLink } from '../../../rpc/directed-link'
import type { PeerMessage } from '../peer-message'
import { LinkGate } from './link-gate'
import type { PeerHello } from './peer-encoder'
import { encodedSize, encodeFrame } from './peer-encoder'
import { PeerOutbox } from './peer-outbox'
import type { TransportCounters } from './transport-counters'

const MIN_BACKOFF_MS = 50
const MAX_BACKOFF_MS = 1_000

/** What the sending side of one pair of nodes needs. */
export interface OutgoingPeerOptions {
  readonly hello: PeerHello
  readonly link: DirectedLink
  readonly clock: Clock
  readonly random: Random
  readonly counters: TransportCounters
  readonly maxQueueBytes: number
  readonly maxFrameBytes: number
  readonly maxMessageBytes: number
  /** Opens a stream to the peer; undefined if nobody knows its address. */
  open(): ByteStream | undefined
  onWarning(error: SandboxError): void
}

/**
 * Sends to one peer over one long stream. What is sent in one turn of the loop, and what comes while a frame is being
 * written, travels as one frame. While the peer cannot be reached, messages are dropped, and a new attempt is made when
 * something is to be sent and the pause is over, or as soon as the peer calls.
 */
export class OutgoingPeer {
  readonly #options: OutgoingPeerOptions
  readonly #outbox: PeerOutbox
  readonly #gate: LinkGate<PeerMessage>
  readonly #unwatch: () => void
  #stream: ByteStream | undefined
  /** The peer has said that it takes the stream. */
  #isWelcome = false
  #isFlushDue = false
  /** Messages in the frame that is being written; 0 when none is. */
  #beingWritten = 0
  #failures = 0
  #pause: Timer | undefined
  #isClosed = false

  constructor(options: OutgoingPeerOptions) {
    this.#options = options
    this.#outbox = new PeerOutbox(options.maxQueueBytes)
    const { link, clock, counters } = options
    this.#gate = new LinkGate(
      link,
      clock,
      (message) => {
        this.#enqueue(message)
      },
      () => {
        counters.drop('link-cut')
      },
    )
    this.#unwatch = link.watch(() => {
      counters.drop('link-cut', this.#outbox.clear())
    })
  }

  /** Whether the peer has taken the stream that is open now. */
  get isConnected(): boolean {
    return this.#isWelcome
  }

  send(message: PeerMessage): void {
    if (!this.#isClosed) this.#gate.offer(message)
  }

  /** The peer called us, so it can be reached: no pause any more. */
  peerCalled(): void {
    this.#failures = 0
    this.#pause?.cancel()
    this.#pause = undefined
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#unwatch()
    this.#pause?.cancel()
    this.#outbox.clear()
    const stream = this.#stream
    this.#stream = undefined
    stream?.close(new SandboxError('CANCELLED', 'The transport was closed.'))
  }

  #enqueue(message: PeerMessage): void {
    const { counters, maxMessageBytes, onWarning, hello } = this.#options
    if (this.#isClosed) return
    if (this.#pause !== undefined) {
      counters.drop('unreachable')
      return
    }
    const bytes = encodedSize(message)
    if (bytes > maxMessageBytes) {
      counters.drop('too-large')
      const sentence = `A message of ${String(bytes)} bytes of region ${String(message.regionId)} to node ${String(hello.toNodeId)} is longer than the ${String(maxMessageBytes)} bytes that nodes send each other: let entries or snapshot chunks be smaller.`
      onWarning(
        new SandboxError('NETWORK_MESSAGE_TOO_LARGE', sentence, {
          details: { regionId: message.regionId, to: hello.toNodeId, bytes, maxMessageBytes },
        }),
      )
      return
    }
    counters.drop('queue-full', this.#outbox.push(message, bytes))
    if (this.#isFlushDue || this.#beingWritten > 0) return
    this.#isFlushDue = true
    queueMicrotask(this.#flush)
  }

  readonly #flush = (): void => {
    this.#isFlushDue = false
    if (this.#isClosed || this.#beingWritten > 0 || this.#outbox.count === 0) return
    const isFirst = this.#stream === undefined
    const stream = this.#stream ?? this.#connect()
    if (stream === undefined) return
    const { counters, hello, maxFrameBytes } = this.#options
    const messages = this.#outbox.take(maxFrameBytes)
    const frame = this.#encode(isFirst ? hello : undefined, messages)
    if (frame === undefined) {
      this.#flush()
      return
    }
    counters.sentFrames += 1
    counters.sentBytes += frame.length
    this.#beingWritten = messages.length
    stream.write(frame, () => {
      // Before there is a connection the carrier only keeps the bytes; the welcome says that they arrived.
      if (this.#stream !== stream || !this.#isWelcome) return
      this.#beingWritten = 0
      this.#flush()
    })
  }

  /** Undefined if a message is not fit for the wire: then the others are put into a frame without it. */
  #encode(hello: PeerHello | undefined, messages: readonly PeerMessage[]): Uint8Array | undefined {
    const { counters, onWarning } = this.#options
    try {
      const frame = encodeFrame(hello, messages)
      counters.sentMessages += messages.length
      return frame
    } catch (thrown) {
      const [single, ...others] = messages
      if (single === undefined || (others.length === 0 && hello === undefined)) {
        counters.drop('not-encodable', messages.length)
        onWarning(SandboxError.from(thrown))
        return undefined
      }
      const fit = messages.filter((message) => this.#isEncodable(message))
      return this.#encode(hello, fit)
    }
  }

  #isEncodable(message: PeerMessage): boolean {
    try {
      encodeFrame(undefined, [message])
      return true
    } catch (thrown) {
      this.#options.counters.drop('not-encodable')
      this.#options.onWarning(SandboxError.from(thrown))
      return false
    }
  }

  #connect(): ByteStream | undefined {
    const { counters, open } = this.#options
    const stream = open()
    if (stream === undefined) {
      counters.drop('unknown-peer', this.#outbox.clear())
      return undefined
    }
    counters.connects += 1
    this.#stream = stream
    stream.listen({
      frame: () => {
        if (this.#stream !== stream) return
        this.#isWelcome = true
        this.#failures = 0
        this.#beingWritten = 0
        this.#flush()
      },
      ended: (error) => {
        if (this.#stream === stream) this.#lost(error)
      },
    })
    return stream
  }

  #lost(error: SandboxError | undefined): void {
    const { clock, counters, onWarning, random } = this.#options
    this.#stream?.close()
    this.#stream = undefined
    this.#isWelcome = false
    this.#failures += 1
    counters.drop('connection-lost', this.#outbox.clear() + this.#beingWritten)
    this.#beingWritten = 0
    if (error?.code === 'RPC_FAILED') onWarning(error)
    const longestMs = Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** Math.min(this.#failures - 1, 10))
    this.#pause = clock.setTimer(longestMs * (0.5 + random.fraction() / 2), () => {
      this.#pause = undefined
    })
  }
}
