import { describeId } from '../describe/node-id'
import type { Message } from '../model/message'
import { draftMessage } from '../model/message'
import { NO_NODE } from '../model/node-id'
import type { Refusal } from '../refusal'
import { stepCandidate } from './candidate'
import { handleVoteRequest, ignoresCandidate, rejectOutdatedPreVote } from './election'
import { stepFollower } from './follower'
import { stepLeader } from './leader'
import { send } from './outbox'
import { propose } from './proposal'
import type { RaftState } from './raft-state'
import { becomeFollower } from './role-transitions'
import { handleOutdatedStorageAppended, handleStorageApplied, handleStorageAppended } from './storage-progress'

/**
 * Takes a message: settles its term first, then hands it to whatever part this node plays.
 *
 * @returns why a proposal was dropped, undefined otherwise
 */
export function step(raft: RaftState, message: Message): Refusal | undefined {
  const isVoteRequest = message.type === 'MsgVote' || message.type === 'MsgPreVote'
  if (message.term !== 0) {
    if (message.term < raft.term) {
      handleOutdated(raft, message)
      return undefined
    }
    if (isVoteRequest && ignoresCandidate(raft, message)) return undefined
    if (message.term > raft.term) enterTerm(raft, message)
  }
  switch (message.type) {
    case 'MsgVote':
    case 'MsgPreVote':
      handleVoteRequest(raft, message)
      return undefined
    case 'MsgStorageAppendResp':
      handleStorageAppended(raft, message)
      return undefined
    case 'MsgStorageApplyResp':
      handleStorageApplied(raft, message)
      return undefined
    case 'MsgProp':
      return propose(raft, message.entries)
    default:
      stepRole(raft, message)
      return undefined
  }
}

function stepRole(raft: RaftState, message: Message): void {
  switch (raft.role) {
    case 'StateLeader':
      stepLeader(raft, message)
      break
    case 'StateFollower':
      stepFollower(raft, message)
      break
    case 'StateCandidate':
    case 'StatePreCandidate':
      stepCandidate(raft, message)
      break
  }
}

function enterTerm(raft: RaftState, message: Message): void {
  // A pre-vote only asks about a term. If it is granted, the answer speaks of that same term, which the one who asked
  // will enter when it has a majority. If it is rejected, the answer speaks of a term that there really is.
  if (message.type === 'MsgPreVote' || (message.type === 'MsgPreVoteResp' && !message.reject)) return
  raft.logger.info(
    `${describeId(raft.id)} [term: ${raft.term}] received a ${message.type} message with higher term ` +
      `from ${describeId(message.from)} [term: ${message.term}]`,
  )
  const fromLeader = message.type === 'MsgApp' || message.type === 'MsgHeartbeat' || message.type === 'MsgSnap'
  becomeFollower(raft, message.term, fromLeader ? message.from : NO_NODE)
}

function handleOutdated(raft: RaftState, message: Message): void {
  const { checkQuorum, preVote } = raft.config
  if ((checkQuorum || preVote) && (message.type === 'MsgHeartbeat' || message.type === 'MsgApp')) {
    // A leader of an earlier term. The message may be an old one; but it may also be that this node moved on to its
    // term alone while it was cut off, and cannot come back, because others ignore its campaigns. The answer shows the
    // leader the higher term, so that it steps down and an election brings all together again.
    send(raft, draftMessage('MsgAppResp', message.from))
  } else if (message.type === 'MsgPreVote') {
    rejectOutdatedPreVote(raft, message)
  } else if (message.type === 'MsgStorageAppendResp') {
    handleOutdatedStorageAppended(raft, message)
  } else {
    raft.logger.info(
      `${describeId(raft.id)} [term: ${raft.term}] ignored a ${message.type} message with lower term ` +
        `from ${describeId(message.from)} [term: ${message.term}]`,
    )
  }
}
