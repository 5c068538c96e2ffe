import type { Clock } from '../../env'
import type { Region, RegionMetrics } from '../../rpc/generated/dingodb/common_pb'
import { RegionState } from '../../rpc/generated/dingodb/common_pb'
import type { ClusterClient } from '../cluster-client'
import { compareKeys } from '../key-bytes'
import type { Catalogue, ClusterCatalogue } from './cluster-catalogue'
import { decodeKey } from './decode-key'
import type { KeyLine, KeySegment } from './keyspace'
import { regionSizeOf } from './region-size'

/** All regions in the order of their keys, with their tables if they have one. @throws what the client throws */
export async function readKeyLine(client: ClusterClient, catalogue: ClusterCatalogue, clock: Clock): Promise<KeyLine> {
  const [regions, metrics, names] = await Promise.all([
    client.regions.list(),
    client.inspection.regionMetrics(),
    catalogue.current(),
  ])
  const metricsById = new Map(metrics.map((each) => [each.id, each]))
  const segments = regions.map((region) => segmentOf(region, metricsById.get(region.id), names))
  segments.sort((left, right) => compareKeys(left.startKey.bytes, right.startKey.bytes))
  return { takenAtMs: clock.wallTimeMs(), segments }
}

function segmentOf(region: Region, metrics: RegionMetrics | undefined, names: Catalogue): KeySegment {
  const { definition } = region
  const tableId = Number(definition?.tableId ?? 0n)
  const size = regionSizeOf(metrics)
  return {
    regionId: Number(region.id),
    name: definition?.name ?? '',
    startKey: decodeKey(definition?.range?.startKey ?? NO_BYTES, names),
    endKey: decodeKey(definition?.range?.endKey ?? NO_BYTES, names),
    tableId: tableId === 0 ? undefined : tableId,
    tableName: names.table(tableId)?.name,
    leaderStoreId: region.leaderStoreId > 0n ? Number(region.leaderStoreId) : undefined,
    storeIds: (definition?.peers ?? []).map(({ storeId }) => Number(storeId)),
    sizeBytes: size?.sizeBytes,
    keyCount: size?.keyCount,
    state: RegionState[region.state] ?? String(region.state),
  }
}

const NO_BYTES = new Uint8Array(0)
