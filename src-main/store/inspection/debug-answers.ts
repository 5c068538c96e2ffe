import type { MessageInitShape } from '@bufbuild/protobuf'
import { dingoError } from '../../rpc/dingo-error'
import type { RegionMetricsSchema } from '../../rpc/generated/dingodb/common_pb'
import { StoreRegionState } from '../../rpc/generated/dingodb/common_pb'
import type { RegionCmd } from '../../rpc/generated/dingodb/coordinator_pb'
import type { DebugRequest, DebugResponseSchema } from '../../rpc/generated/dingodb/debug_pb'
import { DebugType } from '../../rpc/generated/dingodb/debug_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { RaftMeta, RegionChangeRecord } from '../../rpc/generated/dingodb/store_internal_pb'
import type { StoreRegion } from '../region/store-region'
import { storageContext } from '../storage/storage'
import type { DebugServiceDependencies } from './debug-service'
import { selectRegions } from './node-service'

/** What the store has on record of its regions beside their metadata. */
export interface RegionRecords {
  /** The region commands that are known, finished ones included. */
  commands(): readonly RegionCmd[]
  /** The jobs that changed a region, deleted ones too, with the times of their steps; without an id those of all regions. */
  changes(regionId?: number): readonly RegionChangeRecord[]
  /** How far a region is applied, as it stands on disk; undefined if nothing is. */
  raftMeta(regionId: number): Promise<RaftMeta | undefined>
}

type Answer = MessageInitShape<typeof DebugResponseSchema>
type Answerer = (dependencies: DebugServiceDependencies, request: DebugRequest) => Answer | Promise<Answer>

/** The regions that a request asks for; all of them for none. @throws SandboxError DINGODB_ERROR EREGION_NOT_FOUND */
function regionsOf({ regions }: DebugServiceDependencies, { regionIds }: DebugRequest): readonly StoreRegion[] {
  return selectRegions(regions, regionIds)
}

