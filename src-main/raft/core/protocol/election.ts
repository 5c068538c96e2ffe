import { describeId } from '../describe/node-id'
import { violated } from '../logger'
import type { EntryId } from '../model/entry'
import { NO_BYTES } from '../model/entry'
import type { Message, MessageType } from '../model/message'
import { draftMessage } from '../model/message'
import { NO_NODE } from '../model/node-id'
import { voterIds } from '../tracker/configuration'
import { owesLease } from './lease'
import { send } from './outbox'
import { appendToOwnLog, hasRoomInLog } from './proposal'
import type { RaftState } from './raft-state'
import { isPromotable } from './raft-state'
import { broadcastAppend } from './replication'
import { becomeCandidate, becomeFollower, becomePreCandidate, enterLeaderRole } from './role-transitions'

/** Why a node campaigns: to ask whether it could win, to win, or because the leader asked it to take over. */
export type CampaignKind = 'pre-election' | 'election' | 'transfer'

/** Marks the vote requests of a transfer: the leader itself wants this election, so nobody has to spare it. */
const TRANSFER_MARK = new TextEncoder().encode('CampaignTransfer')

/** Starts an election of the kind that the configuration asks for, if this node may. */
export function startElection(raft: RaftState): void {
  tryToCampaign(raft, raft.config.preVote ? 'pre-election' : 'election')
}

/**
 * Starts an election, if this node may. A transfer never asks first: the leader gives way, so nobody can be disturbed.
 */
export function tryToCampaign(raft: RaftState, kind: CampaignKind): void {
  const { logger } = raft
  const self = describeId(raft.id)
  if (raft.role === 'StateLeader') {
    logger.debug(`${self} ignoring MsgHup because already leader`)
    return
  }
  if (!isPromotable(raft)) {
    logger.warning(`${self} is unpromotable and can not campaign`)
    return
  }
  // With an unapplied change this node does not know yet who its voters are.
  if (hasUnappliedConfChange(raft)) {
    logger.warning(
      `${self} cannot campaign at term ${raft.term} since there are still pending configuration changes to apply`,
    )
    return
  }
  if (raft.term >= Number.MAX_SAFE_INTEGER) {
    logger.error(`${self} cannot campaign at term ${raft.term} since there is no higher term`)
    return
  }
  if (!hasRoomInLog(raft, 1)) {
    logger.error(`${self} cannot campaign at term ${raft.term} since its log has no room for an entry of its own`)
    return
  }
  logger.info(`${self} is starting a new election at term ${raft.term}`)
  campaign(raft, kind)
}

function campaign(raft: RaftState, kind: CampaignKind): void {
  if (kind === 'pre-election') becomePreCandidate(raft)
  else becomeCandidate(raft)
  const type: MessageType = kind === 'pre-election' ? 'MsgPreVote' : 'MsgVote'
  const term = kind === 'pre-election' ? raft.term + 1 : raft.term
  const last = raft.log.lastEntryId()
  const asksForCommit = hasConfChangeBehind(raft, raft.log.committed, last.index)
  for (const id of voterIds(raft.tracker.configuration)) {
    if (id === raft.id) {
      // The vote for itself counts like any other: once it is durable.
      const ownVote = draftMessage(responseType(type), id)
      ownVote.term = term
      send(raft, ownVote)
      continue
    }
    raft.logger.info(
      `${describeId(raft.id)} [logterm: ${last.term}, index: ${last.index}] ` +
        `sent ${type} request to ${describeId(id)} at term ${raft.term}`,
    )
    const request = draftMessage(type, id)
    request.term = term
    request.index = last.index
    request.logTerm = last.term
    request.context = kind === 'transfer' ? TRANSFER_MARK : NO_BYTES
    if (asksForCommit) request.commit = raft.log.committed
    send(raft, request)
  }
}

/** A candidate received an answer of the kind it asked for. */
export function handleVoteResponse(raft: RaftState, response: Message): void {
  const { logger, tracker } = raft
  const self = describeId(raft.id)
  logger.info(
    `${self} received ${response.type}${response.reject ? ' rejection' : ''} ` +
      `from ${describeId(response.from)} at term ${raft.term}`,
  )
  learnCommit(raft, response)
  if (hasUnappliedConfChange(raft)) {
    // Those whom it asked may not be its voters any more. It campaigns again when it has applied the change.
    becomeFollower(raft, raft.term, NO_NODE)
    return
  }
  tracker.recordVote(response.from, !response.reject)
  const { granted, rejected, result } = tracker.tallyVotes()
  logger.info(`${self} has received ${granted} ${response.type} votes and ${rejected} vote rejections`)
  if (result === 'VoteLost') {
    // A response to a pre-vote speaks of a term that this node has not entered; it stays in its own.
    becomeFollower(raft, raft.term, NO_NODE)
  } else if (result === 'VoteWon') {
    if (raft.role === 'StatePreCandidate') campaign(raft, 'election')
    else {
      becomeLeader(raft)
      broadcastAppend(raft)
    }
  }
}

/**
 * Believes a voter that knows an entry of this log to be committed. Voters tell it only to a candidate that holds a
 * membership change of which it does not know whether it is committed. Such a candidate may be asking the voters of
 * old, while those who know better are no members any more and do not campaign, or have a shorter log than the
 * candidate and cannot win: without being told, nobody could ever be elected.
 */
