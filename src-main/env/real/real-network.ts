import type { Server, Socket } from 'node:net'
import { createServer } from 'node:net'
import { SandboxError } from '../../base/sandbox-error'
import type { Endpoint, MessageHandler, Network, NetworkAddress } from '../network'
import { addressInUse, checkMessageSize, DEFAULT_MAX_MESSAGE_BYTES, endpointClosed } from '../network-message'
import { systemErrorName } from './disk-io-error'
import { FrameReader } from './message-frame'
import type { NetworkDropReason, OutgoingOptions } from './outgoing-connection'
import { OutgoingConnection } from './outgoing-connection'
import { formatSocketAddress, isLoopback, parseSocketAddress } from './socket-address'

/** How a real network is made. */
export interface RealNetworkOptions {
  /**
   * Lets endpoints be bound to addresses that other machines reach. Default false: who sends is not checked, so whoever
   * reaches an endpoint is trusted.
   */
  readonly allowOtherHosts?: boolean
  /** Default 16 MiB. A connection on which a longer message is announced is closed. */
  readonly maxMessageBytes?: number
  /** Bytes that may wait for one destination; beyond them messages are dropped. Default 64 MiB. */
  readonly maxQueuedBytes?: number
  /** Default 3000. */
  readonly connectTimeoutMs?: number
  /** For so long after a failed attempt to connect messages to that destination are dropped at once. Default 50. */
  readonly reconnectDelayMs?: number
  /** Given what a handler throws. Default: an uncaught exception of the process. */
  readonly onHandlerError?: (error: unknown, address: NetworkAddress) => void
  /** Told of each message that is not sent, and of each connection that broke and may have lost messages. */
  readonly onDrop?: (to: NetworkAddress, reason: NetworkDropReason) => void
}

/** The first bytes on a connection: what it is and which version of its format. */
const GREETING = new TextEncoder().encode('DSB1')
/**
 * Messages over TCP. Each endpoint listens, and opens a connection of its own to each destination when it has something
 * to send; the connection tells the sender's address once. Messages to one destination keep their order while a
 * connection lasts; what cannot be sent is dropped, never kept for later.
 */
export class RealNetwork implements Network {
  readonly #options: RealNetworkOptions

  constructor(options: RealNetworkOptions = {}) {
    this.#options = options
  }

  async bind(address: NetworkAddress, handler: MessageHandler): Promise<Endpoint> {
    const { host, port } = parseSocketAddress(address)
    if (this.#options.allowOtherHosts !== true && !isLoopback(host)) {
      throw new SandboxError(
        'INVALID_ARGUMENT',
        `The address ${address} can be reached from other machines. Bind a loopback address, or allow other hosts explicitly.`,
        { details: { address } },
      )
    }
    const server = createServer({ noDelay: true })
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => {
        const isTaken = ['EADDRINUSE', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EACCES'].includes(systemErrorName(error) ?? '')
        reject(isTaken ? addressInUse(address, error.message, error) : SandboxError.from(error))
      })
      server.listen({ host, port, exclusive: true }, resolve)
    })
    const bound = server.address()
    const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port
    return new RealEndpoint(server, formatSocketAddress({ host, port: boundPort }), handler, this.#options)
  }
}

class RealEndpoint implements Endpoint {
  readonly address: NetworkAddress
  readonly #server: Server
  readonly #handler: MessageHandler
  readonly #maxMessageBytes: number
  readonly #onHandlerError: (error: unknown, address: NetworkAddress) => void
  readonly #outgoingOptions: OutgoingOptions
  readonly #outgoing = new Map<NetworkAddress, OutgoingConnection>()
  readonly #incoming = new Set<Socket>()
  #closing: Promise<void> | undefined

  constructor(server: Server, address: NetworkAddress, handler: MessageHandler, options: RealNetworkOptions) {
    this.address = address
    this.#server = server
    this.#handler = handler
    this.#maxMessageBytes = options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES
    this.#onHandlerError = options.onHandlerError ?? throwUncaught
    this.#outgoingOptions = {
      hello: helloOf(address),
      maxQueuedBytes: options.maxQueuedBytes ?? 64 * 1024 * 1024,
      connectTimeoutMs: options.connectTimeoutMs ?? 3000,
      reconnectDelayMs: options.reconnectDelayMs ?? 50,
      onDrop: options.onDrop ?? (() => undefined),
    }
    server.on('connection', (socket) => {
      this.#accept(socket)
    })
  }

  send(to: NetworkAddress, message: Uint8Array): void {
    if (this.#closing !== undefined) throw endpointClosed(this.address)
    checkMessageSize(message, this.#maxMessageBytes, to)
    let connection = this.#outgoing.get(to)
    if (connection === undefined) {
      parseSocketAddress(to)
      connection = new OutgoingConnection(to, this.#outgoingOptions)
      this.#outgoing.set(to, connection)
    }
    connection.send(message)
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#server.close(() => {
        resolve()
      })
      for (const connection of this.#outgoing.values()) connection.close()
      for (const socket of this.#incoming) socket.destroy()
    })
    return this.#closing
  }

  #accept(socket: Socket): void {
    this.#incoming.add(socket)
    let from: NetworkAddress | undefined
    const reader = new FrameReader(this.#maxMessageBytes, (message) => {
      if (socket.destroyed || this.#closing !== undefined) return
      if (from !== undefined) this.#handOver(from, message)
      else {
        from = senderOf(message)
        if (from === undefined) socket.destroy()
      }
    })
    socket.on('data', (chunk) => {
      if (!reader.push(chunk)) socket.destroy()
    })
    // The sender notices and drops or sends again; for the receiver a broken connection is a lost message like any other.
    socket.on('error', () => undefined)
    socket.once('close', () => this.#incoming.delete(socket))
  }

  #handOver(from: NetworkAddress, message: Uint8Array): void {
    try {
      this.#handler(from, message)
    } catch (error) {
      this.#onHandlerError(error, this.address)
    }
  }
}

/** The first message on a connection: the greeting, then the address of the sender. */
function helloOf(address: NetworkAddress): Uint8Array {
  const text = new TextEncoder().encode(address)
  const hello = new Uint8Array(GREETING.length + text.length)
  hello.set(GREETING)
  hello.set(text, GREETING.length)
  return hello
}

/** Undefined if it is not a greeting of this version: somebody else knocked at the port. */
function senderOf(hello: Uint8Array): NetworkAddress | undefined {
  if (GREETING.some((byte, index) => hello[index] !== byte)) return undefined
  return new TextDecoder().decode(hello.subarray(GREETING.length))
}

function throwUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
