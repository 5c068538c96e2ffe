import { SandboxError } from '../../base/sandbox-error'
import type { Clock, Random } from '../../env'
import type { NodeId } from '../core/model/node-id'
import type { PeerMessage, PeerMessageHandler } from './peer-message'
import type { RaftTransport } from './raft-transport'

/** How messages travel in one direction between two nodes. */
export interface LinkFaults {
  /** Nothing passes. What is on its way when it is cut is lost as well. */
  readonly isCut: boolean
  /** Shortest and longest time on the way, in ms; 0 for both delivers in the same virtual moment, yet never within the call. */
  readonly minDelayMs: number
  readonly maxDelayMs: number
  /** Chances from 0 to 1. */
  readonly lossProbability: number
  readonly duplicateProbability: number
  /** How likely a message may overtake earlier ones; all others keep their order. */
  readonly reorderProbability: number
}

const SOUND_LINK: LinkFaults = {
  isCut: false,
  minDelayMs: 0,
  maxDelayMs: 0,
  lossProbability: 0,
  duplicateProbability: 0,
  reorderProbability: 0,
}

/** What happened to a message, for traces and checks. */
export interface TransportEvent {
  readonly kind: 'sent' | 'delivered' | 'lost'
  readonly from: NodeId
  readonly to: NodeId
  readonly message: PeerMessage
}

interface Link {
  faults: LinkFaults
  /** Grows with each cut: messages that left before do not arrive. */
  cuts: number
  /** The moment, on the monotonic clock, at which the last message that keeps its order arrives. */
  lastArrivalMs: number
}

/**
 * The transport of nodes that live in one process: messages are handed over as objects. Each direction of each pair is a
 * link of its own whose faults can be changed at any time.
 */
export class InProcessNetwork {
  readonly #clock: Clock
  readonly #random: Random
  readonly #nodes = new Map<NodeId, InProcessTransport>()
  readonly #links = new Map<string, Link>()
  #defaults = SOUND_LINK
  /** Told of everything that happens, when it happens. */
  trace: ((event: TransportEvent) => void) | undefined
  /** What the transports of a network with a limit say of it; this one carries everything. */
  maxCommandBytes: number | undefined

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** A node joins; the transport of an earlier run of the same node is closed. */
  join(nodeId: NodeId): RaftTransport {
    void this.#nodes.get(nodeId)?.close()
    const transport = new InProcessTransport(nodeId, this)
    this.#nodes.set(nodeId, transport)
    return transport
  }

  /** Changes how messages travel in one direction; what is not named stays. @throws SandboxError INVALID_ARGUMENT */
  setLink(from: NodeId, to: NodeId, faults: Partial<LinkFaults>): void {
    const link = this.#link(from, to)
    const next = checkFaults({ ...link.faults, ...faults })
    if (next.isCut && !link.faults.isCut) link.cuts += 1
    link.faults = next
  }

  /** Changes how messages travel everywhere, also between nodes that join later. @throws SandboxError INVALID_ARGUMENT */
  setAllLinks(faults: Partial<LinkFaults>): void {
    this.#defaults = checkFaults({ ...this.#defaults, ...faults })
    for (const link of this.#links.values()) {
      const next = checkFaults({ ...link.faults, ...faults })
      if (next.isCut && !link.faults.isCut) link.cuts += 1
      link.faults = next
    }
  }

  /** How messages travel in one direction now. */
  faultsOf(from: NodeId, to: NodeId): LinkFaults {
    return this.#link(from, to).faults
  }

  /** Cuts both directions between the nodes of different groups. */
  partition(...groups: ReadonlyArray<readonly NodeId[]>): void {
    for (const group of groups) {
      for (const other of groups) {
        if (other === group) continue
        for (const from of group) for (const to of other) this.setLink(from, to, { isCut: true })
      }
    }
  }

  /** Every link carries again; delays and chances stay as they are. */
  healAll(): void {
    for (const link of this.#links.values()) link.faults = { ...link.faults, isCut: false }
  }

  /** For transports: takes a message on its way. */
  carry(from: NodeId, to: NodeId, message: PeerMessage): void {
    this.trace?.({ kind: 'sent', from, to, message })
    const link = this.#link(from, to)
    if (link.faults.isCut || this.#happens(link.faults.lossProbability)) {
      this.trace?.({ kind: 'lost', from, to, message })
      return
    }
    this.#dispatch(link, from, to, message)
    if (this.#happens(link.faults.duplicateProbability)) this.#dispatch(link, from, to, message)
  }

  /** For transports: a node left. */
  leave(transport: InProcessTransport): void {
    if (this.#nodes.get(transport.nodeId) === transport) this.#nodes.delete(transport.nodeId)
  }

  #dispatch(link: Link, from: NodeId, to: NodeId, message: PeerMessage): void {
    const { minDelayMs, maxDelayMs, reorderProbability } = link.faults
    const now = this.#clock.monotonicMs()
    let arrivalMs = now + minDelayMs
    if (maxDelayMs > minDelayMs) arrivalMs += this.#random.fraction() * (maxDelayMs - minDelayMs)
    if (!this.#happens(reorderProbability)) {
      arrivalMs = Math.max(arrivalMs, link.lastArrivalMs)
      link.lastArrivalMs = arrivalMs
    }
    const { cuts } = link
    this.#clock.setTimer(Math.max(0, arrivalMs - now), () => {
      const receiver = this.#nodes.get(to)
      const arrives = receiver !== undefined && link.cuts === cuts
      this.trace?.({ kind: arrives ? 'delivered' : 'lost', from, to, message })
      if (arrives) receiver.deliver(from, message)
    })
  }

  #link(from: NodeId, to: NodeId): Link {
    const name = `${String(from)}>${String(to)}`
    let link = this.#links.get(name)
    if (link === undefined) {
      link = { faults: this.#defaults, cuts: 0, lastArrivalMs: 0 }
      this.#links.set(name, link)
    }
    return link
  }

  /** Certainty needs no chance. */
  #happens(probability: number): boolean {
    return probability > 0 && this.#random.chance(probability)
  }
}

class InProcessTransport implements RaftTransport {
  readonly nodeId: NodeId
  readonly #network: InProcessNetwork
  #handler: PeerMessageHandler | undefined
  #isClosed = false

  constructor(nodeId: NodeId, network: InProcessNetwork) {
    this.nodeId = nodeId
    this.#network = network
  }

  get maxCommandBytes(): number | undefined {
    return this.#network.maxCommandBytes
  }

  send(to: NodeId, message: PeerMessage): void {
    if (!this.#isClosed) this.#network.carry(this.nodeId, to, message)
  }

  listen(handler: PeerMessageHandler): void {
    this.#handler = handler
  }

  deliver(from: NodeId, message: PeerMessage): void {
    if (!this.#isClosed) this.#handler?.(from, message)
  }

  close(): Promise<void> {
    this.#isClosed = true
    this.#network.leave(this)
    return Promise.resolve()
  }
}

function checkFaults(faults: LinkFaults): LinkFaults {
  const chances = [faults.lossProbability, faults.duplicateProbability, faults.reorderProbability]
  const delaysFit = faults.minDelayMs >= 0 && faults.maxDelayMs >= faults.minDelayMs && faults.maxDelayMs < Infinity
  if (delaysFit && chances.every((chance) => chance >= 0 && chance <= 1)) return faults
  throw new SandboxError(
    'INVALID_ARGUMENT',
    'The faults of a link need chances from 0 to 1 and finite delays from 0 ms up, the shortest first.',
    { details: { ...faults } },
  )
}
