import type { ClusterOverview } from '../../../src-main/client/views/overview'
import type { RangeEnd, RegionRow, RegionRowsPage, RegionRowsQuery } from '../../../src-main/client/views/region-rows'

const STORE_IDS = [20001, 20002, 20003]
const FIRST_REGION = 80_001
const REGIONS_PER_TABLE = 500
const TAKEN_AT_MS = 1_790_000_000_000
const noConcerns = { 'no-leader': 0, degraded: 0, lagging: 0, 'epoch-differs': 0 }

/** Regions of a cluster that nobody could run on one machine, made when they are asked for. */
export function syntheticRegions(count: number): {
  readonly overview: ClusterOverview
  page(query: RegionRowsQuery): RegionRowsPage
} {
  return {
    overview: {
      takenAtMs: TAKEN_AT_MS,
      coordinators: [],
      stores: STORE_IDS.map((storeId, at) => ({
        storeId,
        ordinal: at + 1,
        serverAddress: `127.0.0.1:${String(storeId)}`,
        raftAddress: `127.0.0.1:${String(storeId + 1000)}`,
        state: 'STORE_NORMAL',
        answers: true,
        heartbeatAgeMs: 100,
        regionCount: count,
        leaderCount: Math.floor(count / STORE_IDS.length),
        totalBytes: undefined,
        freeBytes: undefined,
        processUsedBytes: undefined,
      })),
      regionCount: count,
      regionsWithLeader: count,
      tableCount: Math.ceil(count / REGIONS_PER_TABLE),
      tiles: [],
      concerns: noConcerns,
      error: undefined,
    },
    page: ({ offset, limit }) => ({
      takenAtMs: TAKEN_AT_MS,
      rows: Array.from({ length: Math.max(0, Math.min(limit, count - offset)) }, (_, at) => region(offset + at)),
      total: count,
      all: count,
      groups: [],
      concerns: noConcerns,
      sizes: Array.from({ length: 16 }, (_, bar) => ({ from: bar * 2 ** 22, to: (bar + 1) * 2 ** 22, count: 6250 })),
      stores: STORE_IDS.map((storeId) => ({ storeId, leaders: Math.floor(count / 3), copies: count })),
    }),
  }
}

/** The region of a place, always the same. */
function region(at: number): RegionRow {
  const tableId = 60_000 + Math.floor(at / REGIONS_PER_TABLE)
  const lastIndex = 10 + ((at * 7919) % 100_000)
  const leader = STORE_IDS[at % 3]
  return {
    regionId: FIRST_REGION + at,
    name: `orders_${String(tableId)}_part_${String(at % REGIONS_PER_TABLE)}`,
    confVersion: 1,
    version: 1 + (at % 3),
    state: 'REGION_NORMAL',
    regionType: 'STORE_REGION',
    raftStatus: 'REGION_RAFT_HEALTHY',
    replicaStatus: 'REPLICA_NORMAL',
    leaderStoreId: leader,
    storeIds: STORE_IDS,
    startKey: key(tableId, at),
    endKey: key(tableId, at + 1),
    schemaId: 2,
    tableId,
    tableName: `orders_${String(tableId)}`,
    partitionId: tableId + 1,
    storeEngine: 'STORE_ENG_RAFT_STORE',
    rawEngine: 'RAW_ENG_ROCKSDB',
    createdAtMs: TAKEN_AT_MS - at * 1000,
    lastUpdateMs: TAKEN_AT_MS - (at % 300) * 1000,
    raft: {
      state: 'STATE_LEADER',
      readonly: false,
      term: 1 + (at % 9),
      appliedIndex: lastIndex,
      committedIndex: lastIndex,
      firstIndex: 1,
      lastIndex,
      diskIndex: lastIndex,
      pendingIndex: 0,
      pendingQueueSize: 0,
      stableFollowers: STORE_IDS.filter((storeId) => storeId !== leader),
      unstableFollowers: [],
    },
    metricsIndex: lastIndex,
    sizeBytes: (at * 104_729) % 2 ** 26,
    keyCount: (at * 31) % 90_000,
    lag: 0,
    concerns: at % 1999 === 3 ? ['degraded'] : at % 4001 === 5 ? ['lagging'] : [],
  }
}

function key(tableId: number, at: number): RangeEnd {
  const user = `user-${String(at).padStart(8, '0')}`
  const bytes = Buffer.alloc(9 + user.length)
  bytes.write('r')
  bytes.writeBigUInt64BE(BigInt(tableId), 1)
  bytes.write(user, 9)
  return { text: `orders_${String(tableId)}/${user}`, hex: bytes.toString('hex') }
}
