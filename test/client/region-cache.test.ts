import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RegionCache } from '../../src-main/client/region-cache'
import type { RegionRoute } from '../../src-main/client/region-route'
import { holdsKey } from '../../src-main/client/key-range'

const route = (regionId: number, start: number, end: number, version: number): RegionRoute => ({
  regionId,
  startKey: Uint8Array.of(start),
  endKey: Uint8Array.of(end),
  confVersion: 1n,
  version: BigInt(version),
  leader: undefined,
  voters: [],
})

const KEYS = Array.from({ length: 30 }, (_, index) => Uint8Array.of(index))

describe('the region cache', () => {
  it('finds for each key the last region that was taken in for it, and never two', () => {
    const step = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.nat(29), fc.nat(29), fc.integer({ min: 1, max: 4 }))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const cache = new RegionCache()
        let model: RegionRoute[] = []
        for (const [regionId, start, end, version] of steps) {
          const next = route(regionId, start, end, version)
          const known = model.find((each) => each.regionId === regionId)
          const isTaken = start < end && (known === undefined || known.version <= next.version)
          expect(cache.put(next)).toBe(isTaken)
          if (isTaken) {
            const overlapsNext = (each: RegionRoute) => KEYS.some((key) => holdsKey(each, key) && holdsKey(next, key))
            model = [...model.filter((each) => each.regionId !== regionId && !overlapsNext(each)), next]
          }
          for (const key of KEYS) expect(cache.find(key)).toBe(model.find((each) => holdsKey(each, key)))
          expect(cache.size).toBe(model.length)
        }
      }),
    )
  })

  it('knows which keys a split took from a region until their new owner is seen', () => {
    const cache = new RegionCache()
    cache.put(route(1, 0, 20, 1))
    cache.put(route(1, 10, 20, 2))
    expect(KEYS.map((key) => cache.isVacated(key))).toEqual(KEYS.map((_, index) => index < 10))
    cache.put(route(2, 0, 5, 2))
    expect(KEYS.map((key) => cache.isVacated(key))).toEqual(KEYS.map((_, index) => index >= 5 && index < 10))
    cache.put(route(3, 5, 10, 2))
    expect(KEYS.some((key) => cache.isVacated(key))).toBe(false)
  })

  it('keeps what was learned meanwhile', () => {
    const cache = new RegionCache()
    const old = route(1, 0, 20, 1)
    cache.put(old)
    cache.put(route(1, 10, 20, 2))
    cache.drop(old)
    cache.setLeader(old, 'gone:1')
    expect(cache.byId(1)).toMatchObject({ version: 2n, leader: undefined })
  })
})
