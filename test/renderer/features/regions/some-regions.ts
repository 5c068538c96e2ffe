import type { KeyView } from '../../../../src-main/client/views/key-view'
import type { RangeEnd, RegionRow, RegionRowsPage } from '../../../../src-main/client/views/region-rows'

export function someKey(text: string): KeyView {
  return { bytes: new TextEncoder().encode(text), text, parts: [], tableId: undefined, tableName: undefined }
}

function someEnd(text: string): RangeEnd {
  return { text, hex: Buffer.from(text).toString('hex') }
}

export function someRegion(regionId: number, other: Partial<RegionRow> = {}): RegionRow {
  return {
    regionId,
    name: `region_${regionId}`,
    confVersion: 1,
    version: 2,
    state: 'REGION_NORMAL',
    regionType: 'STORE_REGION',
    raftStatus: 'REGION_RAFT_HEALTHY',
    replicaStatus: 'REPLICA_NORMAL',
    leaderStoreId: 20001,
    storeIds: [20001, 20002, 20003],
    startKey: someEnd('users/a'),
    endKey: someEnd(''),
    schemaId: 2,
    tableId: 60001,
    tableName: 'users',
    partitionId: 60002,
    storeEngine: 'STORE_ENG_RAFT_STORE',
    rawEngine: 'RAW_ENG_ROCKSDB',
    createdAtMs: undefined,
    lastUpdateMs: undefined,
    raft: undefined,
    metricsIndex: undefined,
    sizeBytes: 2048,
    keyCount: undefined,
    lag: undefined,
    concerns: [],
    ...other,
  }
}

/** A page of a cluster with as many regions as `total`, whose ids are 1 more than their places. */
export function somePage(
  offset: number,
  limit: number,
  total: number,
  other: Partial<RegionRowsPage> = {},
): RegionRowsPage {
  const count = Math.max(0, Math.min(limit, total - offset))
  return {
    takenAtMs: 1000,
    rows: Array.from({ length: count }, (_, at) => someRegion(offset + at + 1)),
    total,
    all: total,
    groups: [],
    concerns: { 'no-leader': 0, degraded: 0, lagging: 0, 'epoch-differs': 0 },
    sizes: [],
    stores: [],
    ...other,
  }
}
