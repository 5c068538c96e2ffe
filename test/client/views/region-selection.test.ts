import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import {
  PeerRole,
  RegionEpochSchema,
  RegionMetricsSchema,
  RegionSchema,
  RegionState,
  StoreSchema,
  StoreState,
} from '../../../src-main/rpc/generated/dingodb/common_pb'
import { GetCoordinatorMapResponseSchema } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import type { ClusterMaps } from '../../../src-main/client/views/cluster-maps'
import { NO_TABLES } from '../../../src-main/client/views/decode-key'
import { LAGGING_ENTRIES } from '../../../src-main/client/views/region-facts'
import type { RegionRowsQuery } from '../../../src-main/client/views/region-rows'
import type { RegionReport } from '../../../src-main/client/views/store-reports'
import { RegionRowsReader } from '../../../src-main/client/views/region-rows-reader'
import { countingClock } from '../../rpc/support/counting-clock'

const STORES = [20_001, 20_002, 20_003]

interface Sketch {
  readonly sizeBytes?: number
  readonly leader?: number
  readonly tableId?: number
  readonly behind?: number
  readonly epochOfReport?: bigint
}

/** Maps of so many regions; what is said of one holds for it. */
function mapsOf(count: number, sketch: (index: number) => Sketch, away: readonly number[] = []): ClusterMaps {
  const reports = new Map(STORES.map((id) => [id, { own: undefined, regions: new Map<number, RegionReport>() }]))
  const regions = Array.from({ length: count }, (_, index) => {
    const {
      sizeBytes = 1,
      leader = STORES[index % 3] ?? 0,
      tableId = 0,
      behind = 0,
      epochOfReport = 1n,
    } = sketch(index)
    const id = 80_001 + index
    const startKey = new TextEncoder().encode(`wkey-${String(count - index).padStart(8, '0')}`)
    const definition = {
      name: `region-${String(index)}`,
      tableId: BigInt(tableId),
      range: { startKey },
      epoch: { version: 1n, confVersion: 1n },
      peers: STORES.map((storeId) => ({ storeId: BigInt(storeId), role: PeerRole.VOTER })),
    }
    const metrics = create(RegionMetricsSchema, {
      id: BigInt(id),
      regionSize: BigInt(sizeBytes),
      lastUpdateMetricsTimestamp: 1n,
      braftStatus: { lastIndex: 500n, term: 2n, stableFollowers: { '20002': { nextIndex: BigInt(501 - behind) } } },
    })
    const epoch = create(RegionEpochSchema, { version: epochOfReport, confVersion: 1n })
    reports.get(leader)?.regions.set(id, { epoch, metrics })
    return create(RegionSchema, {
      id: BigInt(id),
      definition,
      state: RegionState.REGION_NORMAL,
      leaderStoreId: BigInt(leader),
    })
  })
  const stores = STORES.map((id) => {
    const state = away.includes(id) ? StoreState.STORE_OFFLINE : StoreState.STORE_NORMAL
    return create(StoreSchema, { id: BigInt(id), state })
  })
  const tableNames = new Map([
    [1, 'orders'],
    [2, 'users'],
  ])
  const table = (tableId: number) => {
    const name = tableNames.get(tableId)
    return name === undefined ? undefined : ({ tableId, name } as never)
  }
  const names = { ...NO_TABLES, takenAtMs: 0, schemas: [], tables: [], table }
  return { takenAtMs: 1, coordinators: create(GetCoordinatorMapResponseSchema), stores, regions, reports, names }
}

const query: RegionRowsQuery = {
  text: '',
  concerns: [],
  tableId: undefined,
  storeId: undefined,
  sortBy: 'regionId',
  descending: false,
  groupBy: 'none',
  offset: 0,
  limit: 1000,
}
/** Pauses that take no time. */
const atOnce = { atEndOfTurn: queueMicrotask }
const pageOf = (maps: ClusterMaps, changes: Partial<RegionRowsQuery> = {}) =>
  new RegionRowsReader(atOnce).page(maps, { ...query, ...changes })
const idsOf = async (maps: ClusterMaps, changes: Partial<RegionRowsQuery>) =>
  (await pageOf(maps, changes)).rows.map(({ regionId }) => regionId - 80_001)

