import { describeId } from '../describe/node-id'
import type { NodeId } from '../model/node-id'
import { NO_NODE } from '../model/node-id'
import type { Progress } from '../tracker/progress'
import { sendPlain } from './outbox'
import type { RaftState } from './raft-state'
import { sendAppend } from './replication'
import { abortLeaderTransfer } from './role-transitions'

/**
 * A leader begins to hand over to a voter: it takes no proposals, brings the voter up to date and then tells it to
 * campaign at once. It has one election timeout for that and goes on leading if it comes to nothing. (Thesis, section
 * 3.10.)
 */
export function startTransfer(raft: RaftState, target: NodeId, progress: Progress): void {
  const { logger } = raft
  const self = describeId(raft.id)
  const name = describeId(target)
  if (progress.isLearner) {
    logger.debug(`${self} is learner. Ignored transferring leadership`)
    return
  }
  if (raft.leadTransferee !== NO_NODE) {
    if (raft.leadTransferee === target) {
      logger.info(
        `${self} [term ${raft.term}] transfer leadership to ${name} is in progress, ignores request to same node ${name}`,
      )
      return
    }
    const previous = describeId(raft.leadTransferee)
    abortLeaderTransfer(raft)
    logger.info(`${self} [term ${raft.term}] abort previous transferring leadership to ${previous}`)
  }
  if (target === raft.id) {
    logger.debug(`${self} is already leader. Ignored transferring leadership to self`)
    return
  }
  logger.info(`${self} [term ${raft.term}] starts to transfer leadership to ${name}`)
  raft.electionElapsed = 0
  raft.leadTransferee = target
  if (progress.match === raft.log.lastIndex()) {
    sendTimeoutNow(raft, target)
    logger.info(`${self} sends MsgTimeoutNow to ${name} immediately as ${name} already has up-to-date log`)
  } else {
    sendAppend(raft, target)
  }
}

/** The member to take over has acknowledged something: if it lacks nothing now, it is told to campaign. */
export function continueTransfer(raft: RaftState, from: NodeId, progress: Progress): void {
  if (from !== raft.leadTransferee || progress.match !== raft.log.lastIndex()) return
  raft.logger.info(`${describeId(raft.id)} sent MsgTimeoutNow to ${describeId(from)} after received MsgAppResp`)
  sendTimeoutNow(raft, from)
}

function sendTimeoutNow(raft: RaftState, to: NodeId): void {
  // Its election is exempt from the promises that leases rest on, and the message may arrive at any time from now on.
  raft.leaseForfeited = true
  sendPlain(raft, 'MsgTimeoutNow', to)
}
