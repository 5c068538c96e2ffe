import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import type { RegionRowsPage, RegionRowsQuery } from '../../../../src-main/client/views/region-rows'
import type { Language } from '../../../../src-renderer/app/i18n/i18n'
import { useSessionStore } from '../../../../src-renderer/data/session-store'
import RegionsScreen from '../../../../src-renderer/features/regions/RegionsScreen.vue'
import { closedSession, doorError, FakeDoor } from '../../support/fake-door'
import { somePage, someRegion } from './some-regions'

let door: FakeDoor
let page: RegionRowsPage
let failure: unknown
let queries: RegionRowsQuery[]

beforeEach(() => {
  door = new FakeDoor()
  queries = []
  failure = undefined
  page = somePage(0, 200, 2, {
    rows: [someRegion(80001), someRegion(80002, { leaderStoreId: undefined, concerns: ['no-leader'] })],
    concerns: { 'no-leader': 1, degraded: 0, lagging: 0, 'epoch-differs': 0 },
    sizes: [{ from: 0, to: 4096, count: 2 }],
    stores: [{ storeId: 20001, leaders: 1, copies: 2 }],
  })
  door.answers.set('inspection.regionRows', (query: RegionRowsQuery) => {
    queries.push(query)
    if (failure !== undefined) throw failure
    return page
  })
  door.answers.set('tables.tree', () => [])
})

async function open(address = '/regions', language: Language = 'en') {
  await door.router.push(address)
  const screen = mount(RegionsScreen, { global: { plugins: [door.plugin(language)] }, attachTo: document.body })
  useSessionStore().receive({ ...closedSession, phase: 'running' })
  await flushPromises()
  return screen
}

const cells = (row: { findAll(selector: string): Array<{ text(): string }> }) =>
  row.findAll('[role=gridcell]').map((cell) => cell.text())

describe('the screen of regions', () => {
  it('shows rows under the names that DingoDB gives its fields', async () => {
    const screen = await open()
    const titles = screen.findAll('[role=columnheader]').map((title) => title.text().replace(/[↑↓]$/, ''))
    expect(titles).toEqual(expect.arrayContaining(['REGION_ID', 'REGION_NAME', 'EPOCH', 'LEADER_ID', 'START_KEY']))
    const [first, second] = screen.findAll('[role=row][aria-rowindex]').slice(1)
    expect(cells(first!).slice(0, 3)).toEqual(['80001', 'region_80001', ''])
    // Who leads and who holds a copy comes before what is the same almost everywhere.
    expect(cells(first!).slice(5, 7)).toEqual(['1-2', 'NORMAL'])
    expect(cells(second!)).toContain('no leader')
    const key = first!.findAll('[role=gridcell]').find((cell) => cell.text() === 'users/a')
    expect(key?.attributes('title')).toBe('75736572732f61')
    expect(screen.text()).toContain('2 in all')
  })

  it('asks for what the address says, and writes what is chosen into it', async () => {
    const screen = await open('/regions?concern=no-leader&group=table&sort=lag&order=down&text=users')
    expect(queries.at(-1)).toMatchObject({
      concerns: ['no-leader'],
      groupBy: 'table',
      sortBy: 'lag',
      descending: true,
      text: 'users',
      offset: 0,
      limit: 100,
    })
    await screen.get('button[aria-pressed=true]').trigger('click')
    await flushPromises()
    expect(door.router.currentRoute.value.query['concern']).toBeUndefined()
    expect(queries.at(-1)?.concerns).toEqual([])
  })

  it('opens a region at Enter in the grid, and one whose id was typed', async () => {
    const screen = await open('/regions')
    await screen.get('[role=grid]').trigger('keydown', { key: 'ArrowDown' })
    await screen.get('[role=grid]').trigger('keydown', { key: 'Enter' })
    await flushPromises()
    expect(door.router.currentRoute.value.path).toBe('/regions/80002')
    screen.unmount()
    const again = await open('/regions?text=80001')
    await again.get('input[type=text]').trigger('keydown', { key: 'Enter' })
    await flushPromises()
    expect(door.router.currentRoute.value.path).toBe('/regions/80001')
  })

  it('shows the region that was pressed in the inspector', async () => {
    const screen = await open('/regions?columns=raft')
    await screen.findAll('[role=row][aria-rowindex]')[1]!.trigger('click')
    await flushPromises()
    expect(door.router.currentRoute.value.query).toEqual({ columns: 'raft', inspect: 'region-80001' })
    expect(screen.get('[aria-selected=true]').text()).toContain('80001')
  })

  it('heads each group', async () => {
    page = { ...page, groups: [{ key: '60001', label: 'users', offset: 0, count: 2 }] }
    const screen = await open('/regions?group=table')
    expect(
      screen
        .findAll('[role=row][aria-rowindex]')
        .slice(1)
        .map((row) => cells(row)[0]),
    ).toEqual(['users (2)', '80001', '80002'])
  })

  it('leads to a table where there are no regions, and back to all where none matches', async () => {
    page = somePage(0, 200, 0)
    const empty = await open()
    expect(empty.text()).toContain('No regions yet')
    await empty.get('button:last-of-type').trigger('click')
    empty.unmount()
    page = { ...page, all: 5 }
    const filtered = await open('/regions?text=nothing')
    expect(filtered.text()).toContain('The cluster has 5')
  })

  it('says why the coordinators did not answer, and asks again', async () => {
    failure = doorError({ code: 'RPC_UNAVAILABLE', message: 'No coordinator answers.', details: {} })
    const screen = await open()
    expect(screen.get('article').text()).toContain('RPC_UNAVAILABLE')
    failure = undefined
    await screen.get('article footer button').trigger('click')
    await flushPromises()
    expect(screen.find('article').exists()).toBe(false)
    expect(screen.text()).toContain('80001')
  })

  it('says it in Chinese', async () => {
    const screen = await open('/regions', 'zh-CN')
    expect(screen.text()).toContain('2 个 Region')
    expect(screen.text()).not.toMatch(/regions|Refresh|Columns|Needs/)
  })
})
