import { describeId } from '../describe/node-id'
import { describeConfState } from '../describe/membership'
import type { Message } from '../model/message'
import { draftMessage } from '../model/message'
import { NO_NODE } from '../model/node-id'
import type { Snapshot } from '../model/snapshot'
import { EMPTY_SNAPSHOT } from '../model/snapshot'
import { restoreConfState } from './membership-change'
import { send } from './outbox'
import type { RaftState } from './raft-state'
import { becomeFollower } from './role-transitions'

/** A leader sent a snapshot because its log no longer reaches back to what this node lacks. */
export function handleSnapshot(raft: RaftState, message: Message): void {
  const snapshot = message.snapshot ?? EMPTY_SNAPSHOT
  const restored = restore(raft, snapshot)
  raft.logger.info(
    `${describeId(raft.id)} [commit: ${raft.log.committed}] ${restored ? 'restored' : 'ignored'} ` +
      `snapshot [index: ${snapshot.index}, term: ${snapshot.term}]`,
  )
  const response = draftMessage('MsgAppResp', message.from)
  response.index = restored ? raft.log.lastIndex() : raft.log.committed
  send(raft, response)
}

/** Replaces log and membership by the snapshot, unless there is nothing in it for this node. */
function restore(raft: RaftState, snapshot: Snapshot): boolean {
  const { log, logger } = raft
  const self = describeId(raft.id)
  const { confState, index, term } = snapshot
  if (index <= log.committed) return false
  if (raft.role !== 'StateFollower') {
    // Only followers get here. Should a leader ever, moving on to another term limits the damage.
    logger.warning(`${self} attempted to restore snapshot as leader; should never happen`)
    becomeFollower(raft, raft.term + 1, NO_NODE)
    return false
  }
  const members = [confState.voters, confState.learners, confState.votersOutgoing]
  if (!members.some((ids) => ids.includes(raft.id))) {
    logger.warning(
      `${self} attempted to restore snapshot but it is not in the ConfState {${describeConfState(confState)}}; ` +
        'should never happen',
    )
    return false
  }
  const describeEnd = () => {
    const last = log.lastEntryId()
    return `${self} [commit: ${log.committed}, lastindex: ${last.index}, lastterm: ${last.term}]`
  }
  if (log.matchTerm({ index, term })) {
    // The log holds all of it already; all there is to learn is that it is committed.
    logger.info(`${describeEnd()} fast-forwarded commit to snapshot [index: ${index}, term: ${term}]`)
    log.commitTo(index)
    return false
  }
  log.restore(snapshot)
  restoreConfState(raft, confState, index)
  logger.info(`${describeEnd()} restored snapshot [index: ${index}, term: ${term}]`)
  return true
}
