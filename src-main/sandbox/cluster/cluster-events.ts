import type { SerializedSandboxError } from '../../base/sandbox-error'
import type { NodeId } from '../../raft/core/model/node-id'
import type { NodeRole } from '../node/node-config'
import type { NodeMountKind } from '../node/node-mount'

/**
 * What a node of the cluster is at. `killed`: ended without order, by request. `failed`: it ended by itself, did not come
 * up, or a part of it failed for good; {@link ClusterNodeInfo.lastError} says why.
 */
export type ClusterNodeState = 'stopped' | 'starting' | 'running' | 'paused' | 'stopping' | 'killed' | 'failed'

/** A node of the cluster as its host sees it. Plain data. */
export interface ClusterNodeInfo {
  readonly nodeId: NodeId
  readonly role: NodeRole
  /** `store-1`. */
  readonly name: string
  readonly state: ClusterNodeState
  readonly mount: NodeMountKind
  /** `host:port` for clients. */
  readonly serverAddress: string
  /** `host:port` for the other nodes. */
  readonly raftAddress: string
  /** The node's own folder, a Disk path. */
  readonly directory: string
  /** What went wrong last; undefined since the last successful start. */
  readonly lastError: SerializedSandboxError | undefined
}

/** A cut link between two nodes. */
export interface CutLink {
  readonly from: NodeId
  readonly to: NodeId
}

/** A link whose messages arrive late in one direction. */
export interface DelayedLink extends CutLink {
  /** Ms, above 0, beside what the way takes by itself. */
  readonly delayMs: number
}

/** How far a start has come. */
export interface ClusterProgress {
  readonly phase: 'ports' | 'nodes' | 'leader' | 'stores' | 'ready'
  /** Of the phase: nodes that serve, stores that are registered. */
  readonly done: number
  readonly total: number
  /** Since the start began. */
  readonly elapsedMs: number
}

/** What a cluster tells while it runs. */
export type ClusterEvent =
  | { readonly kind: 'node'; readonly node: ClusterNodeInfo }
  /** A link was cut, healed or delayed; with all that are cut now. */
  | { readonly kind: 'links'; readonly cut: readonly CutLink[] }
  | { readonly kind: 'progress'; readonly progress: ClusterProgress }
  | { readonly kind: 'warning'; readonly nodeId: NodeId | undefined; readonly warning: SerializedSandboxError }
