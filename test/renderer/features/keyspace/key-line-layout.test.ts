import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KeySegment } from '../../../../src-main/client/views/keyspace'
import {
  boundariesOf,
  boxesOf,
  indexAt,
  showing,
  slid,
  wholeLine,
  zoomed,
} from '../../../../src-renderer/features/keyspace/key-line-layout'
import { tableRuns } from '../../../../src-renderer/features/keyspace/key-line-colors'

const segmentsOfSizes = (sizes: Array<number | undefined>) =>
  sizes.map((sizeBytes, at) => ({ regionId: at + 1, sizeBytes }) as KeySegment)

describe('the key line', () => {
  it('gives every region the same width, or one by its bytes', () => {
    expect([...boundariesOf(segmentsOfSizes([0, 0, 0, 0]), 'equal')]).toEqual([0, 0.25, 0.5, 0.75, 1])
    expect([...boundariesOf(segmentsOfSizes([100, 300]), 'proportional')]).toEqual([0, 0.25, 1])
    const withEmpty = boundariesOf(segmentsOfSizes([undefined, 1000, 0]), 'proportional')
    expect(withEmpty[1]).toBeGreaterThan(0)
    expect(withEmpty.at(-1)).toBe(1)
  })

  it('covers the view without gap or overlap, whatever the sizes and the zoom', () => {
    const sizes = fc.array(fc.option(fc.nat(1_000_000), { nil: undefined }), { minLength: 1, maxLength: 300 })
    const share = fc.double({ min: 0, max: 0.9, noNaN: true })
    fc.assert(
      fc.property(sizes, share, fc.double({ min: 0.01, max: 1, noNaN: true }), (given, from, length) => {
        const starts = boundariesOf(segmentsOfSizes(given), 'proportional')
        const view = slid({ from, to: from + length }, 0)
        const boxes = boxesOf(starts, view, 1000)
        expect(boxes[0]?.x).toBeLessThanOrEqual(0.001)
        const last = boxes.at(-1)
        expect((last?.x ?? 0) + (last?.width ?? 0)).toBeGreaterThanOrEqual(999.99)
        for (const [at, box] of boxes.entries()) {
          const next = boxes[at + 1]
          if (next)
            expect([next.first, Math.round(next.x * 1e6)]).toEqual([
              box.first + box.count,
              Math.round((box.x + box.width) * 1e6),
            ])
        }
      }),
    )
  })

  it('draws neighbours together that would be too narrow: 100,000 regions are a few hundred boxes', () => {
    const boxes = boxesOf(boundariesOf(segmentsOfSizes(Array<number>(100_000).fill(1)), 'equal'), wholeLine, 1200)
    expect(boxes.length).toBeLessThanOrEqual(400)
    expect(boxes.reduce((sum, { count }) => sum + count, 0)).toBe(100_000)
  })

  it('zooms around a place of the view and stays within the ends', () => {
    const near = zoomed(wholeLine, 4, 0.5, 100)
    expect(near.from).toBeCloseTo(0.375)
    expect(near.to).toBeCloseTo(0.625)
    expect(zoomed(near, 0.001, 0.2, 100)).toEqual(wholeLine)
    expect(slid(near, 5).to).toBe(1)
    expect(slid(near, -5).from).toBe(0)
  })

  it('brings a region into view by moving as little as it takes', () => {
    const starts = boundariesOf(segmentsOfSizes(Array<number>(10).fill(1)), 'equal')
    const view = { from: 0.2, to: 0.5 }
    expect(showing(view, starts, 3)).toBe(view)
    expect(showing(view, starts, 0).from).toBe(0)
    expect(showing(view, starts, 9).to).toBeCloseTo(1)
    expect(indexAt(starts, 0.35)).toBe(3)
  })

  it('writes the name of a table once above neighbours of one table', () => {
    const segments = [1, 1, undefined, 1, 2].map(
      (tableId) => ({ tableId, tableName: tableId === undefined ? undefined : `t${tableId}` }) as KeySegment,
    )
    const boxes = segments.map((_, at) => ({ first: at, count: 1, x: at * 100, width: 100 }))
    expect(tableRuns(segments, boxes)).toMatchObject([
      { name: 't1', x: 0, width: 198 },
      { name: 't1', x: 300, width: 98 },
      { name: 't2', x: 400, width: 98 },
    ])
  })
})
