import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { SandboxError } from '../base/sandbox-error'
import type { Clock } from '../env'
import { DEFAULT_CALL_TIMEOUT_MS, DEFAULT_MAX_MESSAGE_BYTES, methodName, nodeUnavailable } from './call-errors'
import type { LocalServer } from './local-call'
import { LocalCall } from './local-call'
import type { LinkState } from './directed-link'
import { DirectedLink } from './directed-link'
import type { CallOptions, RpcChannel, RpcChannels } from './rpc-channel'
import type { ServiceRegistry } from './service-registry'
import { checkTraceId } from './trace-id'

/** Settings of a {@link LocalNetwork}. */
export interface LocalNetworkOptions {
  /** Ms after which a call without its own time-out is given up. Default 30 s. */
  readonly timeoutMs?: number
  /** Default 64 MiB. */
  readonly maxMessageBytes?: number
}

/**
 * Nodes of one process that call each other without sockets, for tests and the Lab. Messages are encoded and decoded, so
 * that what passes here passes on the wire too. Every trip takes a timer of the clock, also one without delay.
 */
export class LocalNetwork {
  readonly clock: Clock
  readonly timeoutMs: number
  readonly maxMessageBytes: number
  readonly #servers = new Map<string, LocalServer>()
  readonly #links = new Map<string, DirectedLink>()

  constructor(clock: Clock, options: LocalNetworkOptions = {}) {
    this.clock = clock
    this.timeoutMs = options.timeoutMs ?? DEFAULT_CALL_TIMEOUT_MS
    this.maxMessageBytes = options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES
  }

  /**
   * Answers calls to an address until closed. Closing breaks off the calls under way, as a killed node does.
   *
   * @throws SandboxError NETWORK_ADDRESS_IN_USE
   */
  serve(address: string, registry: ServiceRegistry): { readonly address: string; close(): void } {
    if (this.#servers.has(address)) {
      throw new SandboxError('NETWORK_ADDRESS_IN_USE', `Another node of this process serves ${address} already.`, {
        details: { address },
      })
    }
    const server: LocalServer = { address, registry, calls: new Set() }
    this.#servers.set(address, server)
    return {
      address,
      close: () => {
        if (this.#servers.get(address) === server) this.#servers.delete(address)
        for (const call of [...server.calls]) call.breakOff('the node went away')
      },
    }
  }

  /** The channels of one caller. @param caller names it for links and handlers; a node uses its own address */
  channels(caller: string): RpcChannels {
    return new LocalChannels(this, caller)
  }

  /** Changes at once how calls, or their answers, travel from one caller or address to another. @throws SandboxError INVALID_ARGUMENT */
  setLink(from: string, to: string, state: Partial<LinkState>): void {
    this.link(from, to).change(state)
  }

  /** Every link carries again, without delay. */
  healAll(): void {
    for (const link of this.#links.values()) link.change({ isCut: false, delayMs: 0 })
  }

  /** For channels. */
  link(from: string, to: string): DirectedLink {
    const name = `${from}>${to}`
    let link = this.#links.get(name)
    if (link === undefined) {
      link = new DirectedLink()
      this.#links.set(name, link)
    }
    return link
  }

  /** For channels. */
  findServer(address: string): LocalServer | undefined {
    return this.#servers.get(address)
  }
}

/** The channels of one caller in a {@link LocalNetwork}. */
export class LocalChannels implements RpcChannels {
  readonly #network: LocalNetwork
  readonly #caller: string
  readonly #channels = new Map<string, LocalChannel>()
  #isClosed = false

  constructor(network: LocalNetwork, caller: string) {
    this.#network = network
    this.#caller = caller
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  to(address: string): RpcChannel {
    let channel = this.#channels.get(address)
    if (channel === undefined) {
      channel = new LocalChannel(this.#network, this, this.#caller, address)
      this.#channels.set(address, channel)
    }
    return channel
  }

  close(): Promise<void> {
    this.#isClosed = true
    for (const channel of this.#channels.values()) channel.breakOff()
    return Promise.resolve()
  }
}

class LocalChannel implements RpcChannel {
  readonly address: string
  readonly #network: LocalNetwork
  readonly #owner: LocalChannels
  readonly #caller: string
  readonly #calls = new Set<LocalCall>()

  constructor(network: LocalNetwork, owner: LocalChannels, caller: string, address: string) {
    this.#network = network
    this.#owner = owner
    this.#caller = caller
    this.address = address
  }

  unary<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
    options: CallOptions = {},
  ): Promise<MessageShape<Output>> {
    return new Promise((resolve, reject) => {
      const name = methodName(method)
      if (this.#owner.isClosed) {
        reject(nodeUnavailable(this.address, name, false, 'the channels were closed'))
        return
      }
      const { timeoutMs = this.#network.timeoutMs, untimed = false, traceId, signal } = options
      if (traceId !== undefined) checkTraceId(traceId)
      const network = this.#network
      const call = new LocalCall({
        clock: network.clock,
        caller: this.#caller,
        address: this.address,
        path: `/${name}`,
        request: toBinary(method.input, create(method.input, request)),
        timeoutMs: untimed ? Infinity : timeoutMs,
        traceId,
        signal,
        maxMessageBytes: network.maxMessageBytes,
        there: network.link(this.#caller, this.address),
        back: network.link(this.address, this.#caller),
        findServer: () => network.findServer(this.address),
        settled: (error, response) => {
          this.#calls.delete(call)
          if (response === undefined) reject(error ?? nodeUnavailable(this.address, name, true, 'no answer came'))
          else resolve(fromBinary(method.output, response))
        },
      })
      this.#calls.add(call)
      call.start()
    })
  }

  breakOff(): void {
    for (const call of [...this.#calls]) call.breakOff('the channels were closed')
  }
}
