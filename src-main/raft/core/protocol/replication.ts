import { describeProgress } from '../describe/membership'
import { describeId } from '../describe/node-id'
import { violated } from '../logger'
import { NO_BYTES, NO_ENTRIES, payloadSize } from '../model/entry'
import { draftMessage } from '../model/message'
import type { NodeId } from '../model/node-id'
import { isEmptySnapshot } from '../model/snapshot'
import type { Progress } from '../tracker/progress'
import { send } from './outbox'
import type { RaftState } from './raft-state'

/** Sends a member what it lacks; nothing new also tells it the commit index. */
export function sendAppend(raft: RaftState, to: NodeId): void {
  maybeSendAppend(raft, to, true)
}

/**
 * Sends a member one append message, or a snapshot if the log no longer reaches back far enough.
 *
 * @param sendIfEmpty whether a message without entries is worth sending, for the commit index it carries
 * @returns whether a message was sent
 */
export function maybeSendAppend(raft: RaftState, to: NodeId, sendIfEmpty: boolean): boolean {
  const progress = raft.tracker.get(to)
  if (progress === undefined || progress.paused) return false

  const previousIndex = progress.next - 1
  const previousTerm = raft.log.term(previousIndex)
  if (previousTerm === undefined) return maybeSendSnapshot(raft, to, progress)

  // Into a full window only empty messages go. One of them, prompted by a heartbeat, gets through even if everything in
  // the window was lost, and its answer frees the window; without it replication would stand still.
  const entries =
    progress.state === 'StateReplicate' && progress.inflightFull
      ? NO_ENTRIES
      : raft.log.entries(progress.next, raft.config.maxMessageBytes)
  if (entries === undefined) return maybeSendSnapshot(raft, to, progress)
  if (entries.length === 0 && !sendIfEmpty) return false

  const message = draftMessage('MsgApp', to)
  message.index = previousIndex
  message.logTerm = previousTerm
  message.entries = entries
  message.commit = raft.log.committed
  send(raft, message)
  progress.sentEntries(entries.length, payloadSize(entries))
  progress.sentCommit(raft.log.committed)
  return true
}

function maybeSendSnapshot(raft: RaftState, to: NodeId, progress: Progress): boolean {
  const { logger } = raft
  if (!progress.recentActive) {
    logger.debug(`ignore sending snapshot to ${describeId(to)} since it is not recently active`)
    return false
  }
  const snapshot = raft.log.snapshot()
  const [from, target] = [describeId(raft.id), describeId(to)]
  if (snapshot === undefined) {
    logger.debug(`${from} failed to send snapshot to ${target} because snapshot is temporarily unavailable`)
    return false
  }
  if (isEmptySnapshot(snapshot)) violated(logger, 'need non-empty snapshot')
  const { index, term } = snapshot
  logger.debug(
    `${from} [firstindex: ${raft.log.firstIndex()}, commit: ${raft.log.committed}] ` +
      `sent snapshot[index: ${index}, term: ${term}] to ${target} [${describeProgress(progress)}]`,
  )
  progress.becomeSnapshot(index)
  logger.debug(`${from} paused sending replication messages to ${target} [${describeProgress(progress)}]`)
  const message = draftMessage('MsgSnap', to)
  message.snapshot = snapshot
  send(raft, message)
  return true
}

/** Sends every other member what it lacks, or at least the commit index. */
export function broadcastAppend(raft: RaftState): void {
  for (const id of raft.tracker.ids) {
    if (id !== raft.id) sendAppend(raft, id)
  }
}

/** Sends entries to every other member that lacks some, and nothing to the others. */
export function broadcastMissingEntries(raft: RaftState): void {
  for (const id of raft.tracker.ids) {
    if (id !== raft.id) maybeSendAppend(raft, id, false)
  }
}

/** Sends heartbeats that also ask, on behalf of the newest waiting read, whether this leader still leads. */
export function broadcastHeartbeat(raft: RaftState, context = raft.readQueue.newestContext ?? NO_BYTES): void {
  for (const id of raft.tracker.ids) {
    const progress = raft.tracker.get(id)
    if (progress === undefined) continue
    if (id === raft.id) progress.renewLease(raft.leaseTime)
    else sendHeartbeat(raft, id, progress, context)
  }
}

function sendHeartbeat(raft: RaftState, to: NodeId, progress: Progress, context: Uint8Array): void {
  // A member must not commit entries of which it is not known that they are the leader's, so the commit index is cut to
  // those.
  const commit = Math.min(progress.match, raft.log.committed)
  const message = draftMessage('MsgHeartbeat', to)
  message.commit = commit
  message.context = context
  message.leaseTime = raft.leaseTime
  send(raft, message)
  progress.sentCommit(commit)
}

/** Commits what a quorum holds. Returns whether the commit index moved, in which case the others should be told. */
export function maybeCommit(raft: RaftState): boolean {
  return raft.log.maybeCommit(raft.tracker.committedIndex(), raft.term)
}
