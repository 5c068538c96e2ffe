import type { Job, RegionCmd } from '../../rpc/generated/dingodb/coordinator_pb'
import { RegionCmdStatus, RegionCmdType } from '../../rpc/generated/dingodb/coordinator_pb'
import type { RegionChangeRecord } from '../../rpc/generated/dingodb/store_internal_pb'
import { enumName } from './enum-name'
import type { JobCommandView, JobDetail } from './job-detail'
import type { ChangeRecordView, JobView } from './region-detail'
import { parseWallTime } from './wall-time'

/** The most jobs that are shown of a region. */
const MAX_JOBS = 50

/** The jobs that have a command for a region, the newest first. */
export function jobsOf(jobs: readonly Job[], regionId: number): JobView[] {
  return jobs
    .flatMap((job) => {
      const commands = commandsFor(job, BigInt(regionId))
      return commands.length === 0 ? [] : [jobView(job, commands)]
    })
    .sort((left, right) => right.jobId - left.jobId)
    .slice(0, MAX_JOBS)
}

/** A job whole, whatever regions it is for. */
export function jobDetail(job: Job): JobDetail {
  const tasks = job.tasks.map(({ storeOperations }) => ({
    commands: storeOperations.flatMap(({ regionCmds }) => regionCmds).map(commandView),
  }))
  const commands = tasks.flatMap((task) => task.commands)
  const isFinished = job.finishTime !== ''
  return {
    jobId: Number(job.id),
    name: job.name,
    status: job.status,
    isFinished,
    createdAtMs: parseWallTime(job.createTime),
    updatedAtMs: parseWallTime(job.updateTime),
    finishedAtMs: parseWallTime(job.finishTime),
    currentTask: isFinished ? undefined : Number(job.nextStep),
    tasks,
    regionIds: [...new Set(commands.map(({ regionId }) => regionId))].sort((left, right) => left - right),
    lastError: commands.find(({ error }) => error !== undefined)?.error,
  }
}

function commandView(command: RegionCmd): JobCommandView {
  return {
    commandId: Number(command.id),
    type: enumName(RegionCmdType, command.regionCmdType),
    regionId: Number(command.regionId),
    storeId: Number(command.storeId),
    status: enumName(RegionCmdStatus, command.status),
    error: failureOf(command),
  }
}

/** What a command that failed says of it; undefined for one that did not. */
function failureOf({ status, error }: RegionCmd): string | undefined {
  if (status !== RegionCmdStatus.STATUS_FAIL) return undefined
  return error?.errmsg || enumName(RegionCmdStatus, status)
}

const commandsFor = ({ tasks }: Job, regionId: bigint): RegionCmd[] =>
  tasks
    .flatMap(({ storeOperations }) => storeOperations)
    .flatMap(({ regionCmds }) => regionCmds)
    .filter((command) => command.regionId === regionId)

function jobView(job: Job, commands: readonly RegionCmd[]): JobView {
  return {
    jobId: Number(job.id),
    name: job.name,
    createdAt: job.createTime,
    finishedAt: job.finishTime === '' ? undefined : job.finishTime,
    isFinished: job.finishTime !== '',
    step: commands.map(stepText).join(', '),
    lastError: commands.map(failureOf).find((failure) => failure !== undefined),
  }
}

/** `CMD_CREATE on 20001: STATUS_DONE`. */
function stepText({ regionCmdType, storeId, status }: RegionCmd): string {
  return `${enumName(RegionCmdType, regionCmdType)} on ${String(storeId)}: ${enumName(RegionCmdStatus, status)}`
}

/** What a store recorded of the changes of a region, step by step, the oldest first. */
export function changesOf(storeId: number, records: readonly RegionChangeRecord[]): ChangeRecordView[] {
  return records.flatMap(({ jobId, jobContent, timeline }) =>
    timeline.map(({ time, event }) => ({
      storeId,
      jobId: Number(jobId),
      event,
      content: jobContent,
      atMs: parseWallTime(time),
    })),
  )
}
