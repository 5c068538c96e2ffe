import { violated } from '../logger'
import type { MessageDraft, MessageType } from '../model/message'
import { draftMessage } from '../model/message'
import type { NodeId } from '../model/node-id'
import { NO_NODE } from '../model/node-id'
import type { RaftState } from './raft-state'

/**
 * Queues a message. It is put on one of two lists by its type: what promises something waits until the promise is
 * durable, everything else may leave at once.
 *
 * Rejections wait too. They may rest on a vote or on entries that are not durable yet, and they are rare; nobody has
 * shown that sending them early is safe.
 */
export function send(raft: RaftState, message: MessageDraft): void {
  if (message.from === NO_NODE) message.from = raft.id
  switch (message.type) {
    case 'MsgVote':
    case 'MsgVoteResp':
    case 'MsgPreVote':
    case 'MsgPreVoteResp':
      // Messages of an election speak of a term that need not be the sender's.
      if (message.term === 0) violated(raft.logger, `term should be set when sending ${message.type}`)
      break
    case 'MsgProp':
    case 'MsgReadIndex':
      // Requests that are passed on are meant for whoever leads, in whatever term.
      assertNoTerm(raft, message)
      break
    default:
      assertNoTerm(raft, message)
      message.term = raft.term
  }
  if (waitsForStorage(message.type)) {
    raft.messagesAfterAppend.push(message)
    return
  }
  if (message.to === raft.id) {
    violated(raft.logger, `message should not be self-addressed when sending ${message.type}`)
  }
  raft.messages.push(message)
}

/** Queues a message that consists of nothing but its type. */
export function sendPlain(raft: RaftState, type: MessageType, to: NodeId): void {
  send(raft, draftMessage(type, to))
}

function waitsForStorage(type: MessageType): boolean {
  return type === 'MsgAppResp' || type === 'MsgVoteResp' || type === 'MsgPreVoteResp'
}

function assertNoTerm(raft: RaftState, message: MessageDraft): void {
  if (message.term !== 0) {
    violated(raft.logger, `term should not be set when sending ${message.type} (was ${message.term})`)
  }
}
