import { create } from '@bufbuild/protobuf'
import { dingoError } from '../../rpc/dingo-error'
import type { Peer, Range, RegionDefinition } from '../../rpc/generated/dingodb/common_pb'
import type { IndexParameter, RawEngine, RegionType, StorageEngine } from '../../rpc/generated/dingodb/common_pb'
import { RegionDefinitionSchema, RegionState } from '../../rpc/generated/dingodb/common_pb'
import type { RegionInternal } from '../../rpc/generated/dingodb/coordinator_internal_pb'
import { RegionInternalSchema } from '../../rpc/generated/dingodb/coordinator_internal_pb'
import { IdEpochType, RegionCmdType } from '../../rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { MetaDraft } from '../meta/meta-draft'
import { clusterFlags, deletedRegions, regions } from '../meta/meta-table'
import type { MetaView } from '../meta/meta-view'
import type { ControlContext } from './control-context'
import { cancelJobsOfRegions, planJob } from './jobs'
import { OpenDeletions } from './open-deletions'

/** A region to create, checked by whoever plans it. */
export interface RegionPlan {
  /** 0 for the next free one. */
  readonly regionId: number
  readonly name: string
  /** Whether the name gets the region's id in brackets behind it. */
  readonly isNameSuffixed: boolean
  readonly range: Range
  /** The first one asks to lead. */
  readonly peers: readonly Peer[]
  readonly regionType: RegionType
  readonly rawEngine: RawEngine
  readonly storeEngine: StorageEngine
  readonly schemaId: bigint
  readonly tableId: bigint
  readonly indexId: bigint
  readonly partId: bigint
  readonly tenantId: bigint
  readonly indexParameter: IndexParameter | undefined
}

/** @throws SandboxError DINGODB_ERROR EREGION_NOT_FOUND */
export function requireRegion(view: MetaView, regionId: number): RegionInternal {
  const region = view.get(regions, regionId)
  if (region !== undefined) return region
  throw dingoError(Errno.EREGION_NOT_FOUND, `The cluster has no region ${String(regionId)}.`)
}

/** @throws SandboxError DINGODB_ERROR ESYSTEM_CLUSTER_READ_ONLY */
export function requireWritable(view: MetaView): void {
  const flags = view.get(clusterFlags, 0)
  if (flags?.isForceReadOnly !== true) return
  const reason = flags.forceReadOnlyReason === '' ? 'no reason given' : flags.forceReadOnlyReason
  throw dingoError(Errno.ESYSTEM_CLUSTER_READ_ONLY, `The cluster was made read-only (${reason}).`)
}

/** @throws SandboxError DINGODB_ERROR EREGION_COUNT_EXCEED_LIMIT */
export function requireRoomForRegions(view: MetaView, context: ControlContext, count: number): void {
  const { maxRegionCount } = context.settings
  if (view.list(regions).length + count <= maxRegionCount) return
  const message = `The cluster has no room for ${String(count)} more regions: it takes ${String(maxRegionCount)} at most.`
  throw dingoError(Errno.EREGION_COUNT_EXCEED_LIMIT, message)
}

/** Plans a new region with epoch 1-1 in state NEW, and the job that has its stores create it. @returns its id */
export function planRegion(draft: MetaDraft, context: ControlContext, plan: RegionPlan): number {
  const regionId = plan.regionId === 0 ? nextRegionId(draft) : plan.regionId
  const definition = create(RegionDefinitionSchema, {
    id: BigInt(regionId),
    epoch: { confVersion: 1n, version: 1n },
    name: plan.isNameSuffixed ? `${plan.name}[${String(regionId)}]` : plan.name,
    peers: [...plan.peers],
    range: plan.range,
    rawEngine: plan.rawEngine,
    storeEngine: plan.storeEngine,
    schemaId: plan.schemaId,
    tableId: plan.tableId,
    indexId: plan.indexId,
    partId: plan.partId,
    tenantId: plan.tenantId,
    ...(plan.indexParameter !== undefined && { indexParameter: plan.indexParameter }),
  })
  const region = create(RegionInternalSchema, {
    id: BigInt(regionId),
    epoch: 0n,
    regionType: plan.regionType,
    definition,
    state: RegionState.REGION_NEW,
    createTimestamp: BigInt(context.wallTimeMs()),
  })
  draft.put(regions, regionId, region)
  const commands = plan.peers.map(({ storeId }) => ({
    storeId: Number(storeId),
    regionId,
    regionCmdType: RegionCmdType.CMD_CREATE,
    Request: { case: 'createRequest', value: { regionDefinition: definition } } as const,
  }))
  planJob(draft, context, 'CreateRegion', commands)
  return regionId
}