function learnCommit(raft: RaftState, { commit, logTerm }: Message): void {
  const { log } = raft
  if (commit > log.committed && commit <= log.lastIndex() && log.term(commit) === logTerm) log.commitTo(commit)
}

function becomeLeader(raft: RaftState): void {
  enterLeaderRole(raft)
  const own = raft.tracker.get(raft.id)
  own?.becomeReplicate()
  if (own !== undefined) own.recentActive = true
  // There may be a membership change among the entries taken over. Instead of looking for it, wait until all are
  // applied.
  raft.pendingConfIndex = raft.log.lastIndex()
  // Committing an entry of the own term is the only way to learn how far the predecessors committed.
  const refusal = appendToOwnLog(raft, [{ term: 0, index: 0, type: 'EntryNormal', data: NO_BYTES }])
  if (refusal !== undefined) violated(raft.logger, `empty entry was dropped: ${refusal.message}`)
  raft.logger.info(`${describeId(raft.id)} became leader at term ${raft.term}`)
}

/** Whether a request to vote is one that the leader itself asked for. */
function isTransfer(request: Message): boolean {
  return (
    request.context.length === TRANSFER_MARK.length &&
    request.context.every((byte, position) => byte === TRANSFER_MARK[position])
  )
}

/**
 * Whether a request to vote is ignored, without an answer and without entering its term, because this voter heard from
 * a leader less than an election timeout ago. It keeps members that were removed or cut off from deposing a healthy
 * leader, and it is what leases rest on.
 */
export function ignoresCandidate(raft: RaftState, request: Message): boolean {
  if (isTransfer(request)) return false
  const { electionTicks, checkQuorum } = raft.config
  const hearsLeader = request.term > raft.term && raft.leader !== NO_NODE && raft.electionElapsed < electionTicks
  const ticksLeft =
    checkQuorum && hearsLeader
      ? electionTicks - raft.electionElapsed
      : owesLease(raft)
        ? electionTicks - (raft.tickCount - raft.lastLeaderTick)
        : 0
  if (ticksLeft === 0) return false
  raft.logger.info(
    `${describeVoter(raft, raft.log.lastEntryId())} ignored ${describeRequest(request)} ` +
      `at term ${raft.term}: lease is not expired (remaining ticks: ${ticksLeft})`,
  )
  return true
}

/**
 * Answers a request to vote. The term has been dealt with: it is this node's own, or that of a pre-vote ahead of it.
 */
export function handleVoteRequest(raft: RaftState, request: Message): void {
  const own = raft.log.lastEntryId()
  const mayVote =
    raft.vote === request.from ||
    (raft.vote === NO_NODE && raft.leader === NO_NODE) ||
    (request.type === 'MsgPreVote' && request.term > raft.term)
  const granted = mayVote && raft.log.isUpToDate({ term: request.logTerm, index: request.index })
  // Learners vote as well when they are asked: the candidate knows of their promotion, and they may not yet. Without
  // their vote a group that has just promoted them could be unable to elect anybody.
  const verb = granted ? 'cast' : 'rejected'
  raft.logger.info(
    `${describeVoter(raft, own)} ${verb} ${describeRequest(request, granted ? 'for' : 'from')} at term ${raft.term}`,
  )
  const response = draftMessage(responseType(request.type), request.from)
  // A granted pre-vote speaks of the candidate's future term, or the candidate would take the answer for an old one.
  response.term = granted ? request.term : raft.term
  response.reject = !granted
  if (request.commit > 0 && request.commit < raft.log.committed) {
    response.commit = raft.log.committed
    response.logTerm = raft.log.term(raft.log.committed) ?? 0
  }
  send(raft, response)
  if (granted && request.type === 'MsgVote') {
    raft.electionElapsed = 0
    raft.vote = request.from
  }
}

/** Rejects a pre-vote of an earlier term: its sender may be stuck there, and the answer brings it up to this one. */
export function rejectOutdatedPreVote(raft: RaftState, request: Message): void {
  raft.logger.info(
    `${describeVoter(raft, raft.log.lastEntryId())} rejected ${describeRequest(request)} at term ${raft.term}`,
  )
  const response = draftMessage('MsgPreVoteResp', request.from)
  response.term = raft.term
  response.reject = true
  send(raft, response)
}

function hasUnappliedConfChange(raft: RaftState): boolean {
  return hasConfChangeBehind(raft, raft.log.applied, raft.log.committed)
}

/** Whether there is a membership change behind one index and up to another. */
function hasConfChangeBehind({ log, config }: RaftState, from: number, to: number): boolean {
  if (from >= to) return false
  return log.scan(from + 1, to + 1, config.maxApplyingBytes, (entry) => entry.type !== 'EntryNormal')
}

function responseType(request: MessageType): MessageType {
  return request === 'MsgPreVote' ? 'MsgPreVoteResp' : 'MsgVoteResp'
}

function describeVoter(raft: RaftState, own: EntryId): string {
  return `${describeId(raft.id)} [logterm: ${own.term}, index: ${own.index}, vote: ${describeId(raft.vote)}]`
}

function describeRequest(request: Message, preposition = 'from'): string {
  return `${request.type} ${preposition} ${describeId(request.from)} [logterm: ${request.logTerm}, index: ${request.index}]`
}
