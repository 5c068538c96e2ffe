import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allLinks, linkCurve } from '../../../../src-renderer/features/cluster/link-geometry'
import {
  cellAt,
  cellCorner,
  CELL_HEIGHT,
  CELL_WIDTH,
  layOutMatrix,
} from '../../../../src-renderer/features/cluster/matrix-layout'
import { layOutPicture } from '../../../../src-renderer/features/cluster/picture-layout'

const counts = { coordinators: fc.integer({ min: 1, max: 5 }), stores: fc.integer({ min: 1, max: 9 }) }

describe('the places of nodes', () => {
  it('lie inside, in order and without overlap, whatever the width', () => {
    fc.assert(
      fc.property(
        counts.coordinators,
        counts.stores,
        fc.integer({ min: 0, max: 3000 }),
        (coordinators, stores, width) => {
          const layout = layOutPicture(coordinators, stores, width)
          expect(layout.coordinators).toHaveLength(coordinators)
          expect(layout.stores).toHaveLength(stores)
          for (const row of [layout.coordinators, layout.stores]) {
            let edge = 0
            for (const box of row) {
              expect(box.x).toBeGreaterThanOrEqual(edge)
              edge = box.x + box.width
            }
            expect(edge).toBeLessThanOrEqual(layout.width)
          }
        },
      ),
    )
  })
})

describe('the matrix', () => {
  it('finds the cell that it drew, anywhere inside of it', () => {
    const inside = (size: number) => fc.integer({ min: 0, max: size - 1 })
    fc.assert(
      fc.property(
        counts.stores,
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 60, max: 2000 }),
        fc.nat(),
        fc.nat(),
        inside(CELL_WIDTH),
        inside(CELL_HEIGHT),
        (stores, regions, width, store, region, dx, dy) => {
          const layout = layOutMatrix(stores, regions, width)
          const cell = { store: store % stores, region: region % regions }
          const { x, y } = cellCorner(layout, cell)
          expect(cellAt(layout, x + dx, y + dy)).toEqual(cell)
        },
      ),
    )
  })

  it('has nothing beside its cells', () => {
    const layout = layOutMatrix(3, 10, 40 + 4 * CELL_WIDTH)
    expect([layout.perBand, layout.bands]).toEqual([4, 3])
    expect(cellAt(layout, 10, 40)).toBeUndefined()
    expect(cellAt(layout, 45, 5)).toBeUndefined()
    // The last band has two regions only.
    const { y } = cellCorner(layout, { store: 0, region: 8 })
    expect(cellAt(layout, 40 + 2 * CELL_WIDTH, y)).toBeUndefined()
  })
})

describe('links', () => {
  it('are there once a pair, and know which way is cut or late', () => {
    const cut = [
      { from: 1, to: 2 },
      { from: 2, to: 1 },
      { from: 3, to: 1 },
    ]
    const delayed = [{ from: 3, to: 2, delayMs: 250 }]
    const prompt = { delayForthMs: 0, delayBackMs: 0 }
    expect(allLinks([1, 2, 3], cut, delayed)).toEqual([
      { first: 1, second: 2, isCutForth: true, isCutBack: true, ...prompt },
      { first: 1, second: 3, isCutForth: false, isCutBack: true, ...prompt },
      { first: 2, second: 3, isCutForth: false, isCutBack: false, delayForthMs: 0, delayBackMs: 250 },
    ])
  })

  it('stay in the band between the rows', () => {
    const band = { top: 100, bottom: 200 }
    const x = fc.integer({ min: 0, max: 3000 })
    const y = fc.constantFrom(100, 200)
    fc.assert(
      fc.property(x, y, x, y, (x1, y1, x2, y2) => {
        const { at } = linkCurve({ x: x1, y: y1 }, { x: x2, y: y2 }, band)
        for (const part of [0.25, 0.5, 0.75]) {
          expect(at(part).y).toBeGreaterThan(band.top)
          expect(at(part).y).toBeLessThan(band.bottom)
        }
      }),
    )
  })
})
