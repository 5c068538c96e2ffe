import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bounds } from '../../src-main/electron/window-state'
import { fitToDisplays, readWindowState, writeWindowState } from '../../src-main/electron/window-state'

const primary: Bounds = { x: 0, y: 25, width: 1440, height: 875 }
const right: Bounds = { x: 1440, y: 0, width: 1920, height: 1080 }
const inside = (inner: Bounds, outer: Bounds) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height

describe('where the window opens', () => {
  it('in the middle of the primary display at first', () => {
    const { bounds, maximized } = fitToDisplays(undefined, [primary, right])
    expect(inside(bounds, primary)).toBe(true)
    expect(maximized).toBe(false)
    expect(Math.abs(bounds.x - primary.x - (primary.width - bounds.width) / 2)).toBeLessThanOrEqual(1)
  })

  it('where it was left', () => {
    const bounds = { x: 1600, y: 100, width: 1000, height: 700 }
    expect(fitToDisplays({ bounds, maximized: true }, [primary, right])).toEqual({ bounds, maximized: true })
  })

  it('in the middle of a display that is there, when its own is gone', () => {
    const kept = { bounds: { x: 1600, y: 100, width: 1000, height: 700 }, maximized: false }
    expect(fitToDisplays(kept, [primary]).bounds).toEqual({ x: 220, y: 113, width: 1000, height: 700 })
  })

  it('pulled back when it hangs over an edge', () => {
    const { bounds } = fitToDisplays({ bounds: { x: -300, y: 800, width: 1000, height: 700 }, maximized: false }, [
      primary,
    ])
    expect(bounds).toEqual({ x: 0, y: 200, width: 1000, height: 700 })
  })

  it('always within one display, whatever was kept and whatever is there', () => {
    const bounds = fc.record({
      x: fc.integer({ min: -9000, max: 9000 }),
      y: fc.integer({ min: -9000, max: 9000 }),
      width: fc.integer({ min: 1, max: 9000 }),
      height: fc.integer({ min: 1, max: 9000 }),
    })
    const area = fc.record({
      x: fc.integer({ min: -4000, max: 4000 }),
      y: fc.integer({ min: -4000, max: 4000 }),
      width: fc.integer({ min: 320, max: 5000 }),
      height: fc.integer({ min: 200, max: 3000 }),
    })
    fc.assert(
      fc.property(
        fc.option(bounds, { nil: undefined }),
        fc.array(area, { minLength: 1, maxLength: 3 }),
        (kept, areas) => {
          const state = kept && { bounds: kept, maximized: false }
          const fitted = fitToDisplays(state, areas as [Bounds, ...Bounds[]]).bounds
          expect(areas.some((each) => inside(fitted, each))).toBe(true)
        },
      ),
    )
  })
})

describe('the kept state', () => {
  it('is read back, and a damaged file is as none', () => {
    const directory = mkdtempSync(join(tmpdir(), 'window-state-'))
    const path = join(directory, 'state.json')
    try {
      expect(readWindowState(path)).toBeUndefined()
      const state = { bounds: primary, maximized: true }
      writeWindowState(path, state)
      expect(readWindowState(path)).toEqual(state)
      for (const text of ['{', 'null', '{}', '{"bounds":{"x":1,"y":"2","width":3,"height":4}}', '{"bounds":null}']) {
        writeFileSync(path, text)
        expect(readWindowState(path)).toBeUndefined()
      }
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})
