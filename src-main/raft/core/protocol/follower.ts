import { describeId } from '../describe/node-id'
import type { Message } from '../model/message'
import { draftMessage } from '../model/message'
import { NO_NODE } from '../model/node-id'
import { tryToCampaign } from './election'
import { promiseLease } from './lease'
import { send } from './outbox'
import type { RaftState } from './raft-state'
import { forwardReadIndex, handleReadIndexResponse } from './read-index'
import { handleSnapshot } from './snapshot-restore'

/** What a follower does with a message of its own term, or without a term. */
export function stepFollower(raft: RaftState, message: Message): void {
  switch (message.type) {
    case 'MsgApp':
    case 'MsgHeartbeat':
    case 'MsgSnap':
      raft.electionElapsed = 0
      raft.leader = message.from
      handleFromLeader(raft, message)
      break
    case 'MsgTransferLeader':
      forwardTransfer(raft, message)
      break
    case 'MsgTimeoutNow':
      raft.logger.info(
        `${describeId(raft.id)} [term ${raft.term}] received MsgTimeoutNow from ${describeId(message.from)} ` +
          'and starts an election to get leadership.',
      )
      tryToCampaign(raft, 'transfer')
      break
    case 'MsgReadIndex':
      forwardReadIndex(raft, message)
      break
    case 'MsgReadIndexResp':
      handleReadIndexResponse(raft, message)
      break
    default:
      // Nothing else concerns a follower.
      break
  }
}

/** A sign of life from the leader of this term, to a follower that knows it as its leader. */
export function handleFromLeader(raft: RaftState, message: Message): void {
  promiseLease(raft)
  if (message.type === 'MsgApp') handleAppend(raft, message)
  else if (message.type === 'MsgHeartbeat') handleHeartbeat(raft, message)
  else handleSnapshot(raft, message)
}

/**
 * Forgets who leads, without leaving the term, so that this node may vote for somebody else at once. Not with lease
 * reads, which rest on its not doing so.
 */
export function forgetLeader(raft: RaftState): void {
  if (raft.role !== 'StateFollower') return
  if (raft.config.readMode === 'lease') {
    raft.logger.error('ignoring MsgForgetLeader due to ReadOnlyLeaseBased')
    return
  }
  if (raft.leader === NO_NODE) return
  raft.logger.info(`${describeId(raft.id)} forgetting leader ${describeId(raft.leader)} at term ${raft.term}`)
  raft.leader = NO_NODE
}

function handleAppend(raft: RaftState, message: Message): void {
  const { log } = raft
  const response = draftMessage('MsgAppResp', message.from)
  if (message.index < log.committed) {
    // An old message. What is committed here is all that the leader can be told for certain.
    response.index = log.committed
    send(raft, response)
    return
  }
  const previous = { term: message.logTerm, index: message.index }
  const lastNew = log.maybeAppend({ previous, entries: message.entries }, message.commit)
  if (lastNew !== undefined) {
    response.index = lastNew
    send(raft, response)
    return
  }
  raft.logger.debug(
    `${describeId(raft.id)} [logterm: ${log.term(message.index) ?? 0}, index: ${message.index}] ` +
      `rejected MsgApp [logterm: ${message.logTerm}, index: ${message.index}] from ${describeId(message.from)}`,
  )
  // A hint where the logs may still agree: skip everything here that is of a higher term than the leader has at that
  // place.
  const hint = log.findConflictByTerm(Math.min(message.index, log.lastIndex()), message.logTerm)
  response.index = message.index
  response.reject = true
  response.rejectHint = hint.index
  response.logTerm = hint.term
  send(raft, response)
}

function handleHeartbeat(raft: RaftState, message: Message): void {
  raft.log.commitTo(message.commit)
  const response = draftMessage('MsgHeartbeatResp', message.from)
  response.context = message.context
  // Who honours no leases lends none: in a group whose members are set differently its leader asks the quorum.
  if (raft.config.readMode === 'lease') response.leaseTime = message.leaseTime
  send(raft, response)
}

function forwardTransfer(raft: RaftState, message: Message): void {
  if (raft.leader === NO_NODE) {
    raft.logger.info(`${describeId(raft.id)} no leader at term ${raft.term}; dropping leader transfer msg`)
    return
  }
  const forwarded = draftMessage('MsgTransferLeader', raft.leader)
  // The sender's field names whom to hand over to; that is how the request has always been written.
  forwarded.from = message.from
  send(raft, forwarded)
}
