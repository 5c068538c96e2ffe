import type { NodeId } from './model/node-id'

/**
 * Why a node did not take a message or a proposal. None of these is a defect: they happen in every healthy cluster, so
 * they are returned as values and cost no stack trace. A refused message has changed nothing.
 */
export const refusalCodes = {
  /** The proposal was dropped: no leader is known in this term. */
  NO_LEADER: 'no leader is known',
  /** The proposal was dropped: this node is not the leader and does not forward. The leader is the hint. */
  NOT_LEADER: 'this node is not the leader',
  /** The proposal was dropped: this leader was removed from the membership. */
  NOT_A_MEMBER: 'this node is no longer a member',
  /** The proposal was dropped: leadership is being handed over. */
  TRANSFER_IN_PROGRESS: 'leadership is being handed over',
  /** The proposal was dropped: too many bytes wait to be committed. */
  UNCOMMITTED_LIMIT: 'too much is uncommitted',
  /** The log has no room for further indexes below 2^53. */
  INDEX_EXHAUSTED: 'indexes are used up',
  /** A message that only this process may send to itself came from outside. */
  LOCAL_MESSAGE: 'a local message came from outside',
  /** A response came from somebody who is not a member, for example a peer removed meanwhile. */
  UNKNOWN_PEER: 'the sender is not a member',
  /** The message is addressed to another node. */
  WRONG_RECEIVER: 'the message is for another node',
  /** The message is of a type that this version does not know. */
  UNKNOWN_MESSAGE_TYPE: 'the message type is not known',
  /** A field of the message is missing, of the wrong kind, negative, or beyond 2^53 - 1. */
  MALFORMED_MESSAGE: 'the message is malformed',
} as const

/** A stable refusal code; see {@link refusalCodes} for what each means. */
export type RefusalCode = keyof typeof refusalCodes

/** What was refused and why. */
export interface Refusal {
  readonly code: RefusalCode
  /** A sentence that says what happened and, where there is something to do, what. */
  readonly message: string
  /** Who leads as far as this node knows, 0 if nobody: where to try next. */
  readonly leader: NodeId
}

/** Whether the refusal is about a proposal, which its proposer may try again elsewhere or later. */
export function isProposalDropped(code: RefusalCode): boolean {
  switch (code) {
    case 'NO_LEADER':
    case 'NOT_LEADER':
    case 'NOT_A_MEMBER':
    case 'TRANSFER_IN_PROGRESS':
    case 'UNCOMMITTED_LIMIT':
    case 'INDEX_EXHAUSTED':
      return true
    default:
      return false
  }
}
