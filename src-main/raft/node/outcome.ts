import type { NodeId } from '../core/model/node-id'
import type { RefusalCode } from '../core/refusal'

/** It certainly did not happen, and never will. */
export interface Refused {
  readonly kind: 'refused'
  /** NODE_STOPPED: the node is stopped, stopping or failed. All others are the core's. */
  readonly code: RefusalCode | 'NODE_STOPPED'
  /** A sentence that says why and, where there is something to do, what. */
  readonly message: string
  /** Who leads as far as this node knows, 0 if nobody: where to try next. */
  readonly leader: NodeId
}

/** It may have happened, may happen yet, or not at all: the node lost leadership, failed or stopped while it was under way. */
export interface Unknown {
  readonly kind: 'unknown'
  readonly message: string
  readonly leader: NodeId
}

/** It is committed, and applied on this node. */
export interface Applied<Result> {
  readonly kind: 'applied'
  readonly index: number
  readonly term: number
  readonly result: Result
}

/** What became of a proposal. Each proposal is answered with exactly one of these. */
export type ProposalResult<Result> = Applied<Result> | Refused | Unknown

/** The state machine holds everything that was acknowledged before the read was asked for; it may be read now. */
export interface Readable {
  readonly kind: 'readable'
  /** The applied index that is enough for the read. */
  readonly index: number
}

/** What became of asking for a read. */
export type ReadResult = Readable | Refused
