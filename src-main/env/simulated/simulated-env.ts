import { SandboxError } from '../../base/sandbox-error'
import type { RandomSeed } from '../seeded-random'
import { SeededRandom } from '../seeded-random'
import type { DiskEvent, DiskLatency } from './disk-device'
import type { LinkOptions } from './network-link'
import { SimulatedClock } from './simulated-clock'
import { SimulatedDisk } from './simulated-disk'
import type { NetworkEvent } from './simulated-network'
import { SimulatedNetwork } from './simulated-network'
import { SimulatedNode } from './simulated-node'
import type { NodeClockOptions } from './simulated-node-clock'

/** Something that happened in a simulation, at a moment in ms since its start. */
export type SimulationEvent =
  | { readonly atMs: number; readonly component: 'network'; readonly event: NetworkEvent }
  | { readonly atMs: number; readonly component: 'disk'; readonly node: string; readonly event: DiskEvent }

/** How a simulation is made. */
export interface SimulationOptions {
  /** Decides everything that is left to chance: same seed, same code, same run. */
  readonly seed: RandomSeed
  /** The wall time at the start, in ms since 1970-01-01 UTC. Default 2026-01-01. */
  readonly epochMs?: number
  /** How messages travel unless a link is told otherwise. */
  readonly link?: LinkOptions
  /** How long the operations of every disk take. Default: no time. */
  readonly diskLatency?: DiskLatency
  /** Bytes that fit on each disk. Default: no limit. */
  readonly diskCapacityBytes?: number
  /** Default 16 MiB. */
  readonly maxMessageBytes?: number
  /** Told of every message and every disk operation. */
  readonly trace?: (event: SimulationEvent) => void
}

/** A world of machines with one clock and one network. */
export class Simulation {
  readonly clock: SimulatedClock
  readonly network: SimulatedNetwork
  /** For the person who stages the simulation: which fault comes when. Apart from all chance inside it. */
  readonly random: SeededRandom
  readonly #root: SeededRandom
  readonly #options: SimulationOptions
  readonly #nodes = new Map<string, SimulatedNode>()

  constructor(options: SimulationOptions) {
    this.#options = options
    this.#root = new SeededRandom(options.seed)
    this.random = this.#root.fork('staging')
    this.clock = new SimulatedClock(options.epochMs === undefined ? {} : { epochMs: options.epochMs })
    const { trace } = options
    this.network = new SimulatedNetwork({
      clock: this.clock,
      random: this.#root.fork('network'),
      ...(options.link !== undefined && { link: options.link }),
      ...(options.maxMessageBytes !== undefined && { maxMessageBytes: options.maxMessageBytes }),
      ...(trace !== undefined && {
        trace: (event: NetworkEvent) => {
          trace({ atMs: this.clock.monotonicMs(), component: 'network', event })
        },
      }),
    })
  }

  /** The machines in the order in which they were added. */
  get nodes(): readonly SimulatedNode[] {
    return [...this.#nodes.values()]
  }

  /** Adds a machine with an empty disk and a running process. Its chance does not depend on the other machines. @throws SandboxError INVALID_ARGUMENT for a name that is taken */
  addNode(name: string, clock: NodeClockOptions = {}): SimulatedNode {
    if (this.#nodes.has(name)) {
      throw new SandboxError('INVALID_ARGUMENT', `The simulation has a node ${name} already: choose another name.`)
    }
    const { trace, diskLatency, diskCapacityBytes } = this.#options
    const disk = new SimulatedDisk({
      random: this.#root.fork(`disk ${name}`),
      clock: this.clock,
      ...(diskLatency !== undefined && { latency: diskLatency }),
      ...(diskCapacityBytes !== undefined && { capacityBytes: diskCapacityBytes }),
      ...(trace !== undefined && {
        trace: (event: DiskEvent) => {
          trace({ atMs: this.clock.monotonicMs(), component: 'disk', node: name, event })
        },
      }),
    })
    const node = new SimulatedNode(name, this, disk, this.#root.fork(`node ${name}`), clock)
    this.#nodes.set(name, node)
    return node
  }

  /** @throws SandboxError INVALID_ARGUMENT when there is no such node */
  node(name: string): SimulatedNode {
    const node = this.#nodes.get(name)
    if (node !== undefined) return node
    throw new SandboxError('INVALID_ARGUMENT', `The simulation has no node ${name}.`)
  }
}

/** A new simulation: the composition root of the Lab and of tests. */
export function simulatedEnv(options: SimulationOptions): Simulation {
  return new Simulation(options)
}
