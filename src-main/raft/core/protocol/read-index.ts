import type { ReadMode } from '../config'
import { describeId } from '../describe/node-id'
import type { Message } from '../model/message'
import { draftMessage } from '../model/message'
import { NO_NODE } from '../model/node-id'
import { jointVoteResult } from '../quorum/joint'
import { holdsLease } from './lease'
import { send } from './outbox'
import type { RaftState } from './raft-state'
import { hasCommittedInTerm } from './raft-state'
import { broadcastHeartbeat } from './replication'

/**
 * A leader was asked at which index a read would be current. It answers at once if it is the only voter or holds a
 * lease, otherwise once a quorum has confirmed that it still leads. (Thesis, section 6.4.)
 *
 * @param proof `safe`: it asks the quorum even where a lease holds
 */
export function handleReadIndex(raft: RaftState, request: Message, proof: ReadMode = raft.config.readMode): void {
  // Before it has committed something in its own term a leader does not know how far its predecessors committed. That goes
  // for the only voter too: the commit index that it stored before a crash may lag behind what it acknowledged.
  if (!hasCommittedInTerm(raft)) {
    raft.pendingReads.push(request)
    return
  }
  confirmAndAnswer(raft, request, proof)
}

/**
 * At which index a read is current that a leader answers on its lease, without a message; undefined if it holds none or does
 * not know yet how far its predecessors committed.
 */
export function leasedReadIndex(raft: RaftState): number | undefined {
  if (raft.config.readMode !== 'lease' || !holdsLease(raft) || !hasCommittedInTerm(raft)) return undefined
  return raft.log.committed
}

/**
 * The first commit of the term has come: the reads that waited for it go on. They ask the quorum: what time it is by which a
 * lease could hold was told before they waited.
 */
export function releasePendingReads(raft: RaftState): void {
  if (raft.pendingReads.length === 0) return
  if (!hasCommittedInTerm(raft)) {
    raft.logger.error('pending MsgReadIndex should be released only after first commit in current term')
    return
  }
  const requests = raft.pendingReads
  raft.pendingReads = []
  for (const request of requests) confirmAndAnswer(raft, request, 'safe')
}

/** A follower confirmed, by answering a heartbeat, that this leader led when the heartbeat left. */
export function handleReadAck(raft: RaftState, response: Message): void {
  if (response.context.length === 0) return
  const acks = raft.readQueue.acknowledge(response.from, response.context)
  if (acks === undefined) return
  if (jointVoteResult(raft.tracker.configuration.voters, acks) !== 'VoteWon') return
  for (const read of raft.readQueue.release(response.context)) answer(raft, read.request, read.index)
}

/** A follower passes a read on to the leader, or drops it: the reader asks again when it learns of another leader. */
export function forwardReadIndex(raft: RaftState, request: Message): void {
  if (raft.leader === NO_NODE) {
    raft.logger.info(`${describeId(raft.id)} no leader at term ${raft.term}; dropping index reading msg`)
    return
  }
  const message = draftMessage('MsgReadIndex', raft.leader)
  message.from = request.from
  message.context = request.context
  send(raft, message)
}

/** The leader answered a read of this node. */
export function handleReadIndexResponse(raft: RaftState, response: Message): void {
  raft.readStates.push({ index: response.index, context: response.context })
}

function confirmAndAnswer(raft: RaftState, request: Message, proof: ReadMode): void {
  if (raft.tracker.isSingleton && raft.tracker.configuration.voters.incoming[0] === raft.id) {
    answer(raft, request, raft.log.committed)
    return
  }
  if (proof === 'lease' && holdsLease(raft)) {
    answer(raft, request, raft.log.committed)
    return
  }
  raft.readQueue.add(request, raft.log.committed)
  raft.readQueue.acknowledge(raft.id, request.context)
  broadcastHeartbeat(raft, request.context)
}

function answer(raft: RaftState, request: Message, index: number): void {
  if (request.from === NO_NODE || request.from === raft.id) {
    raft.readStates.push({ index, context: request.context })
    return
  }
  const response = draftMessage('MsgReadIndexResp', request.from)
  response.index = index
  response.context = request.context
  send(raft, response)
}
