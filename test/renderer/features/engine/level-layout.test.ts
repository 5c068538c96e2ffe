import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layOutLevels } from '../../../../src-renderer/features/engine/level-layout'
import { someFamily, someFile } from '../../support/engine-views'

const layOut = (...files: Parameters<typeof someFamily>[1]) => layOutLevels(someFamily('default', files))
const bytesOf = (text: string) => new TextEncoder().encode(text)

describe('the picture of the levels', () => {
  it('has a row for level 0, one for every level with files, and one for those between them', () => {
    const { rows } = layOut(someFile('1.sst', 0, 'a', 'b'), someFile('2.sst', 3, 'a', 'z'))
    expect(rows.map(({ level, lastLevel, bars }) => [level, lastLevel, bars.length])).toEqual([
      [0, 0, 1],
      [1, 2, 0],
      [3, 3, 1],
    ])
    expect(layOut(someFile('1.sst', 2, 'a', 'b')).rows.map(({ level, lastLevel }) => [level, lastLevel])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ])
  })

  it('has level 0 alone where there are no files', () => {
    const { rows, position } = layOut()
    expect(rows.map(({ level, lanes }) => [level, lanes])).toEqual([[0, 1]])
    expect(position(bytesOf('a'))).toBeUndefined()
  })

  it('puts files that overlap below each other, and the others beside each other', () => {
    const { rows } = layOut(
      someFile('1.sst', 0, 'a', 'k'),
      someFile('2.sst', 0, 'f', 'z'),
      someFile('3.sst', 0, 'l', 'm'),
    )
    expect(rows[0]?.bars.map(({ file, lane }) => [file.name, lane])).toEqual([
      ['1.sst', 0],
      ['2.sst', 1],
      ['3.sst', 0],
    ])
    expect(rows[0]?.lanes).toBe(2)
  })

  it('draws a file as high as its share of the largest', () => {
    const { rows } = layOut(someFile('1.sst', 0, 'a', 'b', 100), someFile('2.sst', 1, 'a', 'b', 400))
    expect(rows.flatMap(({ bars }) => bars.map(({ size }) => size))).toEqual([0.25, 1])
  })

  it('places a key over exactly the files whose range covers it', () => {
    const file = fc.tuple(
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 3 }),
    )
    fc.assert(
      fc.property(fc.array(file, { minLength: 1, maxLength: 20 }), fc.integer({ min: 0, max: 80 }), (made, at) => {
        const name = (number: number) => `key-${String(number).padStart(3, '0')}`
        const { rows, position } = layOut(
          ...made.map(([from, more, level], place) => someFile(String(place), level, name(from), name(from + more))),
        )
        const shown = position(bytesOf(name(at))) ?? NaN
        for (const { file, left, width } of rows.flatMap(({ bars }) => bars)) {
          const covers = file.smallestText <= name(at) && name(at) <= file.largestText
          expect(left < shown && shown < left + width).toBe(covers)
        }
      }),
    )
  })

  it('never lets two files of one lane touch', () => {
    const file = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 20 }))
    fc.assert(
      fc.property(fc.array(file, { maxLength: 30 }), (made) => {
        const { rows } = layOut(
          ...made.map(([from, more], place) =>
            someFile(String(place), 0, `k${String(from + 100)}`, `k${String(from + more + 100)}`),
          ),
        )
        const bars = rows[0]?.bars ?? []
        for (const one of bars) {
          for (const other of bars) {
            if (one === other || one.lane !== other.lane) continue
            const apart = one.left + one.width <= other.left + 1e-9 || other.left + other.width <= one.left + 1e-9
            expect(apart).toBe(true)
          }
        }
      }),
    )
  })
})
