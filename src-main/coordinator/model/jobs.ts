import type { MessageInitShape } from '@bufbuild/protobuf'
import { create } from '@bufbuild/protobuf'
import type { Job, RegionCmd, RegionCmdSchema, StoreOperation } from '../../rpc/generated/dingodb/coordinator_pb'
import { IdEpochType, JobSchema, RegionCmdStatus, RegionCmdType } from '../../rpc/generated/dingodb/coordinator_pb'
import type { MetaDraft } from '../meta/meta-draft'
import { RegionState } from '../../rpc/generated/dingodb/common_pb'
import { archivedJobs, jobs, regions } from '../meta/meta-table'
import type { ControlContext } from './control-context'

/** A command to plan: what of it is not given by its job. */
export type PlannedCommand = Pick<MessageInitShape<typeof RegionCmdSchema>, 'regionCmdType' | 'Request'> & {
  readonly storeId: number
  readonly regionId: number
}

/** How a job ended, in its `status`. */
export type JobStatus = 'RUNNING' | 'DONE' | 'CANCELLED' | 'FAILED'

/** Plans a job of one task: one command to each of some stores. @returns its id */
export function planJob(
  draft: MetaDraft,
  context: ControlContext,
  name: string,
  commands: readonly PlannedCommand[],
): number {
  const jobId = draft.nextId(IdEpochType.ID_NEXT_JOB)
  const now = context.wallTimeMs()
  const status: JobStatus = 'RUNNING'
  const job = create(JobSchema, {
    id: BigInt(jobId),
    name,
    tasks: [
      {
        step: 0,
        storeOperations: commands.map(({ storeId, regionId, ...command }) => ({
          storeId: BigInt(storeId),
          regionCmds: [
            {
              ...command,
              id: BigInt(draft.nextId(IdEpochType.ID_NEXT_REGION_CMD)),
              jobId: BigInt(jobId),
              regionId: BigInt(regionId),
              storeId: BigInt(storeId),
              createTimestamp: BigInt(now),
              isNotify: true,
            },
          ],
        })),
      },
    ],
    createTime: timeText(now),
    updateTime: timeText(now),
    status,
  })
  draft.put(jobs, jobId, job)
  return jobId
}

/** The commands of the task that a job is at, those that are done included. */
export function currentCommands(job: Job): readonly RegionCmd[] {
  return currentOperations(job).flatMap(({ regionCmds }) => regionCmds)
}

/** The operations of the task that a job is at; none when it has ended. */
export function currentOperations(job: Job): readonly StoreOperation[] {
  return job.tasks[Number(job.nextStep)]?.storeOperations ?? []
}

/** All commands of a job, of every task. */
export function allCommands(job: Job): readonly RegionCmd[] {
  return job.tasks.flatMap(({ storeOperations }) => storeOperations.flatMap(({ regionCmds }) => regionCmds))
}

/** Whether the command must still be carried out by its store. */
export function isPending({ status }: RegionCmd): boolean {
  return status !== RegionCmdStatus.STATUS_DONE
}

/**
 * Changes the operations of the task that a job is at. When all of them are carried out the job goes on to its next task, and
 * behind the last one to the archive.
 */
export function updateJob(
  draft: MetaDraft,
  context: ControlContext,
  job: Job,
  change: (operation: StoreOperation) => StoreOperation,
): void {
  const step = Number(job.nextStep)
  const tasks = job.tasks.map((task, position) =>
    position === step ? { ...task, storeOperations: task.storeOperations.map(change) } : task,
  )
  const changed = { ...job, tasks, updateTime: timeText(context.wallTimeMs()) }
  const operations = tasks[step]?.storeOperations ?? []
  if (operations.some((operation) => !operation.isSuccess && !isGivenUp(operation, context))) {
    draft.put(jobs, Number(job.id), changed)
    return
  }
  const advanced = { ...changed, nextStep: job.nextStep + 1n }
  if (operations.some(({ isSuccess }) => !isSuccess)) archiveJob(draft, context, changed, 'FAILED')
  else if (Number(advanced.nextStep) < tasks.length) draft.put(jobs, Number(job.id), advanced)
  else archiveJob(draft, context, advanced, 'DONE')
}

/** Whether a store has refused an operation so often that it is not asked again. Deletions are never given up. */
export function isGivenUp({ retryCount, regionCmds }: StoreOperation, context: ControlContext): boolean {
  if (regionCmds.some(({ regionCmdType }) => regionCmdType === RegionCmdType.CMD_DELETE)) return false
  return retryCount >= context.settings.taskRetryCount
}

/** Ends a job: it is looked at no more and kept for people to see, until newer ones push it out. */
export function archiveJob(draft: MetaDraft, context: ControlContext, job: Job, status: JobStatus): void {
  const now = timeText(context.wallTimeMs())
  draft.delete(jobs, Number(job.id))
  draft.put(archivedJobs, Number(job.id), { ...job, status, updateTime: now, finishTime: now })
  // Ids are given in order, so this keeps about the newest without a walk over all of them.
  const oldest = Number(job.id) - context.settings.maxArchivedJobs
  if (draft.get(archivedJobs, oldest) !== undefined) draft.delete(archivedJobs, oldest)
}

/**
 * A creation that its store took and could not carry out after all, when its job had ended already: the job is opened again, or the
 * region would lack this replica for good.
 *
 * @returns undefined if there is no such command, or its region is not wanted any more
 */
export function reopenedJob(draft: MetaDraft, jobId: number, commandId: bigint): Job | undefined {
  const job = draft.get(archivedJobs, jobId)
  const step = job?.tasks.findIndex(({ storeOperations }) =>
    storeOperations.some(({ regionCmds }) => regionCmds.some(({ id }) => id === commandId)),
  )
  if (job === undefined || step === undefined || step < 0 || job.status !== doneStatus) return undefined
  const command = allCommands(job).find(({ id }) => id === commandId)
  const region = draft.get(regions, Number(command?.regionId ?? 0n))
  const isWanted = region !== undefined && region.state !== RegionState.REGION_DELETING
  if (command?.regionCmdType !== RegionCmdType.CMD_CREATE || !isWanted) return undefined
  draft.delete(archivedJobs, jobId)
  const status: JobStatus = 'RUNNING'
  const reopened = { ...job, status, nextStep: BigInt(step), finishTime: '' }
  draft.put(jobs, jobId, reopened)
  return reopened
}

const doneStatus: JobStatus = 'DONE'

/** Ends what is under way for regions that are being dropped: their stores get a deletion instead. */
export function cancelJobsOfRegions(draft: MetaDraft, context: ControlContext, regionIds: ReadonlySet<bigint>): void {
  for (const job of draft.list(jobs)) {
    if (allCommands(job).some(({ regionId }) => regionIds.has(regionId))) archiveJob(draft, context, job, 'CANCELLED')
  }
}

/** A moment as DingoDB's jobs carry it: text, for people. */
function timeText(wallTimeMs: number): string {
  return timeFormat.format(wallTimeMs)
}

// The Swedish form is the ISO one without the T: 2026-01-31 13:05:09.
const timeFormat = new Intl.DateTimeFormat('sv-SE', { timeZone: 'UTC', dateStyle: 'short', timeStyle: 'medium' })
