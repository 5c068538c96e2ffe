import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { overviewPicture } from '../../../src-main/client/views/overview-picture'
import type { OverviewSources } from '../../../src-main/client/views/overview-picture'
import { StoreOwnMetricsSchema, StoreSchema } from '../../../src-main/rpc/generated/dingodb/common_pb'

/** The overview of one store that reports this of itself. */
function storeThatReports(own: { readonly systemTotalCapacity?: bigint; readonly systemFreeCapacity?: bigint }) {
  const reports = new Map([[20_001, { own: create(StoreOwnMetricsSchema, own), regions: new Map() }]])
  const stores = [create(StoreSchema, { id: 20_001n })]
  const maps = { coordinators: {}, stores, reports, names: { tables: [] } }
  const sources = {
    known: { facts: [], maps, concerns: {} },
    checks: { coordinators: new Map(), stores: new Map() },
    nowMs: 0,
    error: undefined,
  }
  return overviewPicture(sources as unknown as OverviewSources).stores[0]
}

describe('the disk of a store in the overview', () => {
  it('is full where nothing is free, and not known where nothing was measured', () => {
    expect(storeThatReports({ systemTotalCapacity: 160n, systemFreeCapacity: 40n })).toMatchObject({
      totalBytes: 160,
      freeBytes: 40,
    })
    expect(storeThatReports({ systemTotalCapacity: 160n })).toMatchObject({ totalBytes: 160, freeBytes: 0 })
    expect(storeThatReports({})).toMatchObject({ totalBytes: undefined, freeBytes: undefined })
  })
})
