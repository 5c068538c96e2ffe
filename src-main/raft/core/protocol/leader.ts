import { describeProgress } from '../describe/membership'
import { describeId } from '../describe/node-id'
import type { Message } from '../model/message'
import type { NodeId } from '../model/node-id'
import { NO_NODE } from '../model/node-id'
import type { Progress } from '../tracker/progress'
import { continueTransfer, startTransfer } from './leadership-transfer'
import type { RaftState } from './raft-state'
import { handleReadAck, handleReadIndex, releasePendingReads } from './read-index'
import { broadcastAppend, maybeCommit, maybeSendAppend, sendAppend } from './replication'
import { becomeFollower } from './role-transitions'

/** What a leader does with a message of its own term, or without a term. */
export function stepLeader(raft: RaftState, message: Message): void {
  switch (message.type) {
    case 'MsgReadIndex':
      handleReadIndex(raft, message)
      break
    case 'MsgAppResp':
    case 'MsgHeartbeatResp':
    case 'MsgTransferLeader':
      stepMember(raft, message)
      break
    default:
      // Nothing else concerns a leader.
      break
  }
}

/** Steps down if no quorum was heard of since the last look, and begins to look anew. */
export function checkQuorum(raft: RaftState): void {
  if (!raft.tracker.quorumActive()) {
    raft.logger.warning(`${describeId(raft.id)} stepped down to follower since quorum is not active`)
    becomeFollower(raft, raft.term, NO_NODE)
  }
  for (const [id, progress] of raft.tracker.progress) {
    if (id !== raft.id) progress.recentActive = false
  }
}

/** The driver could not reach a member: what was sent ahead is probably lost, so ask before sending more. */
export function reportUnreachable(raft: RaftState, id: NodeId): void {
  const progress = progressOf(raft, id)
  if (progress === undefined) return
  if (progress.state === 'StateReplicate') progress.becomeProbe()
  raft.logger.debug(
    `${describeId(raft.id)} failed to send message to ${describeId(id)} because it is unreachable [${describeProgress(progress)}]`,
  )
}

/** The driver knows what became of a snapshot that it was to send. */
export function reportSnapshot(raft: RaftState, id: NodeId, arrived: boolean): void {
  const progress = progressOf(raft, id)
  if (progress?.state !== 'StateSnapshot') return
  // Forget the snapshot first if it failed, or probing would begin after something that was never there.
  if (!arrived) progress.snapshotFailed()
  progress.becomeProbe()
  raft.logger.debug(
    `${describeId(raft.id)} snapshot ${arrived ? 'succeeded' : 'failed'}, resumed sending replication messages ` +
      `to ${describeId(id)} [${describeProgress(progress)}]`,
  )
  // If it arrived, the member will say so; if not, the next try waits for a heartbeat.
  progress.pauseFlow()
}

function stepMember(raft: RaftState, message: Message): void {
  const progress = progressOf(raft, message.from)
  if (progress === undefined) return
  if (message.type === 'MsgTransferLeader') startTransfer(raft, message.from, progress)
  else if (message.type === 'MsgHeartbeatResp') handleHeartbeatResponse(raft, message, progress)
  else {
    progress.recentActive = true
    if (message.reject) handleRejection(raft, message, progress)
    else handleAcknowledgement(raft, message, progress)
  }
}

function progressOf(raft: RaftState, id: NodeId): Progress | undefined {
  if (raft.role !== 'StateLeader') return undefined
  const progress = raft.tracker.get(id)
  if (progress === undefined) raft.logger.debug(`${describeId(raft.id)} no progress available for ${describeId(id)}`)
  return progress
}

/**
 * A follower lacks the entry before those sent. Its hint says where its log ends, or where its terms are no higher
 * than those it was asked about. Wherever the leader's own term is higher than the hint's, the logs cannot agree,
 * because terms only grow along a log; so the next probe goes to the highest place that is left. That takes at most
 * one probe for each term in the log, not one for each entry:
 *
 *     index            1 2 3 4 5 6 7 8 9
 *     leader's terms   1 3 3 3 5 5 5 5 5     probed at 9, the follower hints (6, term 2);
 *     follower's       1 1 1 1 2 2           6 down to 2 are of higher terms here, so probe at 1
 */
function handleRejection(raft: RaftState, message: Message, progress: Progress): void {
  const [self, from] = [describeId(raft.id), describeId(message.from)]
  raft.logger.debug(
    `${self} received MsgAppResp(rejected, hint: (index ${message.rejectHint}, term ${message.logTerm})) ` +
      `from ${from} for index ${message.index}`,
  )
  const probe =
    message.logTerm > 0 ? raft.log.findConflictByTerm(message.rejectHint, message.logTerm).index : message.rejectHint
  if (!progress.maybeDecreaseTo(message.index, probe)) return
  raft.logger.debug(`${self} decreased progress of ${from} to [${describeProgress(progress)}]`)
  if (progress.state === 'StateReplicate') progress.becomeProbe()
  sendAppend(raft, message.from)
}

function handleAcknowledgement(raft: RaftState, message: Message, progress: Progress): void {
  if (message.index > raft.log.lastIndex()) {
    raft.logger.warning(
      `${describeId(raft.id)} ignored an acknowledgement of index ${message.index} from ${describeId(message.from)}: ` +
        `the log ends at ${raft.log.lastIndex()}`,
    )
    return
  }
  const isNews =
    progress.maybeUpdate(message.index) ||
    // Nothing new, but it answers a probe, so streaming can resume.
    (progress.match === message.index && progress.state === 'StateProbe')
  if (!isNews) return
  const { from } = message
  resumeReplication(raft, from, message.index, progress)
  if (maybeCommit(raft)) {
    releasePendingReads(raft)
    broadcastAppend(raft)
  } else if (from !== raft.id && progress.canBumpCommit(raft.log.committed)) {
    // The next heartbeat would carry the commit index too, but later.
    sendAppend(raft, from)
  }
  // The window may have room for several messages now.
  if (from !== raft.id) while (maybeSendAppend(raft, from, false));
  continueTransfer(raft, from, progress)
}

function resumeReplication(raft: RaftState, from: NodeId, acknowledged: number, progress: Progress): void {
  switch (progress.state) {
    case 'StateProbe':
      progress.becomeReplicate()
      break
    case 'StateSnapshot':
      // Whatever snapshot it has: if the log reaches on from there, it can be streamed. The driver may have brought it
      // another one than the one that was asked for.
      if (progress.match + 1 < raft.log.firstIndex()) break
      raft.logger.debug(
        `${describeId(raft.id)} recovered from needing snapshot, resumed sending replication messages ` +
          `to ${describeId(from)} [${describeProgress(progress)}]`,
      )
      progress.becomeProbe()
      progress.becomeReplicate()
      break
    case 'StateReplicate':
      progress.freeInflightsUpTo(acknowledged)
      break
  }
}

function handleHeartbeatResponse(raft: RaftState, message: Message, progress: Progress): void {
  progress.recentActive = true
  progress.renewLease(Math.min(message.leaseTime, raft.leaseTime))
  progress.resumeFlow()
  // Ask again what a member that is behind, or being probed, really has: what was sent to it may be lost.
  if (progress.match < raft.log.lastIndex() || progress.state === 'StateProbe') sendAppend(raft, message.from)
  handleReadAck(raft, message)
}
