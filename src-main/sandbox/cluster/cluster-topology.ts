import { SandboxError } from '../../base/sandbox-error'
import type { NodeId } from '../../raft/core/model/node-id'
import type { NodeRole } from '../node/node-config'

/** How many nodes of each kind a cluster has. Fixed when it is made. */
export interface ClusterTopology {
  /** 1 to 5; odd numbers tolerate as many failures as the next even one. */
  readonly coordinators: number
  /** 1 to 9. */
  readonly stores: number
}

export const DEFAULT_TOPOLOGY: ClusterTopology = { coordinators: 3, stores: 3 }
export const TOPOLOGY_LIMITS: ClusterTopology = { coordinators: 5, stores: 9 }

/** A node of a topology, before it has ports. */
export interface TopologyNode {
  readonly nodeId: NodeId
  readonly role: NodeRole
  /** `coordinator-1`, `store-1`: for people, and the node's folder in the workspace. */
  readonly name: string
  /** Its place among the nodes of its kind, from 0. */
  readonly index: number
}

/** Ids as DingoDB's deployment scripts give them: coordinators 22001.., stores 20001... */
const FIRST_ID: Readonly<Record<NodeRole, NodeId>> = { coordinator: 22_001, store: 20_001 }

/** @throws SandboxError INVALID_ARGUMENT if a number is out of its range */
export function checkTopology(topology: ClusterTopology): void {
  for (const kind of ['coordinators', 'stores'] as const) {
    const count = topology[kind]
    const most = TOPOLOGY_LIMITS[kind]
    if (Number.isInteger(count) && count >= 1 && count <= most) continue
    const message = `A cluster has 1 to ${String(most)} ${kind}, not ${String(count)}.`
    throw new SandboxError('INVALID_ARGUMENT', message, { details: { [kind]: count } })
  }
}

/** All nodes of a topology, coordinators first. */
export function topologyNodes(topology: ClusterTopology): readonly TopologyNode[] {
  const nodesOf = (role: NodeRole, count: number): readonly TopologyNode[] =>
    Array.from({ length: count }, (_, index) => ({
      nodeId: FIRST_ID[role] + index,
      role,
      name: `${role}-${String(index + 1)}`,
      index,
    }))
  return [...nodesOf('coordinator', topology.coordinators), ...nodesOf('store', topology.stores)]
}
