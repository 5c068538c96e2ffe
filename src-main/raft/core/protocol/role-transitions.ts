import { describeId } from '../describe/node-id'
import { violated } from '../logger'
import type { NodeId } from '../model/node-id'
import { NO_NODE } from '../model/node-id'
import type { RaftState } from './raft-state'

/** Follows a leader, or nobody yet, in a term. */
export function becomeFollower(raft: RaftState, term: number, leader: NodeId): void {
  reset(raft, term)
  raft.leader = leader
  raft.role = 'StateFollower'
  raft.logger.info(`${describeId(raft.id)} became follower at term ${raft.term}`)
}

/** Stands for election in the next term, with its own vote. */
export function becomeCandidate(raft: RaftState): void {
  if (raft.role === 'StateLeader') violated(raft.logger, 'invalid transition [leader -> candidate]')
  reset(raft, raft.term + 1)
  raft.vote = raft.id
  raft.role = 'StateCandidate'
  raft.logger.info(`${describeId(raft.id)} became candidate at term ${raft.term}`)
}

/** Asks whether it could win. Term and vote stay, so that a node that could not win has disturbed nobody. */
export function becomePreCandidate(raft: RaftState): void {
  if (raft.role === 'StateLeader') violated(raft.logger, 'invalid transition [leader -> pre-candidate]')
  raft.tracker.resetVotes()
  raft.leader = NO_NODE
  raft.role = 'StatePreCandidate'
  raft.logger.info(`${describeId(raft.id)} became pre-candidate at term ${raft.term}`)
}

/** Leads its term. What a leader does first is in election.ts. */
export function enterLeaderRole(raft: RaftState): void {
  if (raft.role === 'StateFollower') violated(raft.logger, 'invalid transition [follower -> leader]')
  reset(raft, raft.term)
  raft.leader = raft.id
  raft.role = 'StateLeader'
}

/** Gives up handing over leadership. */
export function abortLeaderTransfer(raft: RaftState): void {
  raft.leadTransferee = NO_NODE
}

function reset(raft: RaftState, term: number): void {
  if (raft.term !== term) {
    raft.term = term
    raft.vote = NO_NODE
  }
  raft.leader = NO_NODE

  raft.electionElapsed = 0
  raft.heartbeatElapsed = 0
  const { electionTicks, random } = raft.config
  raft.randomizedElectionTimeout = random.integer(electionTicks, 2 * electionTicks - 1)

  abortLeaderTransfer(raft)
  raft.leaseForfeited = false
  raft.pendingConfIndex = 0
  raft.uncommittedBytes = 0
  raft.readQueue.clear()
  raft.pendingReads = []

  raft.tracker.resetVotes()
  const lastIndex = raft.log.lastIndex()
  for (const [id, progress] of raft.tracker.progress) {
    progress.reset(id === raft.id ? lastIndex : 0, lastIndex + 1)
  }
}
