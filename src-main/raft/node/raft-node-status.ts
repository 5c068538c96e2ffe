import type { NodeId } from '../core/model/node-id'

/** State of a Raft node, named as on DingoDB's wire (common.proto, RaftNodeState). */
export type RaftNodeState =
  | 'STATE_LEADER'
  | 'STATE_TRANSFERRING'
  | 'STATE_CANDIDATE'
  | 'STATE_FOLLOWER'
  | 'STATE_ERROR'
  | 'STATE_UNINITIALIZED'
  | 'STATE_SHUTTING'
  | 'STATE_SHUTDOWN'

/** How a leader sees one follower (common.proto, RaftPeerStatus). */
export interface RaftPeerStatus {
  /** Whether the leader heard from it within the last election timeout. */
  readonly valid: boolean
  readonly installingSnapshot: boolean
  readonly nextIndex: number
  /** Wall time in ms at which something was last sent to it; 0 if never. */
  readonly lastRpcSendTimestamp: number
  /** Payload bytes under way to it. */
  readonly flyingAppendEntriesSize: number
  readonly readonlyIndex: number
  /** Election timeouts in a row without an answer. */
  readonly consecutiveErrorTimes: number
}

/** A Raft node as an inspector sees it, with the fields of common.proto's BRaftStatus. */
export interface RaftNodeStatus {
  readonly raftState: RaftNodeState
  readonly peerId: NodeId
  /** 0 if nobody is known to lead. */
  readonly leaderPeerId: NodeId
  readonly readonly: boolean
  readonly term: number
  readonly committedIndex: number
  readonly knownAppliedIndex: number
  /** First index that is proposed and not committed; 0 if there is none. */
  readonly pendingIndex: number
  /** How many are proposed and not answered. */
  readonly pendingQueueSize: number
  /** Last index that is handed to the state machine. */
  readonly applyingIndex: number
  readonly firstIndex: number
  readonly lastIndex: number
  /** Last index that is durable on this node. */
  readonly diskIndex: number
  /** Leader: followers that replicate. Others: empty. */
  readonly stableFollowers: ReadonlyMap<NodeId, RaftPeerStatus>
  /** Leader: followers that are probed, receive a snapshot or do not answer. Others: empty. */
  readonly unstableFollowers: ReadonlyMap<NodeId, RaftPeerStatus>
}
