import { compareBytes } from '../../engine/raw'
import { dingoError } from '../../rpc/dingo-error'
import type { CreateRequest } from '../../rpc/generated/dingodb/coordinator_pb'
import { RegionCmdType } from '../../rpc/generated/dingodb/coordinator_pb'
import type { RegionDefinition } from '../../rpc/generated/dingodb/common_pb'
import { StoreRegionState } from '../../rpc/generated/dingodb/common_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { isPlaceholder } from '../meta/region-range'
import { stateName } from '../meta/region-state'
import { foundingPeers } from '../region/founding-peers'
import type { StoreRegion } from '../region/store-region'
import type { RegionCommand, RegionCommandContext, RegionCommandHandler } from './region-command'
import { requestOf } from './region-command'

/** CMD_CREATE: the store's part of flows.md, Create region. */
export const createRegion: RegionCommandHandler = {
  validate(command, context) {
    const { regionId } = command
    if (context.isUnderWay(regionId, RegionCmdType.CMD_CREATE)) throw beingCreated(regionId)
    validateCreate(command, context)
  },

  async run(command, context) {
    // A crash between the last step and the note that the command is done: the region came up with the store.
    if (isUp(context.meta.find(command.regionId))) return reportLeader(command, context)
    await context.stage(command, 'region.validateCreate')
    validateCreate(command, context)
    const region = await saveMeta(command, context)
    await bringUpReplica(command, region, context)
    await updateState(command, context)
    return reportLeader(command, context)
  },
}

/** `region.validateCreate`: the region is not here or still NEW, this store is a peer and has the engine, the epoch has begun, the range is legal and free. */
function validateCreate(command: RegionCommand, { storeId, meta, engines }: RegionCommandContext): void {
  const { regionId } = command
  const definition = definitionOf(command)
  if (!definition.peers.some((peer) => peer.storeId === BigInt(storeId))) {
    throw illegal(regionId, `names peers among which store ${String(storeId)} is not`)
  }
  const { supports } = engines.engineOf({ id: regionId, definition })
  if (!supports.replicated && definition.peers.length > 1) {
    throw illegal(
      regionId,
      `has ${String(definition.peers.length)} peers and an engine that does not replicate, which keeps one`,
    )
  }
  const { epoch } = definition
  if (epoch === undefined || epoch.confVersion < 1n || epoch.version < 1n) {
    throw illegal(regionId, 'has no epoch: both its parts begin at 1')
  }
  const existing = meta.find(regionId)
  if (existing === undefined) {
    meta.regions.checkAddable(regionId, legalRange(command, definition))
  } else if (existing.peerState !== StoreRegionState.NEW) {
    const message = `Region ${String(regionId)} is on store ${String(storeId)} already, in state ${stateName(existing.peerState)}.`
    throw dingoError(Errno.EREGION_EXIST, message, { details: { regionId } })
  }
}

/** `region.saveMeta`: the region is known here, in state NEW. */
async function saveMeta(command: RegionCommand, context: RegionCommandContext): Promise<StoreRegion> {
  await context.stage(command, 'region.saveMeta')
  const { regions } = context.meta
  const parentId = Number(createRequestOf(command).splitFromRegionId)
  return regions.find(command.regionId) ?? regions.add(definitionOf(command), { jobId: command.jobId, parentId })
}

/** `raft.createPeer`, `raft.initPeer` and `raftManager.add`: the engine's part. An engine without Raft has none of these steps. */
async function bringUpReplica(
  command: RegionCommand,
  region: StoreRegion,
  context: RegionCommandContext,
): Promise<void> {
  const engine = context.engines.engineOf(region)
  if (engine.supports.replicated) await context.stage(command, 'raft.createPeer')
  if (engine.status(region.id) !== undefined) return
  await engine.addRegion(region, foundingPeers(region), (step) => context.stage(command, step))
}

/** `region.updateState`: NORMAL, or STANDBY for the child of a split, which waits for its data. */
async function updateState(command: RegionCommand, context: RegionCommandContext): Promise<void> {
  await context.stage(command, 'region.updateState')
  const isChild = createRequestOf(command).splitFromRegionId !== 0n
  const next = isChild ? StoreRegionState.STANDBY : StoreRegionState.NORMAL
  await context.meta.regions.updateState(command.regionId, next, { jobId: command.jobId })
}

/** `region.reportLeader`: the first voter asks to lead at once, and the coordinators hear of the region; of its leader when there is one. */
async function reportLeader(command: RegionCommand, context: RegionCommandContext): Promise<void> {
  await context.stage(command, 'region.reportLeader')
  context.startElection(command.regionId)
  context.report(command.regionId)
}

const isUp = (region: StoreRegion | undefined): boolean =>
  region?.peerState === StoreRegionState.NORMAL || region?.peerState === StoreRegionState.STANDBY

const createRequestOf = (command: RegionCommand): CreateRequest => requestOf(command, 'createRequest')

function definitionOf(command: RegionCommand): RegionDefinition {
  const definition = createRequestOf(command).regionDefinition
  if (definition === undefined) throw illegal(command.regionId, 'has no definition')
  if (definition.id !== BigInt(command.regionId)) {
    throw illegal(command.regionId, `is described by the definition of region ${String(definition.id)}`)
  }
  return definition
}

/** The range of a new region. The child of a split may have a placeholder. */
function legalRange(
  command: RegionCommand,
  definition: RegionDefinition,
): { startKey: Uint8Array; endKey: Uint8Array } {
  const { regionId } = command
  const { startKey, endKey } = definition.range ?? { startKey: new Uint8Array(), endKey: new Uint8Array() }
  const range = { startKey, endKey }
  const isEmpty = startKey.length === 0 || endKey.length === 0 || compareBytes(startKey, endKey) === 0
  if (isEmpty || (isPlaceholder(range) && createRequestOf(command).splitFromRegionId === 0n)) {
    const message = `Region ${String(regionId)} has an illegal range: it needs a start key, and an end key behind it.`
    throw dingoError(Errno.ERANGE_INVALID, message, { details: { regionId } })
  }
  return range
}

function illegal(regionId: number, what: string): Error {
  const message = `The command to create region ${String(regionId)} cannot be taken: the region ${what}.`
  return dingoError(Errno.EILLEGAL_PARAMTETERS, message, { details: { regionId } })
}

function beingCreated(regionId: number): Error {
  const message = `Region ${String(regionId)} is being created on this store already.`
  return dingoError(Errno.EREGION_EXIST, message, { details: { regionId } })
}
