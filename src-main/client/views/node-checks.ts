import type { BRaftStatus } from '../../rpc/generated/dingodb/common_pb'
import type { ClusterClient } from '../cluster-client'
import type { ClusterMaps } from './cluster-maps'
import { formatLocation } from './format-location'

/** Ms after which a node that is silent counts as not answering. */
const TIMEOUT_MS = 800

/** Who answers, asked just now. */
export interface NodeChecks {
  /** By the id of the coordinator; `undefined` inside: it answers and tells nothing of its group. */
  readonly coordinators: ReadonlyMap<number, { readonly raft: BRaftStatus | undefined }>
  readonly stores: ReadonlySet<number>
}

/** Asks every node once, all at the same time. Never rejects: who does not answer is not in the result. */
export async function checkNodes({ inspection }: ClusterClient, maps: ClusterMaps): Promise<NodeChecks> {
  const options = { timeoutMs: TIMEOUT_MS }
  const coordinators = new Map<number, { readonly raft: BRaftStatus | undefined }>()
  const stores = new Set<number>()
  const asked = [
    ...(maps.coordinators.coordinatorMap?.coordinators ?? []).map(async ({ id, location }) => {
      const statuses = await inspection.node(formatLocation(location)).raftStatus([], options)
      coordinators.set(Number(id), { raft: statuses[0]?.raftStatus })
    }),
    ...maps.stores.map(async ({ id, serverLocation }) => {
      await inspection.node(formatLocation(serverLocation)).nodeInfo(options)
      stores.add(Number(id))
    }),
  ]
  // A node that does not answer is what is to be found out.
  await Promise.allSettled(asked)
  return { coordinators, stores }
}
