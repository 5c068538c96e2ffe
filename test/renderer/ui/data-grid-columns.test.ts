import { describe, expect, it } from 'vitest'
import { columnsInView } from '../../../src-renderer/ui/data-grid'
import type { GridColumn } from '../../../src-renderer/ui/data-grid'

const column = (id: string, width: number, grow = false): GridColumn<string> => ({
  id,
  title: id,
  width,
  ...(grow ? { grow } : {}),
  text: (row) => row,
})
const many = Array.from({ length: 40 }, (_, at) => column(`c${at}`, 100))
const shown = (scrolledPx: number, widthPx: number) =>
  columnsInView(many, scrolledPx, widthPx).map(({ column: { id } }) => id)

describe('the columns in view', () => {
  it('are all of them while the width is not known, or when they have room', () => {
    expect(columnsInView(many, 0, 0)).toHaveLength(40)
    expect(columnsInView(many, 0, 5000)).toHaveLength(40)
  })

  it('are those in view and a little beyond, each in its place', () => {
    expect(shown(0, 500)).toEqual(['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7'])
    const [first] = columnsInView(many, 2000, 500)
    expect(first).toMatchObject({ place: 19, leftPx: 1800, style: 'flex: 0 0 100px' })
    expect(shown(3500, 500).at(-1)).toBe('c39')
  })

  it('take what is left over: those that grow, else the last', () => {
    const flex = (columns: ReadonlyArray<GridColumn<string>>) =>
      columnsInView(columns, 0, 1000).map((each) => each.style)
    expect(flex([column('a', 50, true), column('b', 60)])).toEqual(['flex: 1 0 50px', 'flex: 0 0 60px'])
    expect(flex([column('a', 50), column('b', 60)])).toEqual(['flex: 0 0 50px', 'flex: 1 0 60px'])
  })
})
