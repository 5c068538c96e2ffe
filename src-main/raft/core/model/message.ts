import type { Entry } from './entry'
import { NO_BYTES, NO_ENTRIES } from './entry'
import type { NodeId } from './node-id'
import { NO_NODE } from './node-id'
import type { Snapshot } from './snapshot'

/** Every type of message. The names are those of the transcripts. */
export const messageTypes = [
  'MsgHup',
  'MsgBeat',
  'MsgProp',
  'MsgApp',
  'MsgAppResp',
  'MsgVote',
  'MsgVoteResp',
  'MsgSnap',
  'MsgHeartbeat',
  'MsgHeartbeatResp',
  'MsgUnreachable',
  'MsgSnapStatus',
  'MsgCheckQuorum',
  'MsgTransferLeader',
  'MsgTimeoutNow',
  'MsgReadIndex',
  'MsgReadIndexResp',
  'MsgPreVote',
  'MsgPreVoteResp',
  'MsgStorageAppend',
  'MsgStorageAppendResp',
  'MsgStorageApply',
  'MsgStorageApplyResp',
  'MsgForgetLeader',
] as const
export type MessageType = (typeof messageTypes)[number]

const knownTypes: ReadonlySet<string> = new Set(messageTypes)

const localTypes: ReadonlySet<MessageType> = new Set<MessageType>([
  'MsgHup',
  'MsgBeat',
  'MsgUnreachable',
  'MsgSnapStatus',
  'MsgCheckQuorum',
  'MsgForgetLeader',
  'MsgStorageAppend',
  'MsgStorageAppendResp',
  'MsgStorageApply',
  'MsgStorageApplyResp',
])

const responseTypes: ReadonlySet<MessageType> = new Set<MessageType>([
  'MsgAppResp',
  'MsgVoteResp',
  'MsgHeartbeatResp',
  'MsgReadIndexResp',
  'MsgPreVoteResp',
  'MsgStorageAppendResp',
  'MsgStorageApplyResp',
])

/** Whether this version knows the type. */
export function isMessageType(type: string): type is MessageType {
  return knownTypes.has(type)
}

/** Whether messages of the type never cross the network. */
export function isLocalMessage(type: MessageType): boolean {
  return localTypes.has(type)
}

/** Whether messages of the type answer a request, so that only members may send them. */
export function isResponseMessage(type: MessageType): boolean {
  return responseTypes.has(type)
}

/**
 * A message between members, or between a node and its storage threads. One shape for all types: fields that a type
 * does not use are zero or empty, which keeps the code that handles them fast. Read-only once sent: the
 * same object may be queued, duplicated or held by a simulation.
 */
export interface Message {
  readonly type: MessageType
  readonly to: NodeId
  readonly from: NodeId
  /**
   * The sender's term; 0 in messages that have none (proposals, reads, storage). For MsgPreVote the term it would
   * campaign in.
   */
  readonly term: number
  /**
   * The term of the entry at `index`; for a rejected append the term at `rejectHint`; for a vote that names a commit
   * index the term there.
   */
  readonly logTerm: number
  /**
   * MsgApp: the entry before the first one sent. Responses: the entry acknowledged or rejected. Votes: the candidate's
   * last entry.
   */
  readonly index: number
  readonly entries: readonly Entry[]
  /**
   * The sender's commit index, cut to what the receiver may commit. Votes: a candidate names its own if it holds a
   * membership change behind it, and the voter answers with its own if that is higher.
   */
  readonly commit: number
  /** MsgStorageAppend only: the vote to store. */
  readonly vote: NodeId
  readonly snapshot: Snapshot | null
  readonly reject: boolean
  /** Rejected MsgAppResp: the highest index at which the logs may still agree. */
  readonly rejectHint: number
  /**
   * MsgReadIndex and its response: the reader's own token. MsgHeartbeat: the newest waiting token. MsgVote: marks a
   * transfer of leadership.
   */
  readonly context: Uint8Array
  /**
   * MsgHeartbeat: the time by which its leader counts leases when it left, 0 for none; only that leader understands it.
   * MsgHeartbeatResp returns it, and the lease is counted from it.
   */
  readonly leaseTime: number
  /** MsgStorageAppend and MsgStorageApply: what to deliver once the work is done, in this order. */
  readonly responses: readonly Message[]
}

/** A message while its sender fills it in. */
export type MessageDraft = { -readonly [Field in keyof Message]: Message[Field] }

const NO_MESSAGES: readonly Message[] = Object.freeze([])

/** An empty message of a type; the sender fills in what the type uses. */
export function draftMessage(type: MessageType, to: NodeId): MessageDraft {
  return {
    type,
    to,
    from: NO_NODE,
    term: 0,
    logTerm: 0,
    index: 0,
    entries: NO_ENTRIES,
    commit: 0,
    vote: NO_NODE,
    snapshot: null,
    reject: false,
    rejectHint: 0,
    context: NO_BYTES,
    leaseTime: 0,
    responses: NO_MESSAGES,
  }
}
