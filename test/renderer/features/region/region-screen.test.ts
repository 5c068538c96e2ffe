import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ClusterOverview } from '../../../../src-main/client/views/overview'
import type { RegionDetail } from '../../../../src-main/client/views/region-detail'
import type { Language } from '../../../../src-renderer/app/i18n/i18n'
import { useOverviewStore } from '../../../../src-renderer/data/overview-store'
import RegionScreen from '../../../../src-renderer/features/region/RegionScreen.vue'
import { doorError, FakeDoor } from '../../support/fake-door'
import { someDetail, someFields } from './some-detail'

let door: FakeDoor
let detail: RegionDetail
let failure: unknown
let asked: number

beforeEach(() => {
  door = new FakeDoor()
  asked = 0
  failure = undefined
  detail = someDetail({ differing: ['version'] }, [someFields(), someFields({ version: 2 }), undefined])
  door.answers.set('inspection.regionDetail', () => {
    asked += 1
    if (failure !== undefined) throw failure
    return detail
  })
})

async function open(address = '/regions/80001', language: Language = 'en') {
  await door.router.push(address)
  const screen = mount(RegionScreen, { global: { plugins: [door.plugin(language)] }, attachTo: document.body })
  await flushPromises()
  return screen
}

function overviewAt(takenAtMs: number, leaderStoreId = 20001): ClusterOverview {
  const tile = {
    regionId: 80001,
    name: '',
    state: '',
    tableId: 1,
    tableName: '',
    term: 1,
    storeIds: [],
    learnerStoreIds: [],
  }
  return {
    takenAtMs,
    coordinators: [],
    stores: [],
    regionCount: 1,
    regionsWithLeader: 1,
    tableCount: 1,
    tiles: [{ ...tile, leaderStoreId, concerns: [] }],
    concerns: { 'no-leader': 0, degraded: 0, lagging: 0, 'epoch-differs': 0 },
    error: undefined,
  }
}

describe('the screen of a region', () => {
  it('puts replicas beside the coordinators and marks who differs, for the ear, too', async () => {
    const screen = await open()
    const marked = screen.findAll('td.differs').map((cell) => cell.text())
    expect(marked).toHaveLength(1)
    expect(marked[0]).toMatch(/≠.*Differs:.*2/s)
    expect(screen.get('td.silent').text()).toMatch(/The store does not answer.*RPC_UNAVAILABLE/s)
  })

  it('keeps its part in the address', async () => {
    const screen = await open('/regions/80001?tab=peers')
    expect(screen.get('[role=tab][aria-selected=true]').text()).toBe('Peers and jobs')
    await screen.findAll('[role=tab]')[3]!.trigger('click')
    await flushPromises()
    expect(door.router.currentRoute.value.query['tab']).toBe('state')
    expect(screen.findAll('.state.present')).toHaveLength(2)
  })

  it.each(['raft', 'log'])(
    'says why a region without Raft has nothing under %s, and asks nobody for it',
    async (tab) => {
      detail = someDetail({ row: { ...someDetail().row, storeEngine: 'STORE_ENG_MONO_STORE' } }, [someFields()])
      const screen = await open(`/regions/80001?tab=${tab}`)
      expect(screen.text()).toContain('This region has no Raft group')
      expect(door.calls.map(({ procedure }) => procedure)).toEqual(['inspection.regionDetail'])
      await screen.get('.empty-state button').trigger('click')
      await flushPromises()
      expect(door.router.currentRoute.value.fullPath).toBe('/engine?store=20001')
    },
  )

  it('is read anew when the overview tells something else of the region, or when it is old', async () => {
    await open()
    const overview = useOverviewStore()
    overview.receive(overviewAt(1100))
    await flushPromises()
    expect(asked).toBe(2)
    overview.receive(overviewAt(1200))
    await flushPromises()
    expect(asked).toBe(2)
    overview.receive(overviewAt(1300, 20002))
    await flushPromises()
    expect(asked).toBe(3)
    overview.receive(overviewAt(4000, 20002))
    await flushPromises()
    expect(asked).toBe(4)
  })

  it('shows what was known last of a region that was deleted, and asks no more', async () => {
    const screen = await open()
    failure = doorError({ code: 'CLIENT_NOT_FOUND', message: 'There is no region 80001.', details: {} })
    useOverviewStore().receive(overviewAt(9000))
    await flushPromises()
    expect(screen.get('[role=status]').text()).toContain('This region was deleted')
    expect(screen.find('td.differs').exists()).toBe(true)
    useOverviewStore().receive(overviewAt(20_000))
    await flushPromises()
    expect(asked).toBe(2)
  })

  it('leads back from a region that never was', async () => {
    failure = doorError({ code: 'CLIENT_NOT_FOUND', message: 'There is no region 80001.', details: {} })
    const screen = await open()
    expect(screen.text()).toContain('The coordinators know no R80001')
    await screen.get('button').trigger('click')
    await flushPromises()
    expect(door.router.currentRoute.value.path).toBe('/regions')
  })

  it('says it in Chinese', async () => {
    const screen = await open('/regions/80001?tab=state', 'zh-CN')
    expect(screen.text()).toContain('Coordinator 记录的状态')
    expect(screen.text()).not.toMatch(/Replicas|Leader\b(?!（)|State|Refresh/)
  })
})
