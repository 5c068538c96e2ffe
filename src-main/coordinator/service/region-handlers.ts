import { inSlices } from '../../env/in-slices'
import { dingoError } from '../../rpc/dingo-error'
import { toNumber } from '../../rpc/int64'
import type { ServiceHandlers } from '../../rpc/call'
import type { Region, RegionMetrics } from '../../rpc/generated/dingodb/common_pb'
import {
  RawEngine,
  RegionState,
  RegionType,
  StoreRegionState,
  StoreState,
  StoreType,
} from '../../rpc/generated/dingodb/common_pb'
import type { RegionInternal } from '../../rpc/generated/dingodb/coordinator_internal_pb'
import type { CreateRegionRequest } from '../../rpc/generated/dingodb/coordinator_pb'
import { CoordinatorService, IdEpochType, RegionCmdType } from '../../rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { MetaDraft } from '../meta/meta-draft'
import { deletedRegions, regions } from '../meta/meta-table'
import type { MetaView } from '../meta/meta-view'
import type { ControlContext } from '../model/control-context'
import { planJob } from '../model/jobs'
import { LeaderOrder } from '../model/leader-order'
import { OpenDeletions } from '../model/open-deletions'
import { regionsInRange, requireFreeRange } from '../model/key-ranges'
import {
  isKnownRegion,
  nextRegionId,
  planDrops,
  planRegion,
  requireRegion,
  requireRoomForRegions,
  requireWritable,
} from '../model/regions'
import { requireStore, selectStores, withCurrentLocations } from '../model/stores'
import { nextTableId } from '../model/tables'
import { requireKnown } from '../model/known-values'
import { replicaCount, requireServedEngine } from '../model/storage-engines'
import type { GetServiceContext, ServiceContext } from './service-context'
import { counterOf } from './service-context'

/** Ids that one call hands out, at most. */
const MAX_IDS = 100_000
/** The tenant id of a request that wants the regions of all tenants. */
const ALL_TENANTS = -1n

const STORE_TYPE_OF: Readonly<Record<RegionType, StoreType>> = {
  [RegionType.STORE_REGION]: StoreType.NODE_TYPE_STORE,
  [RegionType.INDEX_REGION]: StoreType.NODE_TYPE_INDEX,
  [RegionType.DOCUMENT_REGION]: StoreType.NODE_TYPE_DOCUMENT,
}

