import { SandboxError } from '../../base/sandbox-error'
import type { Env } from '../../env'
import { StepService } from '../../rpc/generated/sandbox/step_pb'
import { GrpcChannels } from '../../rpc/grpc/grpc-channels'
import { openGrpcStream } from '../../rpc/grpc/grpc-stream'
import type { ByteStream } from '../../rpc/byte-stream'
import { ClusterStepping } from './cluster-stepping'
import type { FlowNodes, FlowNodesListener } from './flow-nodes'
import type { RemoteNodeAddress } from './remote-node'
import { RemoteNode } from './remote-node'

/** The longest message of the step service: a report of 256 stages with all their data. */
const MOST_MESSAGE_BYTES = 64 * 1024 * 1024

/** Nodes of a cluster that some other program on this machine runs, taken over for as long as this lives. */
export class RemoteFlowNodes implements FlowNodes {
  readonly #listeners = new Set<FlowNodesListener>()
  readonly #nodes = new Map<number, RemoteNode>()
  readonly #openStream: (address: string) => ByteStream

  constructor(openStream: (address: string) => ByteStream) {
    this.#openStream = openStream
  }

  /**
   * Takes nodes over. One that does not answer takes no part; if all do not, or one is stepped by somebody else, nothing is
   * taken over.
   *
   * @throws SandboxError FLOW_BUSY, RPC_UNAVAILABLE
   */
  async open(addresses: readonly RemoteNodeAddress[]): Promise<void> {
    const outcomes = await Promise.allSettled(addresses.map((address) => this.#openNode(address)))
    const failures = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [SandboxError.from(outcome.reason)] : [],
    )
    const hindrance = failures.find(({ code }) => code !== 'RPC_UNAVAILABLE')
    const failure = hindrance ?? (this.#nodes.size === 0 ? failures[0] : undefined)
    if (failure === undefined) return
    this.close()
    throw failure
  }

  followFlow(listener: FlowNodesListener): () => void {
    this.#listeners.add(listener)
    for (const node of this.#nodes.values()) listener.attach(node)
    return () => this.#listeners.delete(listener)
  }

  /** The nodes let go of what they hold. */
  close(): void {
    for (const node of [...this.#nodes.values()]) node.close()
  }

  async #openNode(address: RemoteNodeAddress): Promise<void> {
    const node = new RemoteNode(address, this.#openStream(address.address), {
      report: (nodeId, report) => {
        for (const listener of this.#listeners) listener.report(nodeId, report)
      },
      ended: (nodeId) => {
        if (!this.#nodes.delete(nodeId)) return
        for (const listener of this.#listeners) listener.detach(nodeId)
      },
    })
    await node.open()
    this.#nodes.set(address.nodeId, node)
    for (const listener of this.#listeners) listener.attach(node)
  }
}

/** How to step a cluster that some other program on this machine runs. */
export interface RemoteSteppingOptions {
  /** `host:port` of the coordinators' server ports. */
  readonly coordinators: readonly string[]
  readonly nodes: readonly RemoteNodeAddress[]
  readonly describeKey: (key: Uint8Array) => Promise<string>
}

/** Stepping of a cluster over the wire, until it is closed. */
export interface RemoteStepping {
  readonly stepping: ClusterStepping
  close(): Promise<void>
}

/** Takes the nodes of a cluster over. @throws SandboxError FLOW_BUSY, RPC_UNAVAILABLE */
export async function openRemoteStepping(
  env: Pick<Env, 'clock' | 'random'>,
  { coordinators, nodes: addresses, describeKey }: RemoteSteppingOptions,
): Promise<RemoteStepping> {
  const nodes = new RemoteFlowNodes((address) =>
    openGrpcStream(address, StepService.method.control, MOST_MESSAGE_BYTES),
  )
  await nodes.open(addresses)
  const idAt = new Map(addresses.map(({ address, nodeId }) => [address, nodeId]))
  const stepping = new ClusterStepping({
    ...env,
    nodes,
    coordinators,
    channels: new GrpcChannels({ env }),
    nodeAt: (address) => idAt.get(address),
    describeKey,
  })
  return {
    stepping,
    async close() {
      try {
        await stepping.close()
      } finally {
        nodes.close()
      }
    },
  }
}
