import { fromBinary, toJsonString } from '@bufbuild/protobuf'
import { SandboxError } from '../../base/sandbox-error'
import type { BRaftStatus, RaftPeerStatus } from '../../rpc/generated/dingodb/common_pb'
import { RaftNodeState } from '../../rpc/generated/dingodb/common_pb'
import { DebugType } from '../../rpc/generated/dingodb/debug_pb'
import { RegionSchema } from '../../rpc/generated/dingodb/store_internal_pb'
import type { GetRaftStateResponse, GetRegionRecordResponse } from '../../rpc/generated/sandbox/inspection_pb'
import type { InspectionClient } from '../inspection-client'
import type { TableNames } from './decode-key'
import { enumName } from './enum-name'
import type { FollowerNames } from './follower-names'
import { replicaFields } from './region-comparison'
import type { ChangeRecordView, FollowerView, ReplicaRaft, ReplicaView } from './region-detail'
import { changesOf } from './region-jobs'

/** Ms after which a store that is silent has nothing to say of its replica. */
const TIMEOUT_MS = 2_000

/** What is asked of one store about one region. */
export interface ReplicaQuestion {
  readonly regionId: number
  readonly storeId: number
  readonly role: ReplicaView['role']
  /** `host:port` of the store's server. */
  readonly address: string
  readonly names: TableNames
  readonly followers: FollowerNames
}

/** A replica, and what its store recorded of its changes. */
export interface InspectedReplica {
  readonly view: ReplicaView
  readonly changes: readonly ChangeRecordView[]
}

/** Asks one store everything about one replica at once. Never rejects: why a store does not tell is part of the answer. */
export async function inspectReplica(
  inspection: InspectionClient,
  { regionId, storeId, role, address, names, followers }: ReplicaQuestion,
): Promise<InspectedReplica> {
  const options = { timeoutMs: TIMEOUT_MS }
  const node = inspection.node(address)
  const inside = inspection.inside(address)
  const [records, statuses, state, record, debug] = await Promise.allSettled([
    node.regionInfo([regionId], options),
    node.raftStatus([regionId], options),
    inside.raftState(regionId, options),
    inside.regionRecord(regionId, options),
    node.debug(DebugType.STORE_REGION_CHANGE_RECORD, [regionId], options),
  ])
  const known = valueOf(records)?.[0]
  const status = valueOf(statuses)?.[0]?.raftStatus
  // Other programs' stores do not tell the vote.
  const raft = status === undefined ? undefined : raftView(status, valueOf(state), followers)
  return {
    view: {
      storeId,
      role,
      fields: known === undefined ? undefined : replicaFields(known, raft?.leaderStoreId, names),
      error: records.status === 'rejected' ? SandboxError.from(records.reason).serialize() : undefined,
      raft,
      record: recordView(valueOf(record)),
    },
    changes: changesOf(storeId, valueOf(debug)?.regionChangeRecord?.records ?? []),
  }
}

const valueOf = <Value>(settled: PromiseSettledResult<Value>): Value | undefined =>
  settled.status === 'fulfilled' ? settled.value : undefined

function raftView(status: BRaftStatus, state: GetRaftStateResponse | undefined, followers: FollowerNames): ReplicaRaft {
  return {
    state: enumName(RaftNodeState, status.raftState),
    leaderStoreId: followers.storeIdOf(status.leaderPeerId),
    term: Number(status.term),
    votedFor: state === undefined || state.votedFor === 0n ? undefined : Number(state.votedFor),
    firstIndex: Number(status.firstIndex),
    lastIndex: Number(status.lastIndex),
    durableIndex: Number(status.diskIndex),
    committedIndex: Number(status.committedIndex),
    appliedIndex: Number(status.knownAppliedIndex),
    pendingQueueSize: Number(status.pendingQueueSize),
    readonly: status.readonly,
    followers: [
      ...followerViews(status.stableFollowers, true, followers),
      ...followerViews(status.unstableFollowers, false, followers),
    ].sort((left, right) => left.storeId - right.storeId),
  }
}

function followerViews(
  statuses: Readonly<Record<string, RaftPeerStatus>>,
  isStable: boolean,
  names: FollowerNames,
): FollowerView[] {
  return Object.entries(statuses).flatMap(([name, { nextIndex, installingSnapshot, consecutiveErrorTimes }]) => {
    const storeId = names.storeIdOf(name)
    if (storeId === undefined) return []
    return [{ storeId, isStable, nextIndex: Number(nextIndex), installingSnapshot, consecutiveErrorTimes }]
  })
}

function recordView(response: GetRegionRecordResponse | undefined): ReplicaView['record'] {
  if (response === undefined) return undefined
  const { key, record } = response
  return { key, bytes: record, json: recordJson(record) }
}

/** A record that another version wrote, or that is damaged, is shown by its bytes alone. */
function recordJson(record: Uint8Array): string {
  try {
    return toJsonString(RegionSchema, fromBinary(RegionSchema, record))
  } catch (thrown) {
    return JSON.stringify({ unreadable: SandboxError.from(thrown).message })
  }
}
