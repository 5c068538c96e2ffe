import type { Job, RegionCmd } from '../../rpc/generated/dingodb/coordinator_pb'
import { RegionCmdStatus, RegionCmdType } from '../../rpc/generated/dingodb/coordinator_pb'
import type { RegionChangeRecord } from '../../rpc/generated/dingodb/store_internal_pb'
import { enumName } from './enum-name'
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

const commandsFor = ({ tasks }: Job, regionId: bigint): RegionCmd[] =>
  tasks
    .flatMap(({ storeOperations }) => storeOperations)
    .flatMap(({ regionCmds }) => regionCmds)
    .filter((command) => command.regionId === regionId)

function jobView(job: Job, commands: readonly RegionCmd[]): JobView {
  const failed = commands.find(({ status }) => status === RegionCmdStatus.STATUS_FAIL)
  return {
    jobId: Number(job.id),
    name: job.name,
    createdAt: job.createTime,
    finishedAt: job.finishTime === '' ? undefined : job.finishTime,
    isFinished: job.finishTime !== '',
    step: commands.map(stepText).join(', '),
    lastError: failed === undefined ? undefined : (failed.error?.errmsg ?? enumName(RegionCmdStatus, failed.status)),
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
