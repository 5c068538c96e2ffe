import type { FlowReport } from '../../flow/flow-messages'
import type { NodeId } from '../../raft/core/model/node-id'
import type { FlowNodesListener } from '../stepping/flow-nodes'
import type { ClusterNode } from './cluster-node'

/** Tells who steps the cluster of its nodes as they come and go, and brings what they report. */
export class FlowFollowers {
  readonly #nodes: ReadonlyMap<NodeId, ClusterNode>
  readonly #listeners = new Set<FlowNodesListener>()
  readonly #up = new Set<NodeId>()

  /** @param nodes live: those that are there when they come up */
  constructor(nodes: ReadonlyMap<NodeId, ClusterNode>) {
    this.#nodes = nodes
  }

  /** @returns stops it: the nodes let go of what they hold */
  follow(listener: FlowNodesListener): () => void {
    this.#listeners.add(listener)
    for (const nodeId of this.#up) this.#attach(listener, nodeId)
    return () => {
      if (!this.#listeners.delete(listener)) return
      for (const nodeId of this.#up) void letGo(this.#nodes.get(nodeId))
    }
  }

  /** A node has changed its state. */
  changed(nodeId: NodeId): void {
    const isUp = this.#nodes.get(nodeId)?.isUp === true
    if (isUp === this.#up.has(nodeId)) return
    if (isUp) this.#up.add(nodeId)
    else this.#up.delete(nodeId)
    for (const listener of this.#listeners) {
      if (isUp) this.#attach(listener, nodeId)
      else listener.detach(nodeId)
    }
  }

  report(nodeId: NodeId, report: FlowReport): void {
    for (const listener of this.#listeners) listener.report(nodeId, report)
  }

  /** The nodes have been told to end: nobody steps them any more. */
  close(): void {
    this.#listeners.clear()
  }

  #attach(listener: FlowNodesListener, nodeId: NodeId): void {
    const node = this.#nodes.get(nodeId)
    if (node === undefined) return
    listener.attach({ nodeId, name: node.info.name, send: (command) => node.flow(command) })
  }
}

async function letGo(node: ClusterNode | undefined): Promise<void> {
  const rule = { oneIn: 0, regionId: undefined, keys: undefined, operation: undefined }
  await node?.flow({ kind: 'configure', gates: [], rule, mode: 'all-stop', stops: [], stopsAll: false })
  await node?.flow({ kind: 'release-all' })
  await node?.flow({ kind: 'freeze', isFrozen: false })
}
