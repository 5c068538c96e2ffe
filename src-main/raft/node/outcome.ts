import type { NodeId } from '../core/model/node-id'
import type { RefusalCode } from '../core/refusal'

/** Why something was refused: a code of the core, or one of these. */
export type NodeRefusalCode =
  | RefusalCode
  /** The node is stopped, stopping or failed. */
  | 'NODE_STOPPED'
  /** The membership change does not fit the membership in force, or another one is under way. */
  | 'MEMBERSHIP_CHANGE_REFUSED'
  /** Leadership was not handed over in time. */
  | 'TRANSFER_FAILED'

/** It certainly did not happen, and never will. */
export interface Refused {
  readonly kind: 'refused'
  readonly code: NodeRefusalCode
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
  /** Whether the leader relied on its lease or asked a quorum; the only voter of a group asks itself. */
  readonly proof: 'lease' | 'quorum'
}

/** What became of asking for a read. */
export type ReadResult = Readable | Refused

/** The member that was to take over leads now. */
export interface Transferred {
  readonly kind: 'transferred'
  readonly leader: NodeId
}

/** What became of handing leadership over. */
export type TransferResult = Transferred | Refused

/** The answer of a node that does not lead. */
export function notLeading(leader: NodeId): Refused {
  return leader === 0
    ? { kind: 'refused', code: 'NO_LEADER', message: 'No leader is known; try again when one is elected.', leader }
    : {
        kind: 'refused',
        code: 'NOT_LEADER',
        message: `This node is not the leader; ask node ${String(leader)}.`,
        leader,
      }
}

/** The answer of a node that runs no more. */
export function nodeStopped(leader: NodeId): Refused {
  const message = 'This Raft node is stopped; ask another member.'
  return { kind: 'refused', code: 'NODE_STOPPED', message, leader }
}
