import type { ResolvedConfig } from '../config'
import { describeId } from '../describe/node-id'
import { violated } from '../logger'
import { isEmptyHardState } from '../model/hard-state'
import { NO_NODE } from '../model/node-id'
import { voterIds } from '../tracker/configuration'
import { promiseLease } from './lease'
import { restoreConfState } from './membership-change'
import type { RaftState } from './raft-state'
import { newRaftState } from './raft-state'
import { becomeFollower } from './role-transitions'

/**
 * Brings a node up from what is stored: its log, its membership, its term and vote.
 *
 * @throws RaftError INVALID_CONF_STATE if the stored membership contradicts itself
 * @throws RaftInvariantError if hard state or applied index do not fit the stored log
 */
export function startRaft(config: ResolvedConfig): RaftState {
  const { hardState, confState } = config.storage.initialState()
  const raft = newRaftState(config)
  const { log, logger } = raft
  const self = describeId(raft.id)
  const last = log.lastEntryId()
  restoreConfState(raft, confState, Math.max(config.applied, log.applied))
  if (!isEmptyHardState(hardState)) {
    raft.term = hardState.term
    raft.vote = hardState.vote
    // It ran before and may have promised a leader to ignore candidates; it does not remember, so it assumes it has.
    if (config.readMode === 'lease' && config.mayOweLease) promiseLease(raft)
  }
  restoreCommitted(raft, hardState.commit)
  if (config.applied > 0) log.appliedTo(config.applied, 0)
  becomeFollower(raft, raft.term, NO_NODE)
  const peers = voterIds(raft.tracker.configuration).map(describeId).join(',')
  logger.info(
    `newRaft ${self} [peers: [${peers}], term: ${raft.term}, commit: ${log.committed}, applied: ${log.applied}, ` +
      `lastindex: ${last.index}, lastterm: ${last.term}]`,
  )
  return raft
}

/**
 * The commit index need not have been durable, so it may be behind what is compacted or applied already, which proves
 * as much. It cannot be beyond the log: then entries are lost that this node has acknowledged.
 */
function restoreCommitted(raft: RaftState, stored: number): void {
  const { log, config } = raft
  const last = log.lastIndex()
  const committed = Math.max(stored, log.committed, config.applied)
  if (committed > last) {
    violated(
      raft.logger,
      `${describeId(raft.id)} state.commit ${committed} is out of range [${log.committed}, ${last}]`,
    )
  }
  log.commitTo(committed)
}
