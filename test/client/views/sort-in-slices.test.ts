import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sortInSlices } from '../../../src-main/client/views/sort-in-slices'

/** Lets the others go on at once. */
const clock = { atEndOfTurn: queueMicrotask }

describe('sorting in slices', () => {
  it('gives what sorting at once gives, stably, and leaves its input alone', async () => {
    const sizes = fc.constantFrom(0, 1, 3_999, 4_000, 4_001, 8_000, 12_345, 20_001)
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 50_000 }), fc.integer(), async (size, different, seed) => {
        const items = Array.from({ length: size }, (_none, at) => ({
          at,
          value: Math.abs((at * 7919 + seed) % different),
        }))
        const before = [...items]
        const byValue = (left: { value: number }, right: { value: number }) => left.value - right.value
        expect(await sortInSlices(items, clock, byValue)).toEqual([...items].sort(byValue))
        expect(items).toEqual(before)
      }),
      { numRuns: 30 },
    )
  })

  it('does no more between two pauses however many there are', async () => {
    let compared = 0
    let most = 0
    const counting = {
      atEndOfTurn: (callback: () => void) => {
        most = Math.max(most, compared)
        compared = 0
        queueMicrotask(callback)
      },
    }
    const compare = (left: number, right: number) => {
      compared += 1
      return left - right
    }
    const descending = (count: number) => Array.from({ length: count }, (_none, at) => (at * 7919) % count)
    await sortInSlices(descending(20_000), counting, compare)
    const mostOfFew = most
    await sortInSlices(descending(160_000), counting, compare)
    counting.atEndOfTurn(() => undefined)
    expect(most).toBeLessThan(1.1 * mostOfFew)
  })
})