describe('the rows of regions', () => {
  it('are sorted by a field, those that are alike by id', async () => {
    const maps = mapsOf(4, (index) => ({ sizeBytes: [5, 7, 5, 9][index] ?? 0 }))
    expect(await idsOf(maps, { sortBy: 'sizeBytes' })).toEqual([0, 2, 1, 3])
    expect(await idsOf(maps, { sortBy: 'sizeBytes', descending: true })).toEqual([3, 1, 0, 2])
    expect(await idsOf(maps, { sortBy: 'startKey' })).toEqual([3, 2, 1, 0])
  })

  it('have what is not known at the end, whichever way they are sorted', async () => {
    const maps = mapsOf(3, (index) => ({ leader: index === 0 ? 0 : 20_001, sizeBytes: index }))
    expect(await idsOf(maps, { sortBy: 'sizeBytes' })).toEqual([1, 2, 0])
    expect(await idsOf(maps, { sortBy: 'sizeBytes', descending: true })).toEqual([2, 1, 0])
  })

  it('are found by id, name, table and key', async () => {
    const maps = mapsOf(12, (index) => ({ tableId: index === 3 ? 2 : 0 }))
    expect(await idsOf(maps, { text: '80004' })).toEqual([3])
    expect(await idsOf(maps, { text: 'REGION-1' })).toEqual([1, 10, 11])
    expect(await idsOf(maps, { text: ' user ' })).toEqual([3])
    expect(await idsOf(maps, { text: 'key-00000002' })).toEqual([10])
  })

  it('stand together by table, and pages go through the groups', async () => {
    const maps = mapsOf(5, (index) => ({ tableId: [2, 1, 2, 0, 1][index] ?? 0 }))
    expect(await idsOf(maps, { groupBy: 'table', offset: 1, limit: 3 })).toEqual([4, 0, 2])
    expect((await pageOf(maps, { groupBy: 'table' })).groups).toEqual([
      { key: '1', label: 'orders', offset: 0, count: 2 },
      { key: '2', label: 'users', offset: 2, count: 2 },
      { key: '0', label: '', offset: 4, count: 1 },
    ])
  })

  it('have their concerns', async () => {
    const sketches: readonly Sketch[] = [
      {},
      { leader: 0 },
      { behind: LAGGING_ENTRIES },
      { behind: LAGGING_ENTRIES + 1 },
      { epochOfReport: 2n },
    ]
    const maps = mapsOf(sketches.length, (index) => ({ leader: 20_001, ...sketches[index] }))
    const { rows, concerns } = await pageOf(maps)
    expect(rows.map((row) => row.concerns)).toEqual([[], ['no-leader'], [], ['lagging'], ['epoch-differs']])
    expect(concerns).toEqual({ 'no-leader': 1, degraded: 0, lagging: 1, 'epoch-differs': 1 })
    const without = mapsOf(1, () => ({ leader: 20_001 }), [20_001])
    expect((await pageOf(without)).rows[0]?.concerns).toEqual(['no-leader', 'degraded'])
  })

  it('come with the sizes and stores of all that match', async () => {
    const maps = mapsOf(4, (index) => ({ sizeBytes: [1, 1023, 5000, 20_000][index] ?? 0, leader: 20_001 }))
    const { sizes, stores } = await pageOf(maps, { limit: 1 })
    expect(sizes).toEqual([
      { from: 0, to: 1024, count: 2 },
      { from: 1024, to: 4096, count: 0 },
      { from: 4096, to: 16_384, count: 1 },
      { from: 16_384, to: 65_536, count: 1 },
    ])
    expect(stores[0]).toEqual({ storeId: 20_001, leaders: 4, copies: 4 })
  })

  it('page through 100,000 regions without a row missing or twice', async () => {
    const maps = mapsOf(100_000, (index) => ({ sizeBytes: (index * 7919) % 100_003 }))
    const reader = new RegionRowsReader(atOnce)
    const seen = new Set<number>()
    for (let offset = 0; offset < 100_000; offset += 1000) {
      const { rows } = await reader.page(maps, { ...query, sortBy: 'sizeBytes', offset })
      for (const { regionId } of rows) seen.add(regionId)
    }
    expect(seen.size).toBe(100_000)
  })

  it('of a large cluster leave the thread to others in between', async () => {
    const clock = countingClock()
    const { total } = await new RegionRowsReader(clock).page(
      mapsOf(5_000, () => ({})),
      { ...query, text: 'nothing' },
    )
    // When their facts are gathered and when they are selected, after each thousand but the last.
    expect(clock.turns).toBe(2 * 4)
    expect(total).toBe(0)
  })
})
