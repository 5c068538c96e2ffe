import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { NetworkAddress } from '../network'
import { frameHeader } from './message-frame'
import { parseSocketAddress } from './socket-address'

/** Why messages were dropped: too many bytes wait for the destination, it could not be reached, the connection broke. */
export type NetworkDropReason = 'queue-full' | 'not-connected' | 'connection-lost'

/** What an outgoing connection is told at its making. */
export interface OutgoingOptions {
  /** The first frame on every connection. */
  readonly hello: Uint8Array
  /** Bytes that may wait for the destination, not yet taken by the operating system. */
  readonly maxQueuedBytes: number
  readonly connectTimeoutMs: number
  /** For so long after a failed attempt messages are dropped at once instead of trying again. */
  readonly reconnectDelayMs: number
  /** Told of each message that is not sent, and of each connection that broke and may have lost messages. */
  readonly onDrop: (to: NetworkAddress, reason: NetworkDropReason) => void
}

/** Sends messages to one destination. Connects when there is something to send, and drops what it cannot send: see Endpoint.send. */
export class OutgoingConnection {
  readonly #to: NetworkAddress
  readonly #options: OutgoingOptions
  #socket: Socket | undefined
  #retryAtMs = 0
  #closed = false

  constructor(to: NetworkAddress, options: OutgoingOptions) {
    this.#to = to
    this.#options = options
  }

  /** @throws SandboxError INVALID_ARGUMENT if the destination is not an address */
  send(message: Uint8Array): void {
    const socket = this.#socket ?? this.#connect()
    if (socket === undefined) {
      this.#options.onDrop(this.#to, 'not-connected')
      return
    }
    // An empty queue takes any message, else one above the bound could never be sent.
    if (socket.writableLength > 0 && socket.writableLength + message.length > this.#options.maxQueuedBytes) {
      this.#options.onDrop(this.#to, 'queue-full')
      return
    }
    this.#corkUntilNextTick(socket)
    socket.write(frameHeader(message.length))
    socket.write(message)
  }

  close(): void {
    this.#closed = true
    this.#socket?.destroy()
  }

  #connect(): Socket | undefined {
    if (this.#closed || performance.now() < this.#retryAtMs) return undefined
    const socket = connect({ ...parseSocketAddress(this.#to), noDelay: true })
    this.#socket = socket
    socket.setTimeout(this.#options.connectTimeoutMs, () => {
      socket.destroy()
    })
    let connected = false
    socket.once('connect', () => {
      connected = true
      socket.setTimeout(0)
    })
    // 'close' follows and does what there is to do: for the sender every failure is the same loss.
    socket.on('error', () => undefined)
    socket.once('close', () => {
      this.#socket = undefined
      if (!connected) this.#retryAtMs = performance.now() + this.#options.reconnectDelayMs
      if (!this.#closed) this.#options.onDrop(this.#to, connected ? 'connection-lost' : 'not-connected')
    })
    // The destination sends nothing here; reading notices when it ends the connection.
    socket.resume()
    this.#corkUntilNextTick(socket)
    socket.write(frameHeader(this.#options.hello.length))
    socket.write(this.#options.hello)
    return socket
  }

  /** Everything that is sent in one go leaves in one call of the system. */
  #corkUntilNextTick(socket: Socket): void {
    if (socket.writableCorked > 0) return
    socket.cork()
    process.nextTick(() => {
      socket.uncork()
    })
  }
}
