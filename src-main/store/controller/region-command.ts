import { dingoError } from '../../rpc/dingo-error'
import type { RegionCmd } from '../../rpc/generated/dingodb/coordinator_pb'
import { RegionCmdType } from '../../rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { toNumber } from '../../rpc/int64'
import type { StoreMetaManager } from '../meta/store-meta-manager'
import type { StoreRegion } from '../region/store-region'
import type { RegionEngines } from '../storage/storage'
import type { RegionStage } from './region-stage'

/** A command of the coordinators to this store, with its ids as numbers. */
export interface RegionCommand {
  readonly id: number
  readonly jobId: number
  readonly regionId: number
  readonly type: RegionCmdType
  /** The whole command as it came. */
  readonly message: RegionCmd
}

/** What region commands work with. */
export interface RegionCommandContext {
  readonly storeId: number
  readonly meta: StoreMetaManager
  readonly engines: RegionEngines
  /** Whether a command of a type is accepted and not finished for a region. */
  readonly isUnderWay: (regionId: number, type: RegionCmdType) => boolean
  /** Announces a step. @throws SandboxError CANCELLED when the store stops before the step may begin */
  readonly stage: (command: RegionCommand, stage: RegionStage) => Promise<void>
  /** Ends what clients left open in a region, and gives the requests that were let in some time to be answered. */
  readonly prepareDestroy: (regionId: number) => Promise<void>
  /** Resolves when all requests that were let into a region are answered. */
  readonly requestsAnswered: (regionId: number) => Promise<void>
  /** Lets go of what the store keeps in memory about a region that is gone. */
  readonly forget: (regionId: number) => void
  /** Lets the replica ask to lead, if it is the one of its group that asks first. */
  readonly startElection: (regionId: number) => void
  /** Has regions reported to the coordinators soon. */
  readonly report: (regionId: number) => void
}

/** How one type of command is done. Every run may be a repetition: a crash came after any step of an earlier one. */
export interface RegionCommandHandler {
  /** Whether the command can be taken, in DingoDB's words PreValidate. @throws SandboxError DINGODB_ERROR */
  validate(command: RegionCommand, context: RegionCommandContext): void
  /** @throws SandboxError what ends the command with STATUS_FAIL */
  run(command: RegionCommand, context: RegionCommandContext): Promise<void>
}

/** Reads a command. @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS for ids that are not positive or beyond 53 bits */
export function readRegionCommand(message: RegionCmd): RegionCommand {
  const id = toNumber(message.id, 'The id of a region command')
  const regionId = toNumber(message.regionId, 'The region id of a region command')
  if (id <= 0 || regionId <= 0) {
    const text = `A region command needs an id and a region id above 0, but they are ${String(id)} and ${String(regionId)}.`
    throw dingoError(Errno.EILLEGAL_PARAMTETERS, text, { details: { commandId: id, regionId } })
  }
  const jobId = toNumber(message.jobId, 'The job id of a region command')
  return { id, jobId, regionId, type: message.regionCmdType, message }
}

/** The name of a command's type on the wire. */
export const commandName = (type: RegionCmdType): string =>
  (RegionCmdType as Readonly<Record<number, string | undefined>>)[type] ?? `region command ${String(type)}`

type RequestCase = NonNullable<RegionCmd['Request']['case']>
type RequestOf<Case extends RequestCase> = Extract<RegionCmd['Request'], { readonly case: Case }>['value']

/** The part of a command that its type needs. @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS if it carries another or none */
export function requestOf<Case extends RequestCase>(command: RegionCommand, requestCase: Case): RequestOf<Case> {
  const request = command.message.Request
  if (request.case === requestCase) return request.value as RequestOf<Case>
  const message = `${commandName(command.type)} ${String(command.id)} for region ${String(command.regionId)} carries ${request.case ?? 'no request'} instead of ${requestCase}.`
  throw dingoError(Errno.EILLEGAL_PARAMTETERS, message, { details: { commandId: command.id } })
}

/** The region of a command. @throws SandboxError DINGODB_ERROR EREGION_NOT_FOUND */
export function regionOf(command: RegionCommand, context: RegionCommandContext): StoreRegion {
  const region = context.meta.find(command.regionId)
  if (region !== undefined) return region
  const message = `Store ${String(context.storeId)} has no region ${String(command.regionId)}, so ${commandName(command.type)} ${String(command.id)} has nothing to act on.`
  throw dingoError(Errno.EREGION_NOT_FOUND, message, { details: { regionId: command.regionId } })
}
