import type { SerializedSandboxError } from '../../base/sandbox-error'
import type { NodeId } from '../../raft/core/model/node-id'
import type { NodeRole } from './node-config'

/** What a running node says of itself. */
export interface NodeStatus {
  readonly nodeId: NodeId
  readonly role: NodeRole
  /** `failed`: a part of it failed for good; it answers for inspection and takes no data. */
  readonly state: 'running' | 'stopping' | 'failed'
  readonly uptimeMs: number
  /** Raft groups on this node that work, and regions without Raft. */
  readonly regionCount: number
  /** Those of them that this node leads; regions without Raft are among them. */
  readonly leaderCount: number
  readonly eventLoopDelay: EventLoopDelay
  readonly memory: NodeMemory
  /** Why it failed, or what failed last. */
  readonly lastError: SerializedSandboxError | undefined
}

/** How late the node's thread runs what is due, over the last seconds. */
export interface EventLoopDelay {
  readonly meanMs: number
  readonly maxMs: number
}

/** Bytes of the node's thread and of its process, both of which it may share with other nodes. */
export interface NodeMemory {
  readonly heapUsedBytes: number
  readonly externalBytes: number
  readonly processResidentBytes: number
}

/** How long the phases of a start took, in ms. */
export interface NodeStartPhases {
  /** The raw engine is open. */
  readonly engineMs: number
  /** Raft groups and services are up. */
  readonly nodeMs: number
  /** Both ports serve. */
  readonly serveMs: number
}

/** How a node came to its end. */
export interface NodeExit {
  readonly kind: 'stopped' | 'killed' | 'failed'
  /** Why it failed. */
  readonly error: SerializedSandboxError | undefined
}
