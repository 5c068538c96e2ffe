import type { Clock } from '../../env'
import type { Region, RegionMetrics } from '../../rpc/generated/dingodb/common_pb'
import { PeerRole, StoreState } from '../../rpc/generated/dingodb/common_pb'
import type { ClusterMaps } from './cluster-maps'
import { inSlices } from '../../env/in-slices'
import type { RegionConcern } from './overview'
import { regionSizeOf } from './region-size'

/**
 * A follower that is so many entries behind its leader's last one lags: more than a few batches under way, and as much as one of
 * a busy region catches up with in moments.
 */
export const LAGGING_ENTRIES = 100

/** What is sorted, searched and counted by; the rest of a row is made for the rows that are shown. */
export interface RegionFacts {
  readonly region: Region
  readonly regionId: number
  readonly name: string
  readonly tableId: number
  readonly tableName: string | undefined
  readonly leaderStoreId: number | undefined
  /** Voters first. */
  readonly storeIds: readonly number[]
  readonly learnerStoreIds: readonly number[]
  /** What its leader reported last. */
  readonly report: RegionMetrics | undefined
  readonly sizeBytes: number | undefined
  readonly keyCount: number | undefined
  readonly lag: number | undefined
  readonly concerns: readonly RegionConcern[]
}

/** The facts of all regions, in the order of their ids. */
export async function regionFacts(maps: ClusterMaps, clock: Pick<Clock, 'atEndOfTurn'>): Promise<RegionFacts[]> {
  const normalStores = new Set<number>()
  for (const { id, state } of maps.stores) if (state === StoreState.STORE_NORMAL) normalStores.add(Number(id))
  const facts: RegionFacts[] = []
  await inSlices(maps.regions, clock, (region) => facts.push(factsOf(region, maps, normalStores)))
  return facts
}

function factsOf(region: Region, maps: ClusterMaps, normalStores: ReadonlySet<number>): RegionFacts {
  const { definition } = region
  const regionId = Number(region.id)
  const storeIds: number[] = []
  const learnerStoreIds: number[] = []
  for (const { storeId, role } of definition?.peers ?? []) {
    if (role === PeerRole.LEARNER) learnerStoreIds.push(Number(storeId))
    else storeIds.push(Number(storeId))
  }
  storeIds.push(...learnerStoreIds)
  const leaderStoreId = region.leaderStoreId > 0n ? Number(region.leaderStoreId) : undefined
  const report =
    leaderStoreId === undefined ? undefined : maps.reports.get(leaderStoreId)?.regions.get(regionId)?.metrics
  const size = regionSizeOf(report)
  const lag = lagOf(report)
  const tableId = Number(definition?.tableId ?? 0n)
  const concerns: RegionConcern[] = []
  // A leader whose store is away leads nobody; the coordinators keep its name until another one reports.
  if (leaderStoreId === undefined || !normalStores.has(leaderStoreId)) concerns.push('no-leader')
  if (isDegraded(storeIds, normalStores, report)) concerns.push('degraded')
  if (lag !== undefined && lag > LAGGING_ENTRIES) concerns.push('lagging')
  if (differsInEpoch(region, regionId, storeIds, maps)) concerns.push('epoch-differs')
  return {
    region,
    regionId,
    name: definition?.name ?? '',
    tableId,
    tableName: maps.names.table(tableId)?.name,
    leaderStoreId,
    storeIds,
    learnerStoreIds,
    report,
    sizeBytes: size?.sizeBytes,
    keyCount: size?.keyCount,
    lag,
    concerns,
  }
}

/** The largest distance of a follower behind what its leader has; undefined without a report of the leader. */
function lagOf(report: RegionMetrics | undefined): number | undefined {
  const status = report?.braftStatus
  if (status === undefined) return undefined
  let lag = 0
  for (const followers of [status.stableFollowers, status.unstableFollowers]) {
    for (const { nextIndex } of Object.values(followers)) lag = Math.max(lag, Number(status.lastIndex - nextIndex) + 1)
  }
  return lag
}

/** A peer's store is away, or its leader does not get through to a follower. */
function isDegraded(
  storeIds: readonly number[],
  normalStores: ReadonlySet<number>,
  report: RegionMetrics | undefined,
): boolean {
  if (storeIds.some((storeId) => !normalStores.has(storeId))) return true
  const unstable = Object.values(report?.braftStatus?.unstableFollowers ?? {})
  return unstable.some(({ valid, consecutiveErrorTimes }) => !valid || consecutiveErrorTimes > 0)
}

/** A replica's definition is of another epoch than the coordinators'. */
function differsInEpoch(
  { definition }: Region,
  regionId: number,
  storeIds: readonly number[],
  { reports }: ClusterMaps,
): boolean {
  const epoch = definition?.epoch
  if (epoch === undefined) return false
  return storeIds.some((storeId) => {
    const reported = reports.get(storeId)?.regions.get(regionId)?.epoch
    return reported !== undefined && (reported.version !== epoch.version || reported.confVersion !== epoch.confVersion)
  })
}

/** How many regions have each concern. */
export function countConcerns(facts: readonly RegionFacts[]): Record<RegionConcern, number> {
  const counts: Record<RegionConcern, number> = { 'no-leader': 0, degraded: 0, lagging: 0, 'epoch-differs': 0 }
  for (const { concerns } of facts) for (const concern of concerns) counts[concern] += 1
  return counts
}
