import { mount } from '@vue/test-utils'
import { nextTick } from 'vue'
import { afterEach, describe, expect, it, vi } from 'vitest'
import DataGrid from '../../../src-renderer/ui/DataGrid.vue'
import { rowsAsText } from '../../../src-renderer/ui/data-grid'
import type { GridColumn } from '../../../src-renderer/ui/data-grid'

interface Row {
  readonly id: number
  readonly name: string
}
const columns: ReadonlyArray<GridColumn<Row>> = [
  { id: 'id', title: 'Id', width: 80, align: 'end', sortable: true, text: ({ id }) => String(id) },
  { id: 'name', title: 'Name', width: 200, text: ({ name }) => name },
]
const rowAt = (index: number): Row => ({ id: index, name: `row ${index}` })

async function grid(props: object = {}) {
  const wrapper = mount(DataGrid<Row>, {
    props: { rowCount: 100_000, rowAt, columns, rowKey: ({ id }: Row) => id, label: 'Rows', ...props },
    attachTo: document.body,
  })
  await nextTick()
  return wrapper
}

afterEach(() => {
  vi.useRealTimers()
})

describe('a grid', () => {
  it('tells assistive technology its size, and draws only what is in view', async () => {
    const wrapper = await grid()
    const root = wrapper.get('[role=grid]')
    expect(root.attributes()).toMatchObject({ 'aria-label': 'Rows', 'aria-rowcount': '100001', 'aria-colcount': '2' })
    const rows = wrapper.findAll('[role=rowgroup]:last-child > [role=row]')
    expect(rows.length).toBeGreaterThan(10)
    expect(rows.length).toBeLessThan(60)
    expect(rows[0]?.attributes('aria-rowindex')).toBe('2')
    expect(rows[1]?.findAll('[role=gridcell]').map((cell) => cell.text())).toEqual(['1', 'row 1'])
    wrapper.unmount()
  })

  it('tells which rows it needs', async () => {
    const wrapper = await grid()
    const [first] = wrapper.emitted('visible')?.at(-1) as [{ from: number; to: number }]
    expect(first.from).toBe(0)
    expect(first.to).toBeGreaterThan(10)
    wrapper.unmount()
  })

  it('moves by keys, selects by Space and opens by Enter', async () => {
    const wrapper = await grid()
    const root = wrapper.get('[role=grid]')
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'ArrowDown', ' ']) await root.trigger('keydown', { key })
    expect(wrapper.emitted('select')).toEqual([[rowAt(2)]])
    expect(wrapper.get(`#${root.attributes('aria-activedescendant')}`).attributes('aria-rowindex')).toBe('4')
    await root.trigger('keydown', { key: 'End' })
    await root.trigger('keydown', { key: 'Enter' })
    await root.trigger('keydown', { key: 'Home' })
    await root.trigger('keydown', { key: 'ArrowUp' })
    await root.trigger('keydown', { key: 'Enter' })
    expect(wrapper.emitted('open')).toEqual([[rowAt(99_999)], [rowAt(0)]])
    wrapper.unmount()
  })

  it('leaves keys with Ctrl to the shell', async () => {
    const wrapper = await grid()
    const event = new KeyboardEvent('keydown', { key: 'ArrowDown', ctrlKey: true, cancelable: true })
    wrapper.get('[role=grid]').element.dispatchEvent(event)
    expect(event.defaultPrevented).toBe(false)
    wrapper.unmount()
  })

  it('sorts by the title, the other way round at the second time', async () => {
    const wrapper = await grid({ sort: { id: 'id', descending: false } })
    const [id, name] = wrapper.findAll('[role=columnheader]')
    expect(id?.attributes('aria-sort')).toBe('ascending')
    expect(name?.attributes('aria-sort')).toBeUndefined()
    await id?.get('button').trigger('click')
    expect(wrapper.emitted('sort')).toEqual([[{ id: 'id', descending: true }]])
    wrapper.unmount()
  })

  it('draws rows that have not come as busy, and neither selects nor opens them', async () => {
    const wrapper = await grid({ rowAt: () => undefined, rowCount: 3 })
    const row = wrapper.get('[role=rowgroup]:last-child > [role=row]')
    expect(row.attributes('aria-busy')).toBe('true')
    await row.trigger('click')
    await row.trigger('dblclick')
    expect(wrapper.emitted('select') ?? wrapper.emitted('open')).toBeUndefined()
    wrapper.unmount()
  })

  it('keeps what it drew out of sight until another row has come, and draws that in the same cells', async () => {
    const draws: number[] = []
    const name = ({ row }: { row: Row }) => {
      draws.push(row.id)
      return row.name
    }
    const wrapper = mount(DataGrid<Row>, {
      props: { rowCount: 1, rowAt, columns, rowKey: ({ id }: Row) => id, label: 'Rows' },
      slots: { 'cell-name': name },
    })
    await nextTick()
    const row = wrapper.get('[role=rowgroup]:last-child > [role=row]')
    const cell = row.get('[aria-colindex="1"]').element
    expect(row.classes()).not.toContain('waiting')
    await wrapper.setProps({ rowAt: () => undefined })
    expect(row.classes()).toContain('waiting')
    expect(row.attributes('aria-busy')).toBe('true')
    expect(row.text()).toContain('row 0')
    expect(draws).toEqual([0])
    await wrapper.setProps({ rowAt: () => rowAt(7) })
    expect(row.classes()).not.toContain('waiting')
    expect(row.get('[aria-colindex="1"]').element).toBe(cell)
    expect(row.findAll('[role=gridcell]').map((each) => each.text())).toEqual(['7', 'row 7'])
    wrapper.unmount()
  })

  it('moves no row in the document while it scrolls, and has them in reading order afterwards', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const wrapper = await grid()
    const rows = () => wrapper.findAll('[role=rowgroup]:last-child > [role=row]')
    const places = () => rows().map((row) => Number(row.attributes('aria-rowindex')))
    const scroller = wrapper.get('[role=grid]')
    const scrollBy = async (px: number) => {
      scroller.element.scrollTop += px
      await scroller.trigger('scroll')
      await nextTick()
    }
    // From the top there are no rows above the view yet.
    await scrollBy(2800)
    const before = rows().map((row) => row.element)
    await scrollBy(280)
    expect(rows().map((row) => row.element)).toEqual(before)
    const ascending = places().toSorted((one, other) => one - other)
    expect(places()).not.toEqual(ascending)
    vi.advanceTimersByTime(1000)
    await nextTick()
    expect(places()).toEqual(ascending)
    wrapper.unmount()
  })

  it('draws rows empty while whole screens of very many rush by, and whole again at rest', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    for (const [rowCount, isBusy] of [
      [100_000, true],
      [5_000, false],
    ] as const) {
      const wrapper = await grid({ rowCount })
      const scroller = wrapper.get('[role=grid]').element
      let timeStamp = 1_000
      const scrollBy = async (px: number) => {
        scroller.scrollTop += px
        timeStamp += 17
        scroller.dispatchEvent(Object.defineProperty(new Event('scroll'), 'timeStamp', { value: timeStamp }))
        await nextTick()
      }
      const busyRows = () => wrapper.findAll('.grid-body > [aria-busy]').length
      await scrollBy(6_000)
      expect(busyRows()).toBe(0)
      await scrollBy(6_000)
      expect(busyRows() > 0).toBe(isBusy)
      await vi.advanceTimersByTimeAsync(1_000)
      expect(busyRows()).toBe(0)
      wrapper.unmount()
    }
  })

  it('has a class that no holder has styles for: these would reach it, and keep it from scrolling', async () => {
    const wrapper = await grid()
    const [own] = wrapper.get('[role=grid]').classes()
    const sources = import.meta.glob<string>('../../../src-renderer/**/*.{vue,css}', {
      query: '?raw',
      import: 'default',
      eager: true,
    })
    const holders = Object.entries(sources).filter(([, text]) => new RegExp(`\\.${own}\\b(?!-)`).test(text))
    expect(holders.map(([path]) => path.replace(/^.*\//, ''))).toEqual(['DataGrid.vue'])
    wrapper.unmount()
  })

  it('marks the selected row, wherever it stands', async () => {
    const wrapper = await grid({ selectedKey: 3 })
    const selected = wrapper.findAll('[aria-selected=true]')
    expect(selected.map((row) => row.attributes('aria-rowindex'))).toEqual(['5'])
    wrapper.unmount()
  })
})

describe('columns', () => {
  it('are copied between tabs', () => {
    expect(rowsAsText(columns, [{ id: 1, name: 'a\tb' }])).toBe('Id\tName\n1\ta b')
  })
})
