import { create } from '@bufbuild/protobuf'
import { dingoError } from '../../rpc/dingo-error'
import { toNumber } from '../../rpc/int64'
import type { ServiceHandlers } from '../../rpc/call'
import type { CoordinatorService, Job, StoreOperation } from '../../rpc/generated/dingodb/coordinator_pb'
import { RegionCmdStatus, StoreOperationSchema } from '../../rpc/generated/dingodb/coordinator_pb'
import { Errno, ErrorSchema } from '../../rpc/generated/dingodb/error_pb'
import { archivedJobs, jobs } from '../meta/meta-table'
import type { MetaDraft } from '../meta/meta-draft'
import type { MetaView } from '../meta/meta-view'
import type { ControlContext } from '../model/control-context'
import { keptErrors } from '../model/command-results'
import { allCommands, archiveJob, currentOperations, reopenedJob, updateJob } from '../model/jobs'
import { OpenDeletions } from '../model/open-deletions'
import { settleDrop } from '../model/regions'
import type { GetServiceContext } from './service-context'

/** Archived jobs that one call answers when it names no number. */
const ARCHIVE_PAGE = 1000

/** Handlers of CoordinatorService for jobs and the commands in them. Store operations and commands are views of the jobs. */
export function jobHandlers(service: GetServiceContext): ServiceHandlers<typeof CoordinatorService> {
  return {
    getJobList(request) {
      const jobId = toNumber(request.jobId, 'The job id')
      return service().control.read((state) => {
        const open = state.list(jobs)
        const archived = request.includeArchive || jobId !== 0 ? archivePage(state, request) : []
        const wanted =
          jobId === 0
            ? [...open, ...archived]
            : [state.get(jobs, jobId) ?? state.get(archivedJobs, jobId)].flatMap(present)
        return { jobList: request.getJobIdOnly ? wanted.map(({ id }) => ({ id })) : wanted }
      })
    },

    cleanJobList(request) {
      const { control, context } = service()
      const jobId = toNumber(request.jobId, 'The job id')
      return control.run((draft) => {
        const wanted = jobId === 0 ? draft.list(jobs) : [draft.get(jobs, jobId)].flatMap(present)
        for (const job of wanted) {
          archiveJob(draft, context, job, 'CANCELLED')
        }
        settleDrops(draft, context, wanted)
        return {}
      })
    },

    getStoreOperation(request) {
      return service().control.read((state) => ({ storeOperations: operationsByStore(state, request.storeId) }))
    },

    cleanStoreOperation(request) {
      const { control, context } = service()
      return control.run((draft) => {
        const wanted = draft
          .list(jobs)
          .filter((job) => currentOperations(job).some(({ storeId }) => storeId === request.storeId))
        for (const job of wanted) {
          updateJob(draft, context, job, (operation) =>
            operation.storeId === request.storeId ? { ...operation, isSuccess: true } : operation,
          )
        }
        settleDrops(draft, context, wanted)
        return {}
      })
    },

    getRegionCmd(request) {
      const { storeId, startRegionCmdId, endRegionCmdId } = request
      return service().control.read((state) => {
        const regionCmds = [...state.list(archivedJobs), ...state.list(jobs)]
          .flatMap(allCommands)
          .filter((command) => storeId === 0n || command.storeId === storeId)
          .filter(({ id }) => id >= startRegionCmdId && (endRegionCmdId === 0n || id <= endRegionCmdId))
          .sort((left, right) => Number(left.id - right.id))
        const regionCmdErrors = regionCmds.map(({ error }) => error ?? create(ErrorSchema))
        return { regionCmds, regionCmdErrors }
      })
    },

    updateRegionCmdStatus(request) {
      const { control, context } = service()
      const jobId = toNumber(request.jobId, 'The job id')
      return control.run((draft) => {
        if (!reportedStatuses.has(request.status)) {
          const message = `A store reports a command as done or as failed, not as ${String(request.status)}.`
          throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
        }
        const hasFailed = request.status === RegionCmdStatus.STATUS_FAIL
        const job = draft.get(jobs, jobId) ?? (hasFailed ? reopenedJob(draft, jobId, request.regionCmdId) : undefined)
        const isKnown = job !== undefined && allCommands(job).some(({ id }) => id === request.regionCmdId)
        if (!isKnown) {
          const message = `No open job ${String(jobId)} has a command ${String(request.regionCmdId)}.`
          throw dingoError(Errno.EREGION_CMD_NOT_FOUND, message)
        }
        updateJob(draft, context, job, (operation) => {
          if (!operation.regionCmds.some(({ id }) => id === request.regionCmdId)) return operation
          const regionCmds = operation.regionCmds.map((command) => {
            if (command.id !== request.regionCmdId) return command
            return { ...command, status: request.status, ...(request.error !== undefined && { error: request.error }) }
          })
          return {
            ...operation,
            regionCmds,
            retryCount: operation.retryCount + (hasFailed ? 1 : 0),
            ...(hasFailed && request.error !== undefined && { errors: keptErrors(operation, request.error) }),
            isSuccess: regionCmds.every(({ status }) => status === RegionCmdStatus.STATUS_DONE),
          }
        })
        settleDrops(draft, context, [job])
        return {}
      })
    },
  }
}

const reportedStatuses: ReadonlySet<RegionCmdStatus> = new Set([
  RegionCmdStatus.STATUS_DONE,
  RegionCmdStatus.STATUS_FAIL,
])

/** Jobs have changed: regions that were waiting for them may be deleted now. */
function settleDrops(draft: MetaDraft, context: ControlContext, changed: readonly Job[]): void {
  const deletions = new OpenDeletions(draft)
  for (const { regionId } of changed.flatMap(allCommands)) settleDrop(draft, context, deletions, Number(regionId))
}

function archivePage(
  view: MetaView,
  { archiveStartId, archiveLimit }: { readonly archiveStartId: bigint; readonly archiveLimit: number },
): readonly Job[] {
  return view
    .list(archivedJobs)
    .filter(({ id }) => id >= archiveStartId)
    .slice(0, archiveLimit > 0 ? archiveLimit : ARCHIVE_PAGE)
}

function operationsByStore(view: MetaView, wanted: bigint): StoreOperation[] {
  const byStore = new Map<bigint, StoreOperation>()
  for (const job of view.list(jobs)) {
    for (const operation of currentOperations(job)) {
      const { storeId } = operation
      if (operation.isSuccess || (wanted !== 0n && storeId !== wanted)) continue
      const known = byStore.get(storeId) ?? create(StoreOperationSchema, { storeId })
      byStore.set(storeId, { ...known, regionCmds: [...known.regionCmds, ...operation.regionCmds] })
    }
  }
  return [...byStore.values()]
}

function present<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value]
}
