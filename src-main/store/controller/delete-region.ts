import { dingoError } from '../../rpc/dingo-error'
import { StoreRegionState } from '../../rpc/generated/dingodb/common_pb'
import { RegionCmdType } from '../../rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { isPlaceholder } from '../meta/region-range'
import { isLegalMove, isRemovableState, stateName } from '../meta/region-state'
import type { StoreRegion } from '../region/store-region'
import type { RegionCommand, RegionCommandContext, RegionCommandHandler } from './region-command'
import { regionOf } from './region-command'

const { DELETING, DELETED, SPLITTING, MERGING } = StoreRegionState

/** CMD_DELETE: the store's part of flows.md, Delete region. */
export const deleteRegion: RegionCommandHandler = {
  validate(command, context) {
    const { regionId } = command
    const isBeingDeleted = [RegionCmdType.CMD_DELETE, RegionCmdType.CMD_PURGE].some((type) =>
      context.isUnderWay(regionId, type),
    )
    if (isBeingDeleted) {
      const message = `Region ${String(regionId)} is being deleted on store ${String(context.storeId)} already.`
      throw dingoError(Errno.EREGION_DELETING, message, { details: { regionId } })
    }
    // Commands run in order, so the region will be here when this one's turn comes. Refused as unknown, the coordinator would
    // take the region for deleted.
    if (!context.isUnderWay(regionId, RegionCmdType.CMD_CREATE)) validateDestroy(regionOf(command, context))
  },
  run: destroyRegion,
}

/** CMD_PURGE: removes what is left of a region that serves nobody any more. */
export const purgeRegion: RegionCommandHandler = {
  validate(command, context) {
    const region = regionOf(command, context)
    if (isRemovableState(region.peerState)) return
    const message = `Region ${String(region.id)} is ${stateName(region.peerState)}: only a region that is NEW, DELETED, ORPHAN or TOMBSTONE is purged. Delete it instead.`
    throw dingoError(Errno.EREGION_STATE, message, { details: { regionId: region.id } })
  },
  run: destroyRegion,
}

async function destroyRegion(command: RegionCommand, context: RegionCommandContext): Promise<void> {
  await context.stage(command, 'region.validateDestroy')
  const region = context.meta.find(command.regionId)
  // An earlier run removed it and did not come to say so.
  if (region === undefined) return reportDeleted(command, context)
  validateDestroy(region)
  await shut(command, region, context)
  await prepareDestroy(command, context)
  await takeDownReplica(command, region, context)
  await removeData(command, region, context)
  return reportDeleted(command, context)
}

/** `region.validateDestroy`: the region is not in the middle of a split or merge. */
function validateDestroy({ id, peerState }: StoreRegion): void {
  if (peerState !== SPLITTING && peerState !== MERGING) return
  const message = `Region ${String(id)} is ${stateName(peerState)}: it can be deleted when that is over.`
  throw dingoError(Errno.EREGION_STATE, message, { details: { regionId: id } })
}

/**
 * `region.updateMeta`: DELETING, from now on every request is refused. NEW, ORPHAN and TOMBSTONE may not become DELETING; they
 * serve nobody as they are. That a replica without its log, which has forgotten its votes, never comes up, does not rest on this
 * state: the command is durable before it begins, and a store brings up no region that such a command waits for.
 */
async function shut(command: RegionCommand, region: StoreRegion, { meta, stage }: RegionCommandContext): Promise<void> {
  await stage(command, 'region.updateMeta')
  if (isLegalMove(region.peerState, DELETING)) {
    await meta.regions.updateState(region.id, DELETING, { jobId: command.jobId })
  }
}

/**
 * `region.prepareDestroy`: requests that were let in are answered, as far as they can be soon. Writes of a group whose other replicas
 * have gone already wait for a quorum in vain; taking the replica down answers them.
 */
async function prepareDestroy(command: RegionCommand, context: RegionCommandContext): Promise<void> {
  await context.stage(command, 'region.prepareDestroy')
  await context.prepareDestroy(command.regionId)
}

/** `raftManager.remove` and `raft.closePeer`: the replica leaves, its log and snapshots are removed. Without Raft it just leaves. */
async function takeDownReplica(
  command: RegionCommand,
  region: StoreRegion,
  context: RegionCommandContext,
): Promise<void> {
  const engine = context.engines.engineOf(region)
  if (engine.supports.replicated) await context.stage(command, 'raftManager.remove')
  // If an earlier run took it down, or began to, what that left is removed.
  await engine.removeRegion(region.id, (step) => context.stage(command, step))
}

/** `region.updateMeta`: DELETED, then the data goes, and with it the record; only the id is kept. */
async function removeData(command: RegionCommand, region: StoreRegion, context: RegionCommandContext): Promise<void> {
  const { meta, engines } = context
  await context.stage(command, 'region.updateMeta')
  if (region.peerState === DELETING) await meta.regions.updateState(region.id, DELETED, { jobId: command.jobId })
  // Whoever still reads must not see half of the data.
  await context.requestsAnswered(region.id)
  // The child of a split has no data before the split.
  if (!isPlaceholder(region.range)) await engines.engineOf(region).deleteData(region)
  await meta.regions.remove(region.id)
  context.forget(region.id)
}

/** `region.reportDeleted`: the coordinators hear of it. */
async function reportDeleted(command: RegionCommand, context: RegionCommandContext): Promise<void> {
  await context.stage(command, 'region.reportDeleted')
  context.report(command.regionId)
}
