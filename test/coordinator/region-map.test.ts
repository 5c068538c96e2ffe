import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { regionHandlers } from '../../src-main/coordinator/service/region-handlers'
import { RegionMessages } from '../../src-main/coordinator/service/region-messages'
import type { ServiceContext } from '../../src-main/coordinator/service/service-context'
import { RegionReports } from '../../src-main/coordinator/liveness/region-reports'
import type { MetaView } from '../../src-main/coordinator/meta/meta-view'
import { FreezableClock } from '../../src-main/env/freezable-clock'
import { simulatedEnv } from '../../src-main/env/simulated'
import type { CallContext } from '../../src-main/rpc/call'
import { GetRegionMapRequestSchema } from '../../src-main/rpc/generated/dingodb/coordinator_pb'
import { RegionInternalSchema } from '../../src-main/rpc/generated/dingodb/coordinator_internal_pb'

/** More than are told in one go. */
const REGIONS = 2_500

describe('the map of many regions', () => {
  it('is told while somebody steps, and the clocks of all nodes stand still', async () => {
    const { clock } = simulatedEnv({ seed: 1 })
    const nodeClock = new FreezableClock(clock)
    nodeClock.freeze()
    const rows = Array.from({ length: REGIONS }, (_, index) =>
      create(RegionInternalSchema, { id: BigInt(80_001 + index) }),
    )
    const view = { get: () => undefined, list: () => rows } as unknown as MetaView
    const control = { read: (query: (now: MetaView) => unknown) => Promise.resolve(query(view)) }
    const messages = new RegionMessages(new RegionReports())
    const service = { control, messages, clock: nodeClock } as unknown as ServiceContext
    const { getRegionMap } = regionHandlers(() => service)
    let told: number | undefined
    void Promise.resolve(getRegionMap!(create(GetRegionMapRequestSchema, {}), {} as CallContext)).then((answer) => {
      told = answer.regionmap?.regions?.length
    })
    await clock.advance(10)
    expect(told).toBe(REGIONS)
  })
})
