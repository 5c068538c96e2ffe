import { describeId } from '../describe/node-id'
import type { Message } from '../model/message'
import { handleVoteResponse } from './election'
import { handleFromLeader } from './follower'
import type { RaftState } from './raft-state'
import { becomeFollower } from './role-transitions'

/** What a candidate, or one that asks whether it could be, does with a message of its own term, or without a term. */
export function stepCandidate(raft: RaftState, message: Message): void {
  switch (message.type) {
    case 'MsgApp':
    case 'MsgHeartbeat':
    case 'MsgSnap':
      // Somebody else has won this term.
      becomeFollower(raft, raft.term, message.from)
      handleFromLeader(raft, message)
      break
    case 'MsgPreVoteResp':
    case 'MsgVoteResp':
      // A candidate may still receive answers to the question whether it could be one.
      if ((message.type === 'MsgPreVoteResp') === (raft.role === 'StatePreCandidate')) handleVoteResponse(raft, message)
      break
    case 'MsgTimeoutNow':
      raft.logger.debug(
        `${describeId(raft.id)} [term ${raft.term} state ${raft.role}] ignored MsgTimeoutNow from ${describeId(message.from)}`,
      )
      break
    default:
      // Nothing else concerns a candidate.
      break
  }
}
