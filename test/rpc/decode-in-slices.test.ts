import type { DescMessage } from '@bufbuild/protobuf'
import { create, equals, fromBinary, toBinary } from '@bufbuild/protobuf'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeInSlices, SLICE_BYTES } from '../../src-main/rpc/decode-in-slices'
import {
  GetRegionMapResponseSchema,
  GetStoreMetricsResponseSchema,
} from '../../src-main/rpc/generated/dingodb/coordinator_pb'
import { KvScanBeginResponseSchema } from '../../src-main/rpc/generated/dingodb/store_pb'
import { countingClock } from './support/counting-clock'

function regionMap(count: number, nameBytes: number) {
  return create(GetRegionMapResponseSchema, {
    epoch: 7n,
    regionmap: {
      epoch: 8n,
      regions: Array.from({ length: count }, (_, index) => ({
        id: BigInt(index),
        definition: { name: 'n'.repeat(nameBytes), range: { startKey: Uint8Array.of(index & 255) } },
      })),
    },
  })
}

async function expectSame(schema: DescMessage, bytes: Uint8Array) {
  const clock = countingClock()
  const sliced = await decodeInSlices(schema, bytes, clock)
  expect(equals(schema, sliced, fromBinary(schema, bytes))).toBe(true)
  return clock.turns
}

describe('decoding in slices', () => {
  it('gives way once a slice, inside of the message that holds most', async () => {
    const message = regionMap(4_000, 1_000)
    const bytes = toBinary(GetRegionMapResponseSchema, message)
    const turns = await expectSame(GetRegionMapResponseSchema, bytes)
    expect(turns).toBeGreaterThanOrEqual(Math.floor(bytes.length / (SLICE_BYTES * 1.1)))
  })

  it('takes a short message in one go', async () => {
    expect(await expectSame(GetRegionMapResponseSchema, toBinary(GetRegionMapResponseSchema, regionMap(3, 10)))).toBe(0)
  })

  it('cuts long elements of lists, and maps between their entries', async () => {
    const regionMetricsMap = Object.fromEntries(
      Array.from({ length: 3_000 }, (_, id) => [String(id), { id: BigInt(id), minKey: new Uint8Array(300).fill(id) }]),
    )
    const message = create(GetStoreMetricsResponseSchema, {
      storeMetrics: [{ id: 1n, regionMetricsMap }, { id: 2n }, { id: 3n, regionMetricsMap }],
    })
    expect(
      await expectSame(GetStoreMetricsResponseSchema, toBinary(GetStoreMetricsResponseSchema, message)),
    ).toBeGreaterThan(6)
  })

  it('takes a value longer than a slice as it is', async () => {
    const kvs = [{ key: Uint8Array.of(1), value: new Uint8Array(SLICE_BYTES * 3).fill(9) }, { key: Uint8Array.of(2) }]
    await expectSame(
      KvScanBeginResponseSchema,
      toBinary(KvScanBeginResponseSchema, create(KvScanBeginResponseSchema, { kvs })),
    )
  })

  it('merges a message that comes twice, and keeps fields that it does not know', async () => {
    const unknownField = Uint8Array.of(0xfa, 0x3f, 0x02, 0x68, 0x69)
    const first = toBinary(GetRegionMapResponseSchema, regionMap(700, 500))
    const second = toBinary(GetRegionMapResponseSchema, regionMap(900, 600))
    const bytes = Uint8Array.from([...first, ...unknownField, ...second, ...unknownField])
    await expectSame(GetRegionMapResponseSchema, bytes)
    const { regionmap, $unknown } = await decodeInSlices(GetRegionMapResponseSchema, bytes, countingClock())
    expect(regionmap?.regions).toHaveLength(1_600)
    expect($unknown?.map(({ no }) => no)).toEqual([1023, 1023])
  })

  it('is the same message wherever the slices end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 60_000 }),
        async (count, nameBytes) => {
          await expectSame(
            GetRegionMapResponseSchema,
            toBinary(GetRegionMapResponseSchema, regionMap(count, nameBytes)),
          )
        },
      ),
      { numRuns: 30 },
    )
  })

  it('refuses bytes that end too early, and others that are no message', async () => {
    const bytes = toBinary(GetRegionMapResponseSchema, regionMap(2_000, 500))
    for (const broken of [bytes.subarray(0, -1), Uint8Array.from([...bytes, 0x0b]), new Uint8Array(SLICE_BYTES + 1)]) {
      await expect(decodeInSlices(GetRegionMapResponseSchema, broken, countingClock())).rejects.toThrow()
    }
  })
})
