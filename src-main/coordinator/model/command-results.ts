import { create } from '@bufbuild/protobuf'
import type { Job, StoreOperation } from '../../rpc/generated/dingodb/coordinator_pb'
import { RegionCmdStatus, RegionCmdType } from '../../rpc/generated/dingodb/coordinator_pb'
import type { Error as DingoErrorMessage } from '../../rpc/generated/dingodb/error_pb'
import { Errno, ErrorSchema } from '../../rpc/generated/dingodb/error_pb'
import type { CommandOutcome } from '../jobs/command-result'
import { commandOutcome } from '../jobs/command-result'
import type { MetaDraft } from '../meta/meta-draft'
import { jobs, stores } from '../meta/meta-table'
import type { ControlContext } from './control-context'
import { allCommands, currentOperations, updateJob } from './jobs'
import { OpenDeletions } from './open-deletions'
import { settleDrop } from './regions'

/** Errors that are kept with an operation, the newest. */
const KEPT_ERRORS = 5

/** The errors of an operation with one more, the newest of them. */
export function keptErrors({ errors }: StoreOperation, error: DingoErrorMessage): DingoErrorMessage[] {
  return [...errors, error].slice(-KEPT_ERRORS)
}

/** What a store answered to one command. */
export interface CommandResult {
  readonly commandId: number
  readonly jobId: number
  /** Errno OK for success. */
  readonly error: DingoErrorMessage
}

/** No error. */
export const NO_ERROR: DingoErrorMessage = create(ErrorSchema, { errcode: Errno.OK })

/** Plans what follows from the answers of a store. Answers to commands of jobs that are over are ignored. */
export function applyCommandResults(
  draft: MetaDraft,
  context: ControlContext,
  results: readonly CommandResult[],
): void {
  const deleted = new Set<number>()
  for (const result of results) {
    const job = draft.get(jobs, result.jobId)
    const command = job && allCommands(job).find(({ id }) => Number(id) === result.commandId)
    if (job === undefined || command === undefined) continue
    const outcome = commandOutcome(command, result.error.errcode)
    if (outcome === 'delivered' || (outcome === 'waiting' && isKnownError(job, result))) continue
    updateJob(draft, context, job, (operation) => {
      const isConcerned = operation.regionCmds.some(({ id }) => Number(id) === result.commandId)
      return isConcerned ? withResult(draft, operation, result, outcome) : operation
    })
    if (outcome === 'done' && command.regionCmdType === RegionCmdType.CMD_DELETE) deleted.add(Number(command.regionId))
  }
  if (deleted.size === 0) return
  const deletions = new OpenDeletions(draft)
  for (const regionId of deleted) settleDrop(draft, context, deletions, regionId)
}

/** Whether the store has said the same last time: to note it each time would only fill the log. */
function isKnownError(job: Job, { commandId, error }: CommandResult): boolean {
  const operation = currentOperations(job).find(({ regionCmds }) =>
    regionCmds.some(({ id }) => Number(id) === commandId),
  )
  return operation?.errors.at(-1)?.errcode === error.errcode
}

function withResult(
  draft: MetaDraft,
  operation: StoreOperation,
  { commandId, error }: CommandResult,
  outcome: Exclude<CommandOutcome, 'delivered'>,
): StoreOperation {
  if (outcome === 'waiting') return { ...operation, errors: keptErrors(operation, error) }
  const leaderId = Number(error.storeId)
  const isMoved = outcome === 'moved' && leaderId > 0 && draft.get(stores, leaderId) !== undefined
  const regionCmds = operation.regionCmds.map((command) => {
    if (Number(command.id) !== commandId) return command
    if (isMoved) return { ...command, storeId: error.storeId }
    const status = outcome === 'done' ? RegionCmdStatus.STATUS_DONE : RegionCmdStatus.STATUS_FAIL
    return { ...command, status, error }
  })
  const isSuccess = regionCmds.every(({ status }) => status === RegionCmdStatus.STATUS_DONE)
  if (outcome === 'done') return { ...operation, regionCmds, isSuccess }
  return {
    ...operation,
    // A command that goes to the leader is an operation of the leader's store.
    storeId: isMoved ? error.storeId : operation.storeId,
    regionCmds,
    retryCount: operation.retryCount + 1,
    errors: keptErrors(operation, error),
    isSuccess,
  }
}
