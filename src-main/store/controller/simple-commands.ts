import type { Engine } from '../../engine/engine'
import { dingoError, errnoOf } from '../../rpc/dingo-error'
import { StoreRegionState } from '../../rpc/generated/dingodb/common_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { toNumber } from '../../rpc/int64'
import { stateName } from '../meta/region-state'
import type { RegionCommand, RegionCommandContext, RegionCommandHandler } from './region-command'
import { regionOf, requestOf } from './region-command'

/** The engine of a command's region. @throws SandboxError DINGODB_ERROR EREGION_NOT_FOUND, EENGINE_NOT_FOUND */
const engineOf = (command: RegionCommand, context: RegionCommandContext): Engine =>
  context.engines.engineOf(regionOf(command, context))

/** CMD_TRANSFER_LEADER: hands leadership to another peer. */
export const transferLeader: RegionCommandHandler = {
  validate(command, context) {
    const region = regionOf(command, context)
    const target = targetOf(command)
    const regionId = region.id
    if (target === context.storeId || !region.peers.some(({ storeId }) => storeId === BigInt(target))) {
      const instead = region.peers.length > 1 ? 'choose another of its peers' : 'it has one replica, which leads'
      const message = `Leadership of region ${String(regionId)} cannot go from store ${String(context.storeId)} to store ${String(target)}: ${instead}.`
      throw dingoError(Errno.ERAFT_TRANSFER_LEADER, message, { details: { regionId, target } })
    }
    if (region.leaderStoreId === context.storeId) return
    const message = `Store ${String(context.storeId)} does not lead region ${String(regionId)}: send the command to the store that does.`
    throw dingoError(Errno.ERAFT_NOTLEADER, message, {
      details: { regionId },
      ...(region.leaderStoreId !== 0 && { storeId: region.leaderStoreId }),
    })
  },
  run: (command, context) => engineOf(command, context).transferLeader(command.regionId, targetOf(command)),
}

const targetOf = (command: RegionCommand): number =>
  toNumber(requestOf(command, 'transferLeaderRequest').peer?.storeId ?? 0n, 'The store that leadership goes to')

/** CMD_SNAPSHOT: saves a snapshot. DingoDB has the task for it and refuses the command when it is pushed; here it is done. */
export const saveSnapshot: RegionCommandHandler = {
  validate(command, context) {
    regionOf(command, context)
  },
  async run(command, context) {
    try {
      await engineOf(command, context).saveSnapshot(command.regionId)
    } catch (thrown) {
      // The newest snapshot covers everything already, or there is no log that it would shorten: that is what was asked for.
      if (errnoOf(thrown) !== Errno.ERAFT_NOT_NEED_SNAPSHOT) throw thrown
    }
  },
}

/** CMD_STOP: takes down the replica of an orphan, which is no member of its group any more. Its data stays until it is purged. */
export const stopRegion: RegionCommandHandler = {
  validate: validateStop,
  async run(command, context) {
    validateStop(command, context)
    await engineOf(command, context).removeRegion(command.regionId)
  },
}

function validateStop(command: RegionCommand, context: RegionCommandContext): void {
  const region = regionOf(command, context)
  if (region.peerState === StoreRegionState.ORPHAN) return
  const message = `Region ${String(region.id)} is ${stateName(region.peerState)}: only the replica of an ORPHAN is stopped, since others would miss it.`
  throw dingoError(Errno.EREGION_STATE, message, { details: { regionId: region.id } })
}

/** CMD_UPDATE_DEFINITION: replaces what the definition says beside range, epoch, peers and engines. */
export const updateDefinition: RegionCommandHandler = {
  validate(command, context) {
    const region = regionOf(command, context)
    const definition = requestOf(command, 'updateDefinitionRequest').newRegionDefinition
    if (definition?.id === BigInt(region.id)) return
    const message = `The new definition for region ${String(region.id)} is ${definition === undefined ? 'missing' : `that of region ${String(definition.id)}`}.`
    throw dingoError(Errno.EILLEGAL_PARAMTETERS, message, { details: { regionId: region.id } })
  },
  async run(command, { meta, report }) {
    const definition = requestOf(command, 'updateDefinitionRequest').newRegionDefinition
    if (definition !== undefined) await meta.regions.updateDefinition(command.regionId, definition)
    report(command.regionId)
  },
}

/** CMD_SWITCH_SPLIT: forbids or allows that the region is split, merged or given other peers. */
export const switchSplit: RegionCommandHandler = {
  validate(command, context) {
    regionOf(command, context)
  },
  run: (command, { meta }) =>
    meta.regions.updateDisableChange(command.regionId, requestOf(command, 'switchSplitRequest').disableSplit),
}
