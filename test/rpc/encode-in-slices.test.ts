import type { DescMessage, MessageShape } from '@bufbuild/protobuf'
import { create, equals, fromBinary, toBinary } from '@bufbuild/protobuf'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeInSlices, LONG_LIST, SLICE_ELEMENTS } from '../../src-main/rpc/encode-in-slices'
import type { CallContext } from '../../src-main/rpc/call'
import {
  CoordinatorService,
  GetRegionMapResponseSchema,
  GetStoreMetricsResponseSchema,
} from '../../src-main/rpc/generated/dingodb/coordinator_pb'
import { ServiceRegistry } from '../../src-main/rpc/service-registry'
import { countingClock } from './support/counting-clock'

const someRegions = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: BigInt(index),
    definition: { name: `region-${String(index)}`, range: { startKey: Uint8Array.of(index & 255) } },
  }))

async function expectSame<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>) {
  const clock = countingClock()
  const bytes = await encodeInSlices(schema, message, clock)
  const whole = toBinary(schema, message)
  expect(bytes).toHaveLength(whole.length)
  expect(equals(schema, fromBinary(schema, bytes), fromBinary(schema, whole))).toBe(true)
  return { ...clock, bytes, whole }
}

describe('encoding in slices', () => {
  it('gives way after each slice of a list that lies in a message of the answer', async () => {
    const count = LONG_LIST * 3 + 1
    const message = create(GetRegionMapResponseSchema, {
      epoch: 7n,
      error: { errmsg: 'beside it' },
      regionmap: { epoch: 8n, regions: someRegions(count) },
    })
    const { turns } = await expectSame(GetRegionMapResponseSchema, message)
    expect(turns).toBe(Math.ceil(count / SLICE_ELEMENTS))
  })

  it('cuts the maps of each of a few elements', async () => {
    const mapOf = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, id) => [String(id), { id: BigInt(id) }]))
    const message = create(GetStoreMetricsResponseSchema, {
      storeMetrics: [
        { id: 1n, regionMetricsMap: mapOf(LONG_LIST + 1) },
        { id: 2n, storeOwnMetrics: { id: 9n } },
        { id: 3n, regionMetricsMap: mapOf(LONG_LIST + 2) },
      ],
    })
    const { turns } = await expectSame(GetStoreMetricsResponseSchema, message)
    expect(turns).toBe(2 * (LONG_LIST / SLICE_ELEMENTS + 1))
  })

  it('encodes what is short in one go, to the very same bytes', async () => {
    const message = create(GetRegionMapResponseSchema, { regionmap: { regions: someRegions(LONG_LIST) } })
    const { turns, bytes, whole } = await expectSame(GetRegionMapResponseSchema, message)
    expect(turns).toBe(0)
    expect(bytes).toEqual(whole)
  })

  it('keeps fields that it does not know', async () => {
    const message = create(GetRegionMapResponseSchema, { regionmap: { regions: someRegions(LONG_LIST + 1) } })
    message.$unknown = [{ no: 1023, wireType: 2, data: Uint8Array.of(2, 0x68, 0x69) }]
    const { bytes } = await expectSame(GetRegionMapResponseSchema, message)
    expect(fromBinary(GetRegionMapResponseSchema, bytes).$unknown?.map(({ no }) => no)).toEqual([1023])
  })

  it('is the same message however long the list', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: LONG_LIST - 2, max: LONG_LIST + 2 * SLICE_ELEMENTS }), async (count) => {
        const message = create(GetRegionMapResponseSchema, { regionmap: { regions: someRegions(count) } })
        await expectSame(GetRegionMapResponseSchema, message)
      }),
      { numRuns: 10 },
    )
  })

  it('is how a method answers', async () => {
    const registry = new ServiceRegistry().add(CoordinatorService, {
      getRegionMap: () => ({ regionmap: { regions: someRegions(LONG_LIST + 1) } }),
    })
    const clock = countingClock()
    const method = registry.find('/dingodb.pb.coordinator.CoordinatorService/GetRegionMap')
    const answer = await method?.answer(new Uint8Array(0), {} as CallContext, clock)
    expect(fromBinary(GetRegionMapResponseSchema, answer ?? new Uint8Array(0)).regionmap?.regions).toHaveLength(
      LONG_LIST + 1,
    )
    expect(clock.turns).toBeGreaterThan(1)
  })
})