/** Handlers of CoordinatorService for regions. */
export function regionHandlers(service: GetServiceContext): ServiceHandlers<typeof CoordinatorService> {
  return {
    getRegionMap(request) {
      return regionMap(service(), regions, ({ definition }) => isOfTenant(definition?.tenantId ?? 0n, request.tenantId))
    },

    getDeletedRegionMap() {
      return regionMap(service(), deletedRegions, () => true)
    },

    getRegionCount() {
      return service().control.read((state) => ({ regionCount: BigInt(state.list(regions).length) }))
    },

    queryRegion(request) {
      const { control, messages } = service()
      const regionId = toNumber(request.regionId, 'The region id')
      return control.read((state) => ({
        region: messages.region(state, requireRegion(state, regionId), true),
      }))
    },

    scanRegions({ key, rangeEnd, limit }) {
      const { control, messages } = service()
      if (key.length === 0) {
        throw dingoError(Errno.EILLEGAL_PARAMTETERS, 'A scan of regions needs a key to begin with.')
      }
      // Some clients write the largest number for all.
      const max = limit > 0n && limit <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(limit) : 0
      const isUpToTheEnd = rangeEnd.length === 1 && rangeEnd[0] === 0
      const end = rangeEnd.length === 0 ? undefined : isUpToTheEnd ? null : rangeEnd
      return control.read((state) => ({
        regions: regionsInRange(state, key, end, max).map((region) => {
          const { leader, voters, learners } = messages.places(state, region)
          const status = messages.status(state, region)
          return {
            regionId: region.id,
            ...(region.definition?.range !== undefined && { range: region.definition.range }),
            ...(leader !== undefined && { leader }),
            voters: [...voters],
            learners: [...learners],
            ...(region.definition?.epoch !== undefined && { regionEpoch: region.definition.epoch }),
            status: {
              state: region.state,
              raftStatus: status.raftStatus,
              replicaStatus: status.replicaStatus,
              heartbeatState: status.heartbeatStatus,
              regionType: region.regionType,
              createTimestamp: region.createTimestamp,
              lastUpdateTimestamp: status.lastUpdateTimestamp,
            },
          }
        }),
      }))
    },

    async createRegion(request, call) {
      const { context } = service()
      const asked = {
        operation: 'CreateRegion',
        method: CoordinatorService.method.createRegion,
        request,
        call,
      } as const
      const { regionId } = await context.flow.run(service(), asked, (draft, planned) => ({
        regionId: createRegion(draft, planned, request),
      }))
      return { regionId: BigInt(regionId) }
    },

    async dropRegion(request, call) {
      const { context } = service()
      const regionId = toNumber(request.regionId, 'The region id')
      const asked = { operation: 'DropRegion', method: CoordinatorService.method.dropRegion, request, call } as const
      await context.flow.run(service(), asked, (draft, planned) => {
        const region = requireRegion(draft, regionId)
        planned.onStage({ name: 'coordinator.validateDrop', data: region })
        planDrops(draft, planned, [region])
        return { regionId }
      })
      return {}
    },

    dropRegionPermanently(request) {
      const { control, context } = service()
      const regionId = toNumber(request.regionId, 'The region id')
      return control.run((draft) => {
        const deleted = draft.get(deletedRegions, regionId)
        if (deleted === undefined) planDrops(draft, context, [requireRegion(draft, regionId)])
        else forgetDeleted(draft, deleted)
        return {}
      })
    },

    createRegionId(request) {
      const count = requireCount(request.count)
      return service().control.run((draft) => ({
        regionIds: Array.from({ length: count }, () => BigInt(nextRegionId(draft))),
      }))
    },

    createIds(request) {
      const count = requireCount(toNumber(request.count, 'The count'))
      return service().control.run((draft) => ({
        ids: Array.from({ length: count }, () => BigInt(nextIdOf(draft, request.idEpochType))),
      }))
    },

    getRegionMetrics(request) {
      const { control, reports } = service()
      const regionId = toNumber(request.regionId, 'The region id')
      return control.read((state) => {
        if (regionId !== 0) requireRegion(state, regionId)
        const wanted = regionId === 0 ? state.list(regions).map(({ id }) => Number(id)) : [regionId]
        return { regionMetrics: wanted.flatMap((id) => reports.leaderMetrics(id) ?? []) }
      })
    },

    getOrphanRegion(request) {
      const { control, reports } = service()
      const storeId = toNumber(request.storeId, 'The store id')
      return control.read(() => {
        // By store id as in DingoDB, so that one orphan a store is seen.
        const orphanRegions: Record<string, RegionMetrics> = {}
        for (const id of storeId === 0 ? reports.storeIds : [storeId]) {
          for (const metrics of reports.ofStore(id).values()) {
            if (metrics.storeRegionState === StoreRegionState.ORPHAN) orphanRegions[String(id)] = metrics
          }
        }
        return { orphanRegions }
      })
    },

    transferLeaderRegion(request) {
      const { control, context, reports } = service()
      const regionId = toNumber(request.regionId, 'The region id')
      const targetId = toNumber(request.leaderStoreId, 'The leader store id')
      return control.run((draft) => {
        const region = requireRegion(draft, regionId)
        const leaderId = reports.leaderOf(regionId)
        const peer = requireTransferTarget(draft, region, targetId, leaderId, request.isForce)
        const Request = { case: 'transferLeaderRequest', value: { peer, isForce: request.isForce } } as const
        planJob(draft, context, 'TransferLeader', [
          { storeId: leaderId, regionId, regionCmdType: RegionCmdType.CMD_TRANSFER_LEADER, Request },
        ])
        return {}
      })
    },
  }
}

/**
 * The regions of a table. Which they are is as of one moment; how each is doing is told slice by slice, so that heartbeats come in
 * between where there are a hundred thousand.
 */
async function regionMap(
  { control, messages, clock }: ServiceContext,
  table: typeof regions,
  isWanted: (region: RegionInternal) => boolean,
): Promise<{ epoch: bigint; regionmap: { epoch: bigint; regions: Region[] } }> {
  const { state, epoch, rows } = await control.read((now) => ({
    state: now,
    epoch: counterOf(now, IdEpochType.EPOCH_REGION),
    rows: now.list(table),
  }))
  const listed: Region[] = []
  await inSlices(rows, clock, (region) => {
    if (isWanted(region)) listed.push(messages.region(state, region, false))
  })
  return { epoch, regionmap: { epoch, regions: listed } }
}

function isOfTenant(tenantId: bigint, wanted: bigint): boolean {
  return wanted === ALL_TENANTS || tenantId === wanted
}

