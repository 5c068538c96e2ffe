import { create } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import { RegionReports } from '../../src-main/coordinator/liveness/region-reports'
import { RegionMetricsSchema, StoreRegionState } from '../../src-main/rpc/generated/dingodb/common_pb'

const { NORMAL, DELETED } = StoreRegionState
const region = (id: number, leaderId: number, term = 1, storeRegionState = NORMAL) =>
  create(RegionMetricsSchema, {
    id: BigInt(id),
    leaderStoreId: BigInt(leaderId),
    storeRegionState,
    braftStatus: { term: BigInt(term) },
  })

test('whoever reports to lead in the newest term leads, until it says otherwise', () => {
  const reports = new RegionReports()
  reports.report(1, [region(7, 1, 3)], true)
  reports.report(2, [region(7, 2, 2)], true)
  expect(reports.leaderOf(7)).toBe(1)
  reports.report(2, [region(7, 2, 4)], true)
  expect(reports.leaderOf(7)).toBe(2)
  reports.report(1, [region(7, 2, 4)], true)
  expect(reports.leaderOf(7)).toBe(2)
  reports.report(2, [region(7, 3, 5)], true)
  expect(reports.leaderOf(7)).toBe(0)
})

test('nothing is kept of a region that is gone, whether the store says so or names it no more', () => {
  const reports = new RegionReports()
  reports.report(1, [region(7, 1), region(8, 1)], false)
  reports.report(1, [region(7, 0, 0, DELETED)], true)
  expect([...reports.ofStore(1).keys()]).toEqual([8])
  expect(reports.leaderCount(1)).toBe(1)
  reports.report(1, [region(9, 1)], false)
  expect(reports.leaderOf(8)).toBe(0)
  expect(reports.leaderCount(1)).toBe(1)
})
