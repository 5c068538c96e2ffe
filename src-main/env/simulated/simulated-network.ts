import { SandboxError } from '../../base/sandbox-error'
import type { Endpoint, MessageHandler, Network, NetworkAddress } from '../network'
import { addressInUse, checkMessageSize, DEFAULT_MAX_MESSAGE_BYTES, endpointClosed } from '../network-message'
import type { Random } from '../random'
import { drawDelayMs } from './delay-distribution'
import { SimulatedEvent } from './event-heap'
import type { LinkOptions } from './network-link'
import { completeLinkOptions, NetworkLink } from './network-link'
import type { SimulatedClock } from './simulated-clock'
import { toMicroseconds } from './simulated-clock'
import type { SimulatedNodeClock } from './simulated-node-clock'

/** Why a message did not arrive: the link was cut, chance, too many on their way, nobody at the address. */
export type DropReason = 'cut' | 'loss' | 'capacity' | 'unreachable'

/** What happened to a message, for a trace. */
export type NetworkEvent =
  | {
      readonly kind: 'sent' | 'delivered'
      readonly from: NetworkAddress
      readonly to: NetworkAddress
      readonly message: Uint8Array
    }
  | {
      readonly kind: 'dropped'
      readonly reason: DropReason
      readonly from: NetworkAddress
      readonly to: NetworkAddress
      readonly message: Uint8Array
    }

/** How a simulated network is made. */
export interface SimulatedNetworkOptions {
  readonly clock: SimulatedClock
  /** Decides delays, losses, doublings and order. */
  readonly random: Random
  /** How messages travel where {@link SimulatedNetwork.setLink} says nothing else. */
  readonly link?: LinkOptions
  /** Default 16 MiB. */
  readonly maxMessageBytes?: number
  /** Told of every message that is sent, delivered or dropped, when it happens. */
  readonly trace?: (event: NetworkEvent) => void
  /** Given what a handler throws. Default: it reaches whoever drives the clock. */
  readonly onHandlerError?: (error: unknown, address: NetworkAddress) => void
}

/** How many messages and bytes had which fate. Copies of doubled messages count as delivered or dropped, not as sent. */
export interface NetworkCounters {
  readonly sentMessages: number
  readonly sentBytes: number
  readonly deliveredMessages: number
  readonly deliveredBytes: number
  readonly droppedMessages: number
  readonly droppedBytes: number
}

/**
 * A network on a simulated clock. Each direction between two addresses is a link of its own with delay, loss, doubling and
 * reordering, and can be cut and healed. A message on its way when its link is cut is lost. Messages are handed over, not
 * copied: sender and receiver keep their hands off.
 */
