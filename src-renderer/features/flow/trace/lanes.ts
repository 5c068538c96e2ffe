import type { ClusterOverview } from '../../../../src-main/client/views/overview'
import type { TraceView } from '../../../../src-main/flow/flow-views'
import type { StageEvent } from '../../../../src-main/flow/stage-event'

/** The client's own place among the nodes. */
export const CLIENT_ID = 0

/** A node that takes part in an operation: a column of the diagram, at a fixed place. */
export interface FlowLane {
  readonly nodeId: number
  readonly kind: 'client' | 'store' | 'coordinator'
  /** `S1`, `C2`; empty for the client, which has a word in each language. */
  readonly label: string
  /** Of a store: its place, for the hue. */
  readonly ordinal: number | undefined
  /** Whether it proposed the operation. */
  readonly isLeader: boolean
}

type KnownTrace = Pick<TraceView, 'stages' | 'ahead'> & { readonly summary: Pick<TraceView['summary'], 'regionId'> }

/**
 * Who takes part: the client, if it tells stages of its own (of tables it does not), coordinators, the leader, the others in the order of their ids. Replicas that have not been
 * heard of yet stand there from the beginning, so that no column moves while the operation goes on.
 */
export function lanesOf(trace: KnownTrace, overview: ClusterOverview | undefined): readonly FlowLane[] {
  const nodeIds = new Set<number>()
  for (const { nodeId, peerId } of trace.stages) {
    nodeIds.add(nodeId)
    if (peerId !== undefined) nodeIds.add(peerId)
  }
  for (const { nodeId } of trace.ahead) nodeIds.add(nodeId)
  const tile = overview?.tiles.find(({ regionId }) => regionId === trace.summary.regionId)
  for (const storeId of tile?.storeIds ?? []) nodeIds.add(storeId)
  const leaderId = leaderOf(trace.stages) ?? tile?.leaderStoreId
  const coordinatorIds = new Map(overview?.coordinators.map(({ nodeId }, at) => [nodeId, at + 1]))
  const ordinals = new Map(overview?.stores.map(({ storeId, ordinal }) => [storeId, ordinal]))

  const lanes = [...nodeIds].map((nodeId): FlowLane => {
    if (nodeId === CLIENT_ID) return { nodeId, kind: 'client', label: '', ordinal: undefined, isLeader: false }
    const coordinator = coordinatorIds.get(nodeId)
    if (coordinator !== undefined) {
      return { nodeId, kind: 'coordinator', label: `C${coordinator}`, ordinal: undefined, isLeader: false }
    }
    const ordinal = ordinals.get(nodeId)
    const label = ordinal === undefined ? String(nodeId) : `S${ordinal}`
    return { nodeId, kind: 'store', label, ordinal, isLeader: nodeId === leaderId }
  })
  const rank = ({ kind, isLeader }: FlowLane) => (kind === 'client' ? 0 : kind === 'coordinator' ? 1 : isLeader ? 2 : 3)
  return lanes.sort((one, other) => rank(one) - rank(other) || one.nodeId - other.nodeId)
}

/** The store that took the request. */
function leaderOf(stages: readonly StageEvent[]): number | undefined {
  // A request that was sent to the wrong store first comes to the leader last; only there it is proposed.
  const proposed = stages.find(({ stage }) => stage === 'raftNode.propose')
  return (proposed ?? stages.findLast(({ stage }) => stage === 'service.validate'))?.nodeId
}
