import { SandboxError } from '../../base/sandbox-error'
import type { ProposalResult, Refused } from '../../raft/node/outcome'
import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { ApplyMoments, ApplyResult } from '../apply/apply-result'
import { isDiskFull, notLeader, replicaEnded } from '../engine-errors'
import type { WriteMoments, WriteResult } from '../write-data'

/**
 * What became of a proposal in the terms of DingoDB.
 *
 * @param proposedMs when it was proposed, in ms of the monotonic clock
 * @param failure why the replica ended, if it did
 * @throws SandboxError DINGODB_ERROR as `Engine.write` says
 */
export function toWriteResult(
  regionId: number,
  outcome: ProposalResult<ApplyResult>,
  proposedMs: number,
  failure: SandboxError | undefined,
): WriteResult {
  if (outcome.kind === 'refused') throw refusalError(regionId, outcome, failure)
  if (outcome.kind === 'unknown') throw outcomeUnknown(regionId, reasonOf(failure) ?? outcome.message)
  const { result, index, term } = outcome
  if (result.kind === 'refused') throw result.error
  if (result.kind === 'nothing') return { ts: 0n, keyStates: [], entry: { index, term } }
  const { ts, keyStates, moments } = result
  return { ts, keyStates, entry: { index, term }, moments: moments && writeMoments(proposedMs, moments) }
}

const writeMoments = (proposedMs: number, { beganMs, storeWriteMs, appliedMs }: ApplyMoments): WriteMoments => ({
  proposedMs,
  applyBeganMs: beganMs,
  storeWriteMs,
  appliedMs,
})

/** What a Raft node throws for a command, in the terms of DingoDB: EILLEGAL_PARAMTETERS for one that is too long, and never happened. */
export function proposalError(regionId: number, thrown: unknown): SandboxError {
  const error = SandboxError.from(thrown)
  if (error.code !== 'INVALID_ARGUMENT') return error
  return dingoError(Errno.EILLEGAL_PARAMTETERS, error.message, { details: { regionId }, cause: error })
}

/** A refusal of the Raft node in the terms of DingoDB: it did not happen and never will. */
export function refusalError(
  regionId: number,
  { code, message, leader }: Refused,
  failure: SandboxError | undefined,
): SandboxError {
  switch (code) {
    case 'UNCOMMITTED_LIMIT':
      return dingoError(Errno.EREQUEST_FULL, message, { details: { regionId } })
    case 'NODE_STOPPED':
      return replicaEnded(regionId, failure)
    default:
      return notLeader(regionId, leader)
  }
}

/** Why the replica has ended, in a sentence. */
function reasonOf(failure: SandboxError | undefined): string | undefined {
  return isDiskFull(failure) ? 'The disk of this store is full: free some space.' : failure?.message
}

function outcomeUnknown(regionId: number, reason: string): SandboxError {
  const message = `Whether the write to region ${String(regionId)} took effect is unknown: it may have, or may yet. ${reason}`
  return dingoError(Errno.ERAFT_COMMITLOG, message, { details: { regionId } })
}