function createRegion(draft: MetaDraft, context: ControlContext, request: CreateRegionRequest): number {
  if (request.splitFromRegionId !== 0n) {
    throw dingoError(
      Errno.ENOT_SUPPORT,
      'Regions are not created as children of a split: leave split_from_region_id out.',
    )
  }
  const regionId = toNumber(request.regionId, 'The region id')
  if (regionId < 0) throw dingoError(Errno.EILLEGAL_PARAMTETERS, 'A region id is positive, or 0 for the next free one.')
  const range = requireFreeRange(draft, request.range)
  requireWritable(draft)
  requireRoomForRegions(draft, context, 1)
  if (regionId !== 0 && isKnownRegion(draft, regionId)) {
    const message = `The region id ${String(regionId)} is or was in use: take a new one from CreateRegionId.`
    throw dingoError(Errno.EREGION_UNAVAILABLE, message)
  }
  requireKnown(RegionType, request.regionType, 'type of a region')
  requireKnown(RawEngine, request.rawEngine, 'raw engine')
  requireServedEngine(request.storeEngine)
  const storeIds = request.storeIds.map((id) => toNumber(id, 'The store id'))
  const replicas = storeIds.length > 0 ? storeIds.length : toNumber(request.replicaNum, 'The number of replicas')
  const peers = selectStores(draft, context, {
    count: replicaCount(request.storeEngine, replicas, context.settings.defaultReplicaCount),
    storeType: STORE_TYPE_OF[request.regionType],
    resourceTag: request.resourceTag,
    storeIds,
  })
  const planned = planRegion(draft, context, {
    regionId,
    name: request.regionName,
    isNameSuffixed: !request.useRegionNameDirect,
    range,
    peers: new LeaderOrder(draft, peers).next(),
    regionType: request.regionType,
    rawEngine: request.rawEngine,
    storeEngine: request.storeEngine,
    schemaId: request.schemaId,
    tableId: request.tableId,
    indexId: request.indexId,
    partId: request.partId,
    tenantId: request.tenantId,
    indexParameter: request.indexParameter,
  })
  context.onStage({ name: 'coordinator.planRegions', data: { regionIds: [planned], peers } })
  return planned
}

/** Only what all stores have deleted: a store that still has the region is known by the record. */
function forgetDeleted(draft: MetaDraft, region: RegionInternal): void {
  const regionId = Number(region.id)
  const deletions = new OpenDeletions(draft)
  const peers = region.definition?.peers ?? []
  if (peers.some(({ storeId }) => deletions.jobId(regionId, Number(storeId)) !== undefined)) {
    const message = `A store has not deleted region ${String(regionId)} yet: it is forgotten when all have.`
    throw dingoError(Errno.EREGION_DELETING, message)
  }
  draft.delete(deletedRegions, regionId)
}

function requireCount(count: number): number {
  if (count >= 1 && count <= MAX_IDS) return count
  const message = `From 1 to ${String(MAX_IDS)} ids can be asked for at once, not ${String(count)}.`
  throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
}

function nextIdOf(draft: MetaDraft, type: IdEpochType): number {
  switch (type) {
    case IdEpochType.ID_NEXT_REGION:
      return nextRegionId(draft)
    case IdEpochType.ID_NEXT_TABLE:
      return nextTableId(draft)
    case IdEpochType.ID_NEXT_INDEX:
    case IdEpochType.ID_NEXT_SCHEMA:
    case IdEpochType.ID_NEXT_TENANT:
    case IdEpochType.ID_SCHEMA_VERSION:
    case IdEpochType.ID_DDL_JOB:
      return draft.nextId(type)
    default: {
      const message = `Ids of the kind ${IdEpochType[type]} are not handed out to clients.`
      throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
    }
  }
}

function requireTransferTarget(
  view: MetaView,
  region: RegionInternal,
  targetId: number,
  leaderId: number,
  isForced: boolean,
) {
  const isReady =
    region.state === RegionState.REGION_NORMAL || (isForced && region.state === RegionState.REGION_STANDBY)
  if (!isReady) {
    const message = `Region ${String(region.id)} is ${RegionState[region.state]}: leadership moves when it is REGION_NORMAL.`
    throw dingoError(Errno.EREGION_STATE, message)
  }
  const peer = withCurrentLocations(view, region.definition?.peers ?? []).find(
    ({ storeId }) => Number(storeId) === targetId,
  )
  if (peer === undefined || targetId === leaderId) {
    const message =
      peer === undefined
        ? `Store ${String(targetId)} is no peer of region ${String(region.id)}.`
        : `Store ${String(targetId)} leads region ${String(region.id)} already.`
    throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
  }
  if (requireStore(view, targetId).state !== StoreState.STORE_NORMAL) {
    throw dingoError(Errno.EILLEGAL_PARAMTETERS, `Store ${String(targetId)} is not NORMAL: leadership cannot go there.`)
  }
  if (leaderId !== 0) return peer
  throw dingoError(Errno.ERETRY_LATER, `No leader of region ${String(region.id)} has reported yet: try again.`)
}
