import type { SerializedSandboxError } from '../../base/sandbox-error'
import type { KeyView } from './key-view'
import type { RegionRow } from './region-rows'

/** What one replica thinks of a region. */
export interface ReplicaView {
  readonly storeId: number
  readonly role: 'voter' | 'learner' | 'none'
  /** Undefined if the store does not answer, or does not have the region; `error` says which. */
  readonly fields: ReplicaFields | undefined
  readonly error: SerializedSandboxError | undefined
  readonly raft: ReplicaRaft | undefined
  /** The persisted record `META_REGION_<id>`; undefined where the node does not show it. */
  readonly record: { readonly key: string; readonly bytes: Uint8Array; readonly json: string } | undefined
}

/** What the coordinators and each replica have an opinion on: one row of the comparison each. Texts as DingoDB words them. */
export interface ReplicaFields {
  /** Region-state for the coordinators, Region-Peer-state for a store: different machines, never marked as differing. */
  readonly state: string
  /** `common.Region.epoch`: grows with every change of state. */
  readonly metaEpoch: number | undefined
  readonly name: string
  readonly confVersion: number
  readonly version: number
  readonly startKey: string
  readonly endKey: string
  readonly peers: string
  readonly leaderStoreId: number | undefined
  readonly storeEngine: string
  readonly rawEngine: string
  readonly tableId: number
  readonly partitionId: number
}

/** A replica's Raft node: the fields of BRaftStatus, and what only this program tells. */
export interface ReplicaRaft {
  readonly state: string
  readonly leaderStoreId: number | undefined
  readonly term: number
  readonly votedFor: number | undefined
  readonly firstIndex: number
  readonly lastIndex: number
  readonly durableIndex: number
  readonly committedIndex: number
  readonly appliedIndex: number
  readonly pendingQueueSize: number
  readonly readonly: boolean
  /** Of a leader: how it sees each follower. */
  readonly followers: readonly FollowerView[]
}

export interface FollowerView {
  readonly storeId: number
  readonly isStable: boolean
  readonly nextIndex: number
  readonly installingSnapshot: boolean
  readonly consecutiveErrorTimes: number
}

/** A job of the coordinators that concerns the region. */
export interface JobView {
  readonly jobId: number
  readonly name: string
  readonly createdAt: string
  readonly finishedAt: string | undefined
  readonly isFinished: boolean
  readonly step: string
  readonly lastError: string | undefined
}

/** A change that a store recorded. */
export interface ChangeRecordView {
  readonly storeId: number
  readonly jobId: number
  readonly event: string
  readonly content: string
  readonly atMs: number | undefined
}

/** One machine of states, for its picture. */
export interface StateMachineView {
  readonly states: readonly string[]
  readonly moves: ReadonlyArray<{ readonly from: string; readonly to: string }>
}

/** Everything that is known of one region. */
export interface RegionDetail {
  readonly takenAtMs: number
  readonly row: RegionRow
  readonly startKey: KeyView
  readonly endKey: KeyView
  readonly coordinator: ReplicaFields
  readonly replicas: readonly ReplicaView[]
  /** Names of {@link ReplicaFields} in which somebody differs; `state` and `metaEpoch` are compared between stores only. */
  readonly differing: ReadonlyArray<keyof ReplicaFields>
  readonly jobs: readonly JobView[]
  readonly changes: readonly ChangeRecordView[]
  readonly regionStates: StateMachineView
  readonly peerStates: StateMachineView
}
