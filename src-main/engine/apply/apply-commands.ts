import type { SandboxError } from '../../base/sandbox-error'
import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { Command, CommandRequest } from '../command/command'
import type { EngineRegion } from '../engine-region'
import type { MvccStore } from '../mvcc/mvcc-store'
import type { RawWriteBatch } from '../raw/raw-write-batch'
import type { HandlerResult } from './apply-handler'
import type { ApplyMoments, ApplyResult } from './apply-result'
import { NOTHING_TO_APPLY } from './apply-result'
import { compareAndSetHandler } from './compare-and-set-handler'
import { deleteBatchHandler } from './delete-batch-handler'
import { deleteRangeHandler } from './delete-range-handler'
import { PendingChanges } from './pending-changes'
import { putHandler } from './put-handler'
import { putIfAbsentHandler } from './put-if-absent-handler'

/** A run of commands, ready to be written. */
export interface AppliedCommands {
  /** What they change. The caller adds how far it is applied and writes it. */
  readonly batch: RawWriteBatch
  /** One a command, in their order. */
  readonly results: readonly ApplyResult[]
  /** The greatest timestamp of all that was written; 0 if nothing was. */
  readonly maxTs: bigint
}

/**
 * Applies commands of a region in their order, as one change: SmApplyEventListener of dingo-store, for a run of entries at
 * once. What the region's state or epoch does not allow any more is refused and changes nothing.
 *
 * @param commands undefined where an entry carries none
 * @param confVersion what their epochs must have: behind the last applied change of peers, which the metadata may not know yet
 * @param moments what the results tell of when they were applied
 */
export async function applyCommands(
  commands: ReadonlyArray<Command | undefined>,
  region: EngineRegion,
  store: MvccStore,
  confVersion = region.epoch.confVersion,
  moments?: ApplyMoments,
): Promise<AppliedCommands> {
  const changes = await PendingChanges.open(store, keysReadBy(commands))
  let maxTs = 0n
  const results = commands.map((command): ApplyResult => {
    if (command === undefined) return NOTHING_TO_APPLY
    const error = refusalOf(command, region, confVersion)
    if (error !== undefined) return { kind: 'refused', error }
    const result = applyCommand(command, changes, moments)
    if (result.kind === 'applied' && result.ts > maxTs) maxTs = result.ts
    return result
  })
  return { batch: changes.batch, results, maxTs }
}

function applyCommand({ requests }: Command, changes: PendingChanges, moments: ApplyMoments | undefined): ApplyResult {
  let ts = 0n
  let keyStates: readonly boolean[] = []
  for (const request of requests) {
    const result = applyRequest(request, changes)
    if ('refusedWith' in result) {
      changes.drop()
      return { kind: 'refused', error: result.refusedWith }
    }
    if (request.ts > ts) ts = request.ts
    keyStates = keyStates.length === 0 ? result : [...keyStates, ...result]
  }
  changes.commit()
  return { kind: 'applied', ts, keyStates, moments }
}

function applyRequest(request: CommandRequest, changes: PendingChanges): HandlerResult {
  switch (request.kind) {
    case 'put':
      return putHandler.apply(request, changes)
    case 'put-if-absent':
      return putIfAbsentHandler.apply(request, changes)
    case 'compare-and-set':
      return compareAndSetHandler.apply(request, changes)
    case 'delete-batch':
      return deleteBatchHandler.apply(request, changes)
    case 'delete-range':
      return deleteRangeHandler.apply(request, changes)
  }
}

function keysReadBy(commands: ReadonlyArray<Command | undefined>): readonly Uint8Array[] {
  const keys: Uint8Array[] = []
  for (const command of commands) for (const request of command?.requests ?? []) keys.push(...keysRead(request))
  return keys
}

function keysRead(request: CommandRequest): readonly Uint8Array[] {
  switch (request.kind) {
    case 'put':
      return putHandler.keysRead(request)
    case 'put-if-absent':
      return putIfAbsentHandler.keysRead(request)
    case 'compare-and-set':
      return compareAndSetHandler.keysRead(request)
    case 'delete-batch':
      return deleteBatchHandler.keysRead(request)
    case 'delete-range':
      return deleteRangeHandler.keysRead(request)
  }
}

/** The checks of the request again, at the moment that decides: state and epoch may have changed while it was under way. */
function refusalOf({ epoch }: Command, region: EngineRegion, confVersion: number): SandboxError | undefined {
  const id = String(region.id)
  if (!region.state.mayApply) {
    const message = `Region ${id} is ${region.state.name} and takes no writes: ask the coordinator where its range is served now.`
    return dingoError(Errno.EREGION_UNAVAILABLE, message, { details: { regionId: region.id } })
  }
  const { version } = region.epoch
  if (epoch.confVersion === confVersion && epoch.version === version) return undefined
  const message = `The epoch of region ${id} is ${String(confVersion)}_${String(version)}, the request was for ${String(epoch.confVersion)}_${String(epoch.version)}: look the region up again.`
  return dingoError(Errno.EREGION_VERSION, message, { details: { regionId: region.id } })
}
