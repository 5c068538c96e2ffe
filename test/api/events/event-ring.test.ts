import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventRing } from '../../../src-main/api/events/event-ring'

describe('the ring of past events', () => {
  it('keeps the last items under their numbers, whatever its size and however many came', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 100 }), (capacity, count) => {
        const ring = new EventRing<number>(capacity)
        for (let item = 1; item <= count; item++) ring.push(item)
        expect(ring.last).toBe(count)
        expect(ring.oldest).toBe(Math.max(1, count - capacity + 1))
        for (let sequence = ring.oldest; sequence <= ring.last; sequence++) expect(ring.at(sequence)).toBe(sequence)
      }),
    )
  })

  it('lets go of an item before its time, and of no other', () => {
    const ring = new EventRing<string>(2)
    for (const item of ['a', 'b', 'c']) ring.push(item)
    for (const sequence of [0, 1, 2, 4]) ring.forget(sequence)
    expect([ring.at(2), ring.at(3), ring.oldest, ring.last]).toEqual([undefined, 'c', 2, 3])
  })

  it('refuses what it no longer has, and what it does not have yet', () => {
    const ring = new EventRing<string>(2)
    for (const item of ['a', 'b', 'c']) ring.push(item)
    expect(() => ring.at(1)).toThrow(/does not hold/)
    expect(() => ring.at(4)).toThrow(/does not hold/)
  })
})
