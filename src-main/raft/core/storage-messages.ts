import type { Entry } from './model/entry'
import type { Message, MessageDraft } from './model/message'
import { draftMessage } from './model/message'
import { APPEND_THREAD, APPLY_THREAD } from './model/node-id'
import type { Snapshot } from './model/snapshot'
import type { RaftState } from './protocol/raft-state'
import type { Ready } from './ready'

/** What a Ready asks to have written. */
type Writes = Pick<Ready, 'entries' | 'hardState' | 'snapshot'>

/**
 * Whether there is anything for the append thread: something to write, or messages that have to wait for what it is
 * writing already.
 */
export function needsStorageAppend(raft: RaftState, writes: Writes): boolean {
  return (
    writes.entries.length > 0 ||
    writes.hardState !== undefined ||
    writes.snapshot !== undefined ||
    raft.messagesAfterAppend.length > 0
  )
}

/**
 * The order to the append thread: write this, make it durable, then deliver the responses. An order without responses
 * need not be durable by itself.
 */
export function storageAppendMessage(raft: RaftState, writes: Writes): Message {
  const order = draftMessage('MsgStorageAppend', APPEND_THREAD)
  order.from = raft.id
  order.entries = writes.entries
  if (writes.hardState !== undefined) {
    order.term = writes.hardState.term
    order.vote = writes.hardState.vote
    order.commit = writes.hardState.commit
  }
  order.snapshot = writes.snapshot ?? null
  const acknowledgement = storageAppendResponse(raft, writes.snapshot)
  // This node's own votes and acknowledgements come first: while the entries are still in memory their terms are cheap
  // to look up.
  order.responses =
    acknowledgement === undefined ? raft.messagesAfterAppend : [...raft.messagesAfterAppend, acknowledgement]
  return order
}

/**
 * What the append thread answers when the writes of a Ready, and of all before it, are durable; undefined if there is
 * nothing to acknowledge.
 *
 * It names the last entry of the log rather than the last one written, and it is sent as long as any entry waits, even
 * if this Ready writes none. For an acknowledgement of an earlier term is not believed: between two terms the same
 * entry can have been replaced and have come back, while the write that replaced it is still under way. A change of
 * term brings a write of its own, so there is always a later acknowledgement that is believed, and nothing waits for
 * ever.
 */
export function storageAppendResponse(raft: RaftState, snapshot: Snapshot | undefined): Message | undefined {
  const hasEntries = raft.log.unstable.length > 0
  if (!hasEntries && snapshot === undefined) return undefined
  const response = draftMessage('MsgStorageAppendResp', raft.id)
  response.from = APPEND_THREAD
  response.term = raft.term
  if (hasEntries) {
    const last = raft.log.lastEntryId()
    response.index = last.index
    response.logTerm = last.term
  }
  response.snapshot = snapshot ?? null
  return response
}

/** The order to the apply thread: apply these, then deliver the response. Nothing needs to be durable. */
export function storageApplyMessage(raft: RaftState, entries: readonly Entry[]): Message {
  const order = draftMessage('MsgStorageApply', APPLY_THREAD)
  order.from = raft.id
  order.entries = entries
  order.responses = [storageApplyResponse(raft, entries)]
  return order
}

/** What the apply thread answers when entries are applied. */
export function storageApplyResponse(raft: RaftState, entries: readonly Entry[]): Message {
  const response: MessageDraft = draftMessage('MsgStorageApplyResp', raft.id)
  response.from = APPLY_THREAD
  response.entries = entries
  return response
}
