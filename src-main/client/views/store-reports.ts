import type { Clock } from '../../env'
import type {
  Region,
  RegionEpoch,
  RegionMetrics,
  Store,
  StoreMetrics,
  StoreOwnMetrics,
} from '../../rpc/generated/dingodb/common_pb'
import type { ClusterClient } from '../cluster-client'
import { inSlices } from '../../env/in-slices'

/** Beyond this number each store's reports are asked for by themselves: all in one answer would be too long for a message. */
const MAX_REGIONS_IN_ONE_ANSWER = 10_000

/** What a store reported of its replica of a region. */
export interface RegionReport {
  readonly epoch: RegionEpoch | undefined
  /** Only of a region that it leads, and without its definition and keys: three quarters of what stores report is shown nowhere. */
  readonly metrics: RegionMetrics | undefined
}

/** What a store reported last. */
export interface StoreReports {
  readonly own: StoreOwnMetrics | undefined
  readonly regions: ReadonlyMap<number, RegionReport>
}

/** By store. */
export type Reports = ReadonlyMap<number, StoreReports>

/**
 * What all stores reported last. In a large cluster one store after the other, so that no more than one answer is held whole.
 *
 * @param regions with the leaders whose reports are wanted
 * @throws what the client throws
 */
export async function readReports(
  { inspection }: ClusterClient,
  stores: readonly Store[],
  regions: readonly Region[],
  options: { readonly clock: Pick<Clock, 'atEndOfTurn'>; readonly timeoutMs: number },
): Promise<Reports> {
  const { clock, timeoutMs } = options
  const leaders = new Map<number, number>()
  await inSlices(regions, clock, ({ id, leaderStoreId }) => leaders.set(Number(id), Number(leaderStoreId)))
  const reports = new Map<number, StoreReports>()
  const keep = async (metrics: readonly StoreMetrics[]): Promise<void> => {
    for (const each of metrics) reports.set(Number(each.id), await reduced(each, leaders, clock))
  }
  if (regions.length <= MAX_REGIONS_IN_ONE_ANSWER) {
    await keep(await inspection.storeMetrics(undefined, { timeoutMs }))
  } else {
    for (const { id } of stores) await keep(await inspection.storeMetrics(Number(id), { timeoutMs }))
  }
  return reports
}

async function reduced(
  { id, storeOwnMetrics, regionMetricsMap }: StoreMetrics,
  leaders: ReadonlyMap<number, number>,
  clock: Pick<Clock, 'atEndOfTurn'>,
): Promise<StoreReports> {
  const storeId = Number(id)
  const regions = new Map<number, RegionReport>()
  await inSlices(Object.values(regionMetricsMap), clock, (metrics) => {
    const regionId = Number(metrics.id)
    const epoch = metrics.regionDefinition?.epoch
    regions.set(regionId, { epoch, metrics: leaders.get(regionId) === storeId ? shortened(metrics) : undefined })
  })
  return { own: storeOwnMetrics, regions }
}

/** Keys are views of the whole answer, and would keep it. */
function shortened(metrics: RegionMetrics): RegionMetrics {
  metrics.regionDefinition = undefined
  metrics.minKey = NO_BYTES
  metrics.maxKey = NO_BYTES
  return metrics
}

const NO_BYTES = new Uint8Array(0)