/** The next region id that no region has or had; ids may also be chosen by clients. */
export function nextRegionId(draft: MetaDraft): number {
  let regionId = draft.nextId(IdEpochType.ID_NEXT_REGION)
  while (isKnownRegion(draft, regionId)) regionId = draft.nextId(IdEpochType.ID_NEXT_REGION)
  return regionId
}

/** Whether a region of this id exists or existed. */
export function isKnownRegion(view: MetaView, regionId: number): boolean {
  return view.get(regions, regionId) !== undefined || view.get(deletedRegions, regionId) !== undefined
}

/** Puts a region into another state; its epoch grows by one. The same state changes nothing. */
export function setRegionState(draft: MetaDraft, region: RegionInternal, state: RegionState): RegionInternal {
  if (region.state === state) return region
  const changed = { ...region, state, epoch: region.epoch + 1n }
  draft.put(regions, Number(region.id), changed)
  return changed
}

/** Plans the end of regions: DELETING, and one job for each of their stores, so that each ends on its own (flows.md). */
export function planDrops(draft: MetaDraft, context: ControlContext, dropped: readonly RegionInternal[]): void {
  const alive = dropped.filter(({ state }) => state !== RegionState.REGION_DELETING)
  cancelJobsOfRegions(draft, context, new Set(alive.map(({ id }) => id)))
  const deletions = new OpenDeletions(draft)
  for (const region of alive) {
    const regionId = Number(region.id)
    setRegionState(draft, region, RegionState.REGION_DELETING)
    for (const { storeId } of region.definition?.peers ?? []) {
      planDeletion(draft, context, deletions, regionId, Number(storeId))
    }
    settleDrop(draft, context, deletions, regionId)
  }
}

/** Plans a job that deletes a region on one store, unless there is one. */
export function planDeletion(
  draft: MetaDraft,
  context: ControlContext,
  deletions: OpenDeletions,
  regionId: number,
  storeId: number,
): void {
  if (deletions.jobId(regionId, storeId) !== undefined) return
  const Request = { case: 'deleteRequest', value: { regionId: BigInt(regionId) } } as const
  const command = { storeId, regionId, regionCmdType: RegionCmdType.CMD_DELETE, Request }
  deletions.opened(regionId, storeId, planJob(draft, context, 'DropRegion', [command]))
}

/** A region that is being deleted goes to the deleted ones when more than half of its stores have deleted it. */
export function settleDrop(
  draft: MetaDraft,
  context: ControlContext,
  deletions: OpenDeletions,
  regionId: number,
): void {
  const region = draft.get(regions, regionId)
  if (region?.state !== RegionState.REGION_DELETING) return
  const peers = region.definition?.peers ?? []
  const done = peers.filter(({ storeId }) => deletions.jobId(regionId, Number(storeId)) === undefined).length
  if (peers.length > 0 && done * 2 <= peers.length) return
  const gone = {
    ...region,
    state: RegionState.REGION_DELETED,
    epoch: region.epoch + 1n,
    deletedTimestamp: BigInt(context.wallTimeMs()),
  }
  draft.delete(regions, regionId)
  draft.put(deletedRegions, regionId, gone)
}

/** A region's definition with other parts, its epoch among them. */
export function setRegionDefinition(
  draft: MetaDraft,
  region: RegionInternal,
  definition: RegionDefinition,
): RegionInternal {
  const changed = { ...region, definition }
  draft.put(regions, Number(region.id), changed)
  return changed
}