export class SimulatedNetwork implements Network {
  readonly #clock: SimulatedClock
  readonly #random: Random
  readonly #maxMessageBytes: number
  readonly #onHandlerError: SimulatedNetworkOptions['onHandlerError']
  readonly #endpoints = new Map<NetworkAddress, SimulatedEndpoint>()
  readonly #links = new Map<NetworkAddress, Map<NetworkAddress, NetworkLink>>()
  readonly #counters = {
    sentMessages: 0,
    sentBytes: 0,
    deliveredMessages: 0,
    deliveredBytes: 0,
    droppedMessages: 0,
    droppedBytes: 0,
  }
  #defaultLink: Required<LinkOptions>
  /** See {@link SimulatedNetworkOptions.trace}; may be set and taken away at any time. */
  trace: ((event: NetworkEvent) => void) | undefined

  constructor(options: SimulatedNetworkOptions) {
    this.#clock = options.clock
    this.#random = options.random
    this.#maxMessageBytes = options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES
    this.#onHandlerError = options.onHandlerError
    this.#defaultLink = completeLinkOptions(options.link ?? {})
    this.trace = options.trace
  }

  get counters(): NetworkCounters {
    return { ...this.#counters }
  }

  bind(address: NetworkAddress, handler: MessageHandler): Promise<Endpoint> {
    return settled(() => this.#bind(address, handler, undefined))
  }

  /**
   * The network as one run of a node sees it: what arrives while the node is paused is handed over when it goes on, and
   * {@link NodeNetwork.end} closes all its endpoints.
   */
  forNode(clock: SimulatedNodeClock): NodeNetwork {
    const endpoints = new Set<Endpoint>()
    return {
      bind: (address, handler) =>
        settled(() => {
          const endpoint = this.#bind(address, handler, clock)
          endpoints.add(endpoint)
          return endpoint
        }),
      end: () => {
        for (const endpoint of endpoints) void endpoint.close()
      },
    }
  }

  /** Changes how messages travel from one address to another; what is not said stays as it is for that link. @throws SandboxError INVALID_ARGUMENT */
  setLink(from: NetworkAddress, to: NetworkAddress, options: LinkOptions): void {
    const link = this.link(from, to)
    link.options = completeLinkOptions(options, link.options)
  }

  /** Changes how messages travel on every link, those set one by one included. @throws SandboxError INVALID_ARGUMENT */
  setAllLinks(options: LinkOptions): void {
    this.#defaultLink = completeLinkOptions(options, this.#defaultLink)
    for (const links of this.#links.values()) {
      for (const link of links.values()) link.options = completeLinkOptions(options, link.options)
    }
  }

  /** Loses every message from one address to another until healed; the other direction goes on. */
  cut(from: NetworkAddress, to: NetworkAddress): void {
    this.link(from, to).isCut = true
  }

  heal(from: NetworkAddress, to: NetworkAddress): void {
    this.link(from, to).isCut = false
  }

  /** Heals every cut link. */
  healAll(): void {
    for (const links of this.#links.values()) for (const link of links.values()) link.isCut = false
  }

  /** Cuts both directions between addresses of different groups. Cuts that were made before stay; addresses in no group are left alone. */
  partition(...groups: ReadonlyArray<readonly NetworkAddress[]>): void {
    for (const group of groups) {
      for (const other of groups) {
        if (other === group) continue
        for (const from of group) for (const to of other) this.cut(from, to)
      }
    }
  }

  /** The link in one direction; made when it is first needed. */
  link(from: NetworkAddress, to: NetworkAddress): NetworkLink {
    let links = this.#links.get(from)
    if (links === undefined) {
      links = new Map()
      this.#links.set(from, links)
    }
    let link = links.get(to)
    if (link === undefined) {
      link = new NetworkLink(this.#defaultLink)
      links.set(to, link)
    }
    return link
  }

  /** For endpoints: takes a message on its way. @throws SandboxError NETWORK_MESSAGE_TOO_LARGE */
  send(from: NetworkAddress, to: NetworkAddress, link: NetworkLink, message: Uint8Array): void {
    checkMessageSize(message, this.#maxMessageBytes, to)
    this.#counters.sentMessages++
    this.#counters.sentBytes += message.length
    this.trace?.({ kind: 'sent', from, to, message })
    if (link.isCut) this.#drop('cut', from, to, message)
    else if (this.#isChosen(link.options.lossProbability)) this.#drop('loss', from, to, message)
    else {
      this.#dispatch(from, to, link, message)
      if (this.#isChosen(link.options.duplicateProbability)) this.#dispatch(from, to, link, message)
    }
  }

  /** For messages on their way: the moment of arrival has come. */
  arrive(from: NetworkAddress, to: NetworkAddress, link: NetworkLink, message: Uint8Array): void {
    link.inFlight--
    if (link.isCut) {
      this.#drop('cut', from, to, message)
      return
    }
    const endpoint = this.#endpoints.get(to)
    if (endpoint === undefined) this.#drop('unreachable', from, to, message)
    else if (endpoint.nodeClock?.paused === true) {
      // The message waits in the buffers of the stopped process, in order, as a timer of that process would.
      endpoint.nodeClock.setTimer(0, () => {
        this.#handOver(endpoint, from, message)
      })
    } else this.#handOver(endpoint, from, message)
  }

  /** For endpoints: lets go of an address. */
  unbind(endpoint: SimulatedEndpoint): void {
    if (this.#endpoints.get(endpoint.address) === endpoint) this.#endpoints.delete(endpoint.address)
  }

  #bind(address: NetworkAddress, handler: MessageHandler, clock: SimulatedNodeClock | undefined): Endpoint {
    if (address === '') {
      throw new SandboxError('INVALID_ARGUMENT', 'An address of the simulated network needs a name.')
    }
    if (clock?.stopped === true) throw endpointClosed(address)
    if (this.#endpoints.has(address)) throw addressInUse(address, 'another endpoint has it')
    const endpoint = new SimulatedEndpoint(this, address, handler, clock)
    this.#endpoints.set(address, endpoint)
    return endpoint
  }

  #dispatch(from: NetworkAddress, to: NetworkAddress, link: NetworkLink, message: Uint8Array): void {
    const { options } = link
    if (link.inFlight >= options.capacity) {
      this.#drop('capacity', from, to, message)
      return
    }
    link.inFlight++
    let arrivalUs = this.#clock.nowUs + toMicroseconds(drawDelayMs(options.delay, this.#random))
    if (!this.#isChosen(options.reorderProbability)) {
      arrivalUs = Math.max(arrivalUs, link.lastArrivalUs)
      link.lastArrivalUs = arrivalUs
    }
    this.#clock.schedule(new MessageInFlight(this, from, to, link, message), arrivalUs - this.#clock.nowUs)
  }

  #handOver(endpoint: SimulatedEndpoint, from: NetworkAddress, message: Uint8Array): void {
    if (endpoint.closed) {
      this.#drop('unreachable', from, endpoint.address, message)
      return
    }
    this.#counters.deliveredMessages++
    this.#counters.deliveredBytes += message.length
    this.trace?.({ kind: 'delivered', from, to: endpoint.address, message })
    try {
      endpoint.handler(from, message)
    } catch (error) {
      if (this.#onHandlerError === undefined) throw error
      this.#onHandlerError(error, endpoint.address)
    }
  }

  #drop(reason: DropReason, from: NetworkAddress, to: NetworkAddress, message: Uint8Array): void {
    this.#counters.droppedMessages++
    this.#counters.droppedBytes += message.length
    this.trace?.({ kind: 'dropped', reason, from, to, message })
  }

  /** Certainty needs no chance, which keeps undisturbed links fast. */
  #isChosen(probability: number): boolean {
    return probability > 0 && this.#random.chance(probability)
  }
}

/** Does it at once, and tells the outcome as a promise. */
function settled<T>(run: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(run())
  })
}

/** {@link SimulatedNetwork.forNode}. */
export interface NodeNetwork extends Network {
  /** Ends the run: closes its endpoints. */
  end(): void
}

class SimulatedEndpoint implements Endpoint {
  readonly address: NetworkAddress
  readonly handler: MessageHandler
  readonly nodeClock: SimulatedNodeClock | undefined
  readonly #network: SimulatedNetwork
  readonly #links = new Map<NetworkAddress, NetworkLink>()
  closed = false

  constructor(
    network: SimulatedNetwork,
    address: NetworkAddress,
    handler: MessageHandler,
    nodeClock: SimulatedNodeClock | undefined,
  ) {
    this.#network = network
    this.address = address
    this.handler = handler
    this.nodeClock = nodeClock
  }

  send(to: NetworkAddress, message: Uint8Array): void {
    if (this.closed) throw endpointClosed(this.address)
    let link = this.#links.get(to)
    if (link === undefined) {
      link = this.#network.link(this.address, to)
      this.#links.set(to, link)
    }
    this.#network.send(this.address, to, link, message)
  }

  close(): Promise<void> {
    this.closed = true
    this.#network.unbind(this)
    return Promise.resolve()
  }
}

class MessageInFlight extends SimulatedEvent {
  readonly #network: SimulatedNetwork
  readonly #from: NetworkAddress
  readonly #to: NetworkAddress
  readonly #link: NetworkLink
  readonly #message: Uint8Array

  constructor(
    network: SimulatedNetwork,
    from: NetworkAddress,
    to: NetworkAddress,
    link: NetworkLink,
    message: Uint8Array,
  ) {
    super()
    this.#network = network
    this.#from = from
    this.#to = to
    this.#link = link
    this.#message = message
  }

  fire(): void {
    this.#network.arrive(this.#from, this.#to, this.#link, this.#message)
  }
}
