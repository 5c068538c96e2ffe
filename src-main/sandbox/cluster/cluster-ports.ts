import { SandboxError } from '../../base/sandbox-error'
import type { Network } from '../../env'
import type { NodeId } from '../../raft/core/model/node-id'
import { formatEndpoint } from '../node/node-config'
import type { NodeRole } from '../node/node-config'
import type { TopologyNode } from './cluster-topology'

/** The two ports of a node. */
export interface NodePorts {
  readonly nodeId: NodeId
  readonly serverPort: number
  readonly raftPort: number
}

/** A port that was taken, and what is used in its place. */
export interface PortChange {
  readonly nodeId: NodeId
  readonly use: 'server' | 'raft'
  readonly wantedPort: number
  readonly chosenPort: number
}

/** Which ports a cluster takes, and which of them are not the wanted ones. */
export interface PortChoice {
  readonly ports: readonly NodePorts[]
  readonly changes: readonly PortChange[]
}

/** First server port of a kind; Raft ports lie 100 above. The defaults of DingoDB's deployment scripts. */
const DEFAULT_FIRST_PORT: Readonly<Record<NodeRole, number>> = { coordinator: 22_001, store: 20_001 }
/** With a base port: coordinators at once behind it, stores 200 further on. */
const BASE_OFFSET: Readonly<Record<NodeRole, number>> = { coordinator: 1, store: 201 }
const RAFT_PORT_OFFSET = 100
/** A base port above it would lead beyond the last port. */
export const GREATEST_BASE_PORT = 65_535 - 201 - RAFT_PORT_OFFSET - 9

/** Stands for a port that nobody cares about: any free one will do. */
const ANY_PORT = 0

/** The ports that a node has if nobody else holds them. @param basePort 0 for whatever ports are free */
export function wantedPorts({ nodeId, role, index }: TopologyNode, basePort: number | undefined): NodePorts {
  if (basePort === ANY_PORT) return { nodeId, serverPort: ANY_PORT, raftPort: ANY_PORT }
  const first = basePort === undefined ? DEFAULT_FIRST_PORT[role] : basePort + BASE_OFFSET[role]
  return { nodeId, serverPort: first + index, raftPort: first + index + RAFT_PORT_OFFSET }
}

/**
 * Takes each wanted port that is free, and for each other one a free port that the system names.
 *
 * Between this look and the moment in which a node listens another program can take the port; the node then says so, and the
 * host chooses again.
 *
 * @param host where the nodes listen. An address that this network may not bind is tried at loopback.
 */
export async function choosePorts(network: Network, host: string, wanted: readonly NodePorts[]): Promise<PortChoice> {
  const probe = new PortProbe(network, host)
  try {
    // Wanted ports first, all of them: what the system names must not be a port that another node wants.
    const free = await Promise.all(
      wanted.map(async ({ serverPort, raftPort }) => ({
        server: serverPort !== ANY_PORT && (await probe.take(serverPort)),
        raft: raftPort !== ANY_PORT && (await probe.take(raftPort)),
      })),
    )
    const changes: PortChange[] = []
    const ports: NodePorts[] = []
    for (const [position, { nodeId, serverPort, raftPort }] of wanted.entries()) {
      const choose = async (use: 'server' | 'raft', wantedPort: number): Promise<number> => {
        if (free[position]?.[use] === true) return wantedPort
        const chosenPort = await probe.takeAny()
        if (wantedPort !== ANY_PORT) changes.push({ nodeId, use, wantedPort, chosenPort })
        return chosenPort
      }
      ports.push({ nodeId, serverPort: await choose('server', serverPort), raftPort: await choose('raft', raftPort) })
    }
    return { ports, changes }
  } finally {
    await probe.release()
  }
}

/** Holds ports for as long as is chosen, so that none is given out twice. */
class PortProbe {
  readonly #network: Network
  readonly #held: Array<{ close(): Promise<void> }> = []
  #host: string

  constructor(network: Network, host: string) {
    this.#network = network
    this.#host = host
  }

  /** Whether the port was free; it is held from now on. */
  async take(port: number): Promise<boolean> {
    try {
      await this.#bind(port)
      return true
    } catch (error) {
      if (SandboxError.is(error, 'NETWORK_ADDRESS_IN_USE')) return false
      throw error
    }
  }

  async takeAny(): Promise<number> {
    const address = await this.#bind(0)
    return Number(address.slice(address.lastIndexOf(':') + 1))
  }

  async release(): Promise<void> {
    await Promise.all(this.#held.map((endpoint) => endpoint.close()))
  }

  async #bind(port: number): Promise<string> {
    const bindAt = (host: string) => this.#network.bind(formatEndpoint({ host, port }), () => undefined)
    let endpoint
    try {
      endpoint = await bindAt(this.#host)
    } catch (error) {
      // The network of this program keeps to loopback unless it is made otherwise. A port free there is free enough.
      if (!SandboxError.is(error, 'INVALID_ARGUMENT')) throw error
      this.#host = '127.0.0.1'
      endpoint = await bindAt(this.#host)
    }
    this.#held.push(endpoint)
    return endpoint.address
  }
}
