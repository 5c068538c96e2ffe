import type { SandboxError } from '../base/sandbox-error'
import { dingoError } from '../rpc/dingo-error'
import type { Job } from '../rpc/generated/dingodb/coordinator_pb'
import { CoordinatorService, RegionCmdType } from '../rpc/generated/dingodb/coordinator_pb'
import type { Error as ErrorMessage } from '../rpc/generated/dingodb/error_pb'
import { Errno } from '../rpc/generated/dingodb/error_pb'
import { toNumber } from '../rpc/int64'
import type { ClientCore } from './client-core'
import { callCoordinators } from './coordinator-client'
import type { Deadline, OperationOptions } from './deadline'

/** A store that refused to create its copy of a region. */
export interface CreationRefusal {
  readonly regionId: number
  readonly storeId: number
  /** How often it refused. */
  readonly tries: number
  /** What it said last. */
  readonly error: ErrorMessage
  /** Whether the coordinators do not ask it again. */
  readonly isGivenUp: boolean
  /** Whether so many stores were given up that the region can never have a leader. */
  readonly isFinal: boolean
}

/** Ms before the first look into the jobs: most creations are through by then. */
const FIRST_LOOK_AFTER_MS = 1_000
const LONGEST_BETWEEN_LOOKS_MS = 5_000
/** Ended jobs that one call brings. */
const ARCHIVE_PAGE = 1_000

/**
 * Looks into the jobs of the coordinators for why regions do not come up: a store that refuses a creation says so to
 * them only. Because the jobs are many, it looks now and then, however often it is asked.
 */
export class CreationWatch {
  readonly #core: ClientCore
  #nextLookMs: number
  #betweenLooksMs = FIRST_LOOK_AFTER_MS
  #last: CreationRefusal | undefined

  constructor(core: ClientCore) {
    this.#core = core
    this.#nextLookMs = core.clock.monotonicMs() + FIRST_LOOK_AFTER_MS
  }

  /**
   * @param regionIds regions that have no leader yet
   * @returns what holds one of them up, as far as is known
   * @throws SandboxError DINGODB_ERROR, with the errno of the store, if one of them can never have a leader; and what a call to the
   * coordinators throws
   */
  async look(regionIds: readonly number[], options: OperationOptions = {}): Promise<SandboxError | undefined> {
    const { clock } = this.#core
    if (clock.monotonicMs() >= this.#nextLookMs) {
      const refusals = await findRefusals(this.#core, new Set(regionIds), this.#core.deadline(options))
      this.#nextLookMs = clock.monotonicMs() + this.#betweenLooksMs
      this.#betweenLooksMs = Math.min(LONGEST_BETWEEN_LOOKS_MS, this.#betweenLooksMs * 2)
      const final = refusals.find(({ isFinal }) => isFinal)
      if (final !== undefined) throw refusalError(final)
      this.#last = refusals[0]
    }
    return this.#last === undefined || !regionIds.includes(this.#last.regionId) ? undefined : refusalError(this.#last)
  }
}

/** What stores said against creating these regions, those that stand in the way of a leader first. */
async function findRefusals(
  core: ClientCore,
  regionIds: ReadonlySet<number>,
  deadline: Deadline,
): Promise<CreationRefusal[]> {
  const found = new Map<string, CreationRefusal>()
  for (let archiveStartId = 0n; ;) {
    const request = { includeArchive: true, archiveStartId, archiveLimit: ARCHIVE_PAGE }
    const { jobList } = await callCoordinators(core, CoordinatorService.method.getJobList, request, deadline)
    for (const refusal of jobList.flatMap((job) => refusalsIn(job, regionIds))) {
      found.set(`${String(refusal.regionId)} ${String(refusal.storeId)}`, refusal)
    }
    const endedIds = jobList.filter(hasEnded).map(({ id }) => id)
    const lastId = endedIds.reduce((last, id) => (id > last ? id : last), -1n)
    // Coordinators that know no pages bring the same again.
    if (endedIds.length < ARCHIVE_PAGE || lastId < archiveStartId) break
    archiveStartId = lastId + 1n
  }
  return [...found.values()].sort((left, right) => Number(right.isFinal) - Number(left.isFinal))
}

function refusalsIn(job: Job, regionIds: ReadonlySet<number>): CreationRefusal[] {
  const creations = job.tasks
    .flatMap(({ storeOperations }) => storeOperations)
    .flatMap((operation) => operation.regionCmds.map((command) => ({ operation, command })))
    .filter(({ command }) => command.regionCmdType === RegionCmdType.CMD_CREATE)
    .filter(({ command }) => regionIds.has(Number(command.regionId)))
  const refused = creations.flatMap(({ operation, command }) => {
    const error = operation.errors.at(-1) ?? command.error
    if (operation.isSuccess || error === undefined || error.errcode === Errno.OK) return []
    return [{ operation, command, error }]
  })
  const isGivenUp = hasEnded(job)
  const majority = Math.floor(creations.length / 2) + 1
  const isFinal = isGivenUp && creations.length - refused.length < majority
  return refused.map(({ operation, command, error }) => ({
    regionId: toNumber(command.regionId, 'The id of a region'),
    storeId: toNumber(operation.storeId, 'The id of a store'),
    tries: operation.retryCount,
    error,
    isGivenUp,
    isFinal,
  }))
}

const hasEnded = ({ finishTime }: Job): boolean => finishTime !== ''

function refusalError({ regionId, storeId, tries, error, isFinal }: CreationRefusal): SandboxError {
  const times = tries > 1 ? ` ${String(tries)} times, the last time` : ''
  const said = `store ${String(storeId)} refused to create it${times} with ${Errno[error.errcode] ?? String(error.errcode)}: ${error.errmsg}`
  const message = isFinal
    ? `Region ${String(regionId)} cannot come up: ${said} Drop what was made, and make it anew when the reason is gone.`
    : `Region ${String(regionId)} is not up yet: ${said}`
  return dingoError(error.errcode, message, { details: { regionId, storeId, tries } })
}
