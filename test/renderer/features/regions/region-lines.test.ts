import { describe, expect, it } from 'vitest'
import { RegionLines } from '../../../../src-renderer/features/regions/region-lines'

const groups = [
  { key: 'a', label: 'a', offset: 0, count: 2 },
  { key: 'b', label: 'b', offset: 2, count: 1 },
  { key: 'c', label: 'c', offset: 3, count: 2 },
]

describe('the lines of the grid', () => {
  it('are the rows, without groups', () => {
    const lines = new RegionLines([], 5)
    expect(lines.count).toBe(5)
    expect([0, 1, 4].map((line) => lines.at(line))).toEqual([0, 1, 4])
    expect(lines.rowsBetween(1, 4)).toEqual({ from: 1, to: 4 })
  })

  it('have a heading before the rows of each group', () => {
    const lines = new RegionLines(groups, 5)
    expect(lines.count).toBe(8)
    expect(Array.from({ length: 8 }, (_, line) => lines.at(line))).toEqual([
      groups[0],
      0,
      1,
      groups[1],
      2,
      groups[2],
      3,
      4,
    ])
  })

  it('tell which rows a stretch shows', () => {
    const lines = new RegionLines(groups, 5)
    expect(lines.rowsBetween(0, 8)).toEqual({ from: 0, to: 5 })
    expect(lines.rowsBetween(3, 5)).toEqual({ from: 2, to: 3 })
    expect(lines.rowsBetween(6, 8)).toEqual({ from: 3, to: 5 })
  })
})
