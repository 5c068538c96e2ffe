import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Language } from '../../../../src-renderer/app/i18n/i18n'
import { useNodeControlStore } from '../../../../src-renderer/data/node-control-store'
import { useSessionStore } from '../../../../src-renderer/data/session-store'
import ClusterScreen from '../../../../src-renderer/features/cluster/ClusterScreen.vue'
import type { ClusterOverview } from '../../../../src-main/client/views/overview'
import { someOverview, someSession, someTile } from '../../support/cluster-scene'
import { doorError, FakeDoor } from '../../support/fake-door'

let door: FakeDoor
beforeEach(() => {
  door = new FakeDoor()
})

async function open(
  session = someSession(),
  overview: ClusterOverview | undefined = someOverview([someTile(80_001), someTile(80_002)]),
  { language = 'en' as Language, address = '/cluster' } = {},
) {
  if (overview !== undefined) door.answers.set('inspection.overview', () => overview)
  door.session = session
  await door.router.push(address)
  const page = mount(ClusterScreen, { global: { plugins: [door.plugin(language)] }, attachTo: document.body })
  await useSessionStore().load()
  await flushPromises()
  return page
}

describe('the cluster screen', () => {
  it('shows nodes, the leader with its term, and a tile for every replica', async () => {
    const page = await open()
    expect(page.findAll('[data-node]').map((node) => node.attributes('aria-label'))).toEqual([
      'coordinator-1',
      'coordinator-2',
      'coordinator-3',
      'store-1',
      'store-2',
      'store-3',
    ])
    expect(page.get('[data-node="22002"]').text()).toMatch(/Leader.*term 3/s)
    expect(page.findAll('.tile')).toHaveLength(6)
    // The figure itself would stand still until something else changes.
    expect(page.get('[data-node="20001"] .standing').attributes('title')).toBe('Heartbeat: under 3 s ago')
    expect(page.get('[data-tile="20001-80001"]').text()).toBe('R80001')
    expect(page.get('[data-tile="20001-80001"] .letter').attributes('data-letter')).toBe('L')
    expect(page.get('[data-tile="20002-80001"]').attributes('aria-label')).toBe(
      'R80001 on S2: follower · table users · term 2',
    )
    page.unmount()
  })

  it('inspects on a click, and opens the region on a double click', async () => {
    const page = await open()
    await page.get('[data-tile="20002-80002"]').trigger('click')
    await flushPromises()
    expect(door.router.currentRoute.value.query['inspect']).toBe('region-80002')
    await page.get('[data-tile="20002-80002"]').trigger('dblclick')
    await flushPromises()
    expect(door.router.currentRoute.value.path).toBe('/regions/80002')
    page.unmount()
  })

  it('lights up all replicas of the region that is pointed at', async () => {
    const page = await open()
    await page.get('[data-tile="20001-80001"]').trigger('pointerenter')
    expect(page.findAll('.tile.lit').map((tile) => tile.attributes('data-tile'))).toEqual([
      '20001-80001',
      '20002-80001',
      '20003-80001',
    ])
    page.unmount()
  })

  it('moves between replicas by the arrow keys, with one tile in the order of the tab key', async () => {
    const page = await open()
    const entrances = () => page.findAll('.tile[tabindex="0"]').map((tile) => tile.attributes('data-tile'))
    expect(entrances()).toEqual(['20001-80001'])
    await page.get('[data-tile="20001-80001"]').trigger('keydown', { key: 'ArrowRight' })
    await flushPromises()
    expect(entrances()).toEqual(['20002-80001'])
    await page.get('[data-tile="20002-80001"]').trigger('keydown', { key: 'ArrowDown' })
    await flushPromises()
    expect(document.activeElement?.getAttribute('data-tile')).toBe('20002-80002')
    page.unmount()
  })

  it('draws cut links, and heals them all on request', async () => {
    door.answers.set('nodes.healAll', () => undefined)
    const cutLinks = [
      { from: 20_001, to: 20_003 },
      { from: 22_001, to: 22_002 },
      { from: 22_002, to: 22_001 },
    ]
    const page = await open({ ...someSession(), cutLinks })
    expect(page.findAll('g.cut').map((link) => link.attributes('data-link'))).toEqual(['22001-22002', '20001-20003'])
    await page.get('.heal').trigger('click')
    await flushPromises()
    expect(door.calls.map(({ procedure }) => procedure)).toContain('nodes.healAll')
    expect(page.get('.deeds').text()).toContain('All links were healed.')
    page.unmount()
  })

  it('says that there are no tables, with the way to make one', async () => {
    const page = await open(someSession(), someOverview([]))
    expect(page.text()).toContain('No tables yet')
    await page.get('.empty-state button').trigger('click')
    await flushPromises()
    expect(door.router.currentRoute.value.path).toBe('/tables/new')
    page.unmount()
  })

  it('keeps what was known when the coordinators do not answer, and says so', async () => {
    const error = { code: 'RPC_UNAVAILABLE' as const, message: 'None of them answers.', details: {} }
    const page = await open(someSession({ 22_001: 'killed' }), { ...someOverview([someTile(80_001)]), error })
    expect(page.get('article.error-card').text()).toMatch(/coordinators do not answer.*None of them answers/s)
    expect(page.findAll('.tile')).toHaveLength(3)
    expect(page.find('.stale .tile').exists()).toBe(true)
    expect(page.get('[data-node="22001"]').text()).toContain('Killed')
    page.unmount()
  })

  it('shows why a node failed, and starts it again', async () => {
    door.answers.set('nodes.start', () => undefined)
    const session = someSession({ 20_002: 'failed' })
    const lastError = { code: 'RAFT_LOG_DAMAGED' as const, message: 'Index 7 is damaged.', details: {} }
    const nodes = session.nodes.map((node) => (node.nodeId === 20_002 ? { ...node, lastError } : node))
    const page = await open({ ...session, nodes })
    expect(page.get('.failures').text()).toMatch(/store-2 failed.*Index 7 is damaged.*\/w\/store-2/s)
    await page.get('.failures footer button').trigger('click')
    expect(door.calls.at(-1)).toEqual({ procedure: 'nodes.start', input: { nodeId: 20_002 } })
    page.unmount()
  })

  it('is a matrix for many regions, and a table on request', async () => {
    const page = await open(someSession(), someOverview(Array.from({ length: 40 }, (_, at) => someTile(80_001 + at))))
    expect(page.find('.tile').exists()).toBe(false)
    expect(page.find('svg[aria-label="Matrix of stores and Regions"]').exists()).toBe(true)
    await page.get('.switch input[value="table"]').setValue()
    expect(page.findAll('.tables tbody tr')).toHaveLength(6 + 40)
    page.unmount()
  })

  it('speaks Chinese', async () => {
    const page = await open(someSession({ 20_001: 'killed' }), undefined, { language: 'zh-CN' })
    expect(page.text()).toContain('已强杀')
    expect(page.text()).not.toMatch(/Running|Killed|Leader ·/)
    page.unmount()
  })
})

describe('what the person did', () => {
  it('is told with how it went; a failure stays until it is dismissed', async () => {
    const page = await open()
    const refuse = () => {
      throw doorError({ code: 'NODE_WRONG_STATE', message: 'store-1 is paused.', details: {} })
    }
    door.answers.set('nodes.start', refuse)
    await useNodeControlStore().onNode('start', 20_001)
    await flushPromises()
    expect(page.get('.deeds article').text()).toMatch(/S1 could not be started.*NODE_WRONG_STATE.*store-1 is paused/s)
    await page.get('.deeds article footer button').trigger('click')
    expect(page.find('.deeds article').exists()).toBe(false)
    page.unmount()
  })
})