/** What is answered, by what is asked for (dingodb.md 4.2). Types of what this program does not have are not here. */
const answerers: Readonly<Partial<Record<DebugType, Answerer>>> = {
  [DebugType.STORE_REGION_META_STAT]: (dependencies, request) => {
    const regions = regionsOf(dependencies, request)
    const stateCounts: Record<string, number> = {}
    for (const { peerState } of regions) {
      const state = StoreRegionState[peerState]
      stateCounts[state] = (stateCounts[state] ?? 0) + 1
    }
    const leads = (region: StoreRegion) => region.leaderStoreId === dependencies.locations.storeId
    const leaderRegoinIds = regions.filter(leads).map(({ id }) => BigInt(id))
    const followerRegoinIds = regions.filter((region) => !leads(region)).map(({ id }) => BigInt(id))
    const leaderCount = leaderRegoinIds.length
    const followerCount = followerRegoinIds.length
    return { regionMetaStat: { stateCounts, leaderCount, leaderRegoinIds, followerCount, followerRegoinIds } }
  },

  [DebugType.STORE_REGION_META_DETAILS]: (dependencies, request) => ({
    regionMetaDetails: { regions: regionsOf(dependencies, request).map(({ record }) => record) },
  }),

  [DebugType.STORE_REGION_CONTROL_COMMAND]: ({ records }, { regionIds }) => ({
    regionControlCommand: {
      regionCmds: records.commands().filter(({ regionId }) => regionIds.length === 0 || regionIds.includes(regionId)),
    },
  }),

  [DebugType.STORE_RAFT_META]: async (dependencies, request) => {
    const regions = regionsOf(dependencies, request)
    const metas = await Promise.all(regions.map(({ id }) => dependencies.records.raftMeta(id)))
    return { raftMeta: { raftMetas: metas.flatMap((meta) => meta ?? []) } }
  },

  [DebugType.STORE_REGION_METRICS]: (dependencies, request) => {
    const regions = regionsOf(dependencies, request)
    const regionMetricses = regions.flatMap(({ id }) => dependencies.figures.regionMetrics(id) ?? [])
    return { regionMetrics: { regionMetricses } }
  },

  [DebugType.STORE_REGION_ACTUAL_METRICS]: async (dependencies, request) => {
    // One after the other: each reads its whole region.
    const regionMetricses = []
    for (const region of regionsOf(dependencies, request)) {
      regionMetricses.push(await actualMetrics(dependencies, region))
    }
    return { regionActualMetrics: { regionMetricses } }
  },

  [DebugType.STORE_METRICS]: async (dependencies, request) => {
    const { figures, locations } = dependencies
    const regionMetricsMap: Record<string, MessageInitShape<typeof RegionMetricsSchema>> = {}
    for (const { id } of regionsOf(dependencies, request)) {
      const metrics = figures.regionMetrics(id)
      if (metrics !== undefined) regionMetricsMap[String(id)] = metrics
    }
    const id = BigInt(locations.storeId)
    const storeOwnMetrics = await figures.storeOwnMetrics()
    return { storeMetrics: { metrics: { id, storeOwnMetrics, regionMetricsMap } } }
  },

  [DebugType.STORE_REGION_CHANGE_RECORD]: ({ records }, { regionIds }) => {
    const changes = regionIds.length === 0 ? records.changes() : regionIds.flatMap((id) => records.changes(Number(id)))
    return { regionChangeRecord: { records: [...changes] } }
  },

  [DebugType.TS_PROVIDER_METRICS]: ({ timestamps }) => {
    const metrics = timestamps.metrics()
    return {
      tsProviderMetrics: {
        getTsCount: BigInt(metrics.handedOut),
        getTsFailCount: BigInt(metrics.refused),
        renewEpoch: BigInt(metrics.fetched),
        activeCount: BigInt(metrics.available),
        actualActiveCount: BigInt(metrics.available),
        deadCount: BigInt(metrics.dropped),
        actualDeadCount: BigInt(metrics.dropped),
        lastPhysical: BigInt(metrics.lastPhysicalMs),
      },
    }
  },

  [DebugType.RAFT_LOG_META]: (dependencies, request) => ({
    raftLogMetas: regionsOf(dependencies, request).flatMap((region) => {
      const { storage } = dependencies
      const status = storage.statusOf(region)
      // A region of an engine without Raft has no log.
      if (status === undefined || storage.leadsAlone(region)) return []
      const { firstIndex, lastIndex } = status
      return [{ regionId: BigInt(region.id), firstIndex: BigInt(firstIndex), lastIndex: BigInt(lastIndex) }]
    }),
  }),
}

/**
 * Answers one question about the inside of the store; of the regions asked for, or of all.
 *
 * @throws SandboxError DINGODB_ERROR ENOT_SUPPORT, EREGION_NOT_FOUND
 */
export function debugAnswer(dependencies: DebugServiceDependencies, request: DebugRequest): Answer | Promise<Answer> {
  const answerer = answerers[request.type]
  if (answerer === undefined) {
    const name = DebugType[request.type] ?? String(request.type)
    const message = `This store has nothing to tell of ${name}: ask for one of ${servedTypes()}.`
    throw dingoError(Errno.ENOT_SUPPORT, message, { details: { type: name } })
  }
  return answerer(dependencies, request)
}

function servedTypes(): string {
  return Object.keys(answerers)
    .map((type) => DebugType[Number(type)])
    .join(', ')
}

/** The figures of a region, counted now instead of taken from the last collection. */
async function actualMetrics(
  { storage, rawEngine }: DebugServiceDependencies,
  region: StoreRegion,
): Promise<MessageInitShape<typeof RegionMetricsSchema>> {
  const reader = await storage.newReader(storageContext(region, 'local'))
  const { keyCount, minKey, maxKey } = await reader.measure(region.range)
  const { encodeRange } = region.record
  const bytes =
    encodeRange === undefined
      ? 0
      : await rawEngine.approximateSize({ start: encodeRange.startKey, end: encodeRange.endKey })
  return {
    id: BigInt(region.id),
    leaderStoreId: BigInt(region.leaderStoreId),
    storeRegionState: region.peerState,
    regionDefinition: region.definition,
    rowCount: BigInt(keyCount),
    minKey: minKey ?? new Uint8Array(0),
    maxKey: maxKey ?? new Uint8Array(0),
    regionSize: BigInt(Math.round(bytes)),
  }
}
