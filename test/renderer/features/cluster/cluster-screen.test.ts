import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
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

  it('writes the delay on links that are late, in the picture and in its tables', async () => {
    const delayedLinks = [
      { from: 20_001, to: 20_002, delayMs: 250 },
      { from: 20_002, to: 20_001, delayMs: 250 },
      { from: 20_003, to: 20_001, delayMs: 1_500 },
    ]
    const page = await open({ ...someSession(), delayedLinks })
    const texts = page.findAll('g.delay').map((text) => [text.attributes('data-delay'), text.text()])
    expect(new Map(texts as Array<[string, string]>)).toEqual(
      new Map([
        ['20001-20002', '250 ms'],
        ['20001-20003', 'S3 → S1: 1.50 s'],
      ]),
    )
    expect(page.findAll('g.late')).toHaveLength(2)
    expect(page.find('.heal').exists()).toBe(true)
    await page.get('input[type=radio][value=table]').setValue()
    const table = page.findAll('table').find((each) => each.text().includes('Delayed links'))
    expect(table?.findAll('tbody tr').map((row) => row.findAll('td').map((cell) => cell.text()))).toEqual([
      ['S1', 'S2', '250 ms'],
      ['S2', 'S1', '250 ms'],
      ['S3', 'S1', '1.50 s'],
    ])
    page.unmount()
  })

  it('sets and clears the delay of a link, within its bounds', async () => {
    door.answers.set('nodes.delayLink', () => undefined)
    const page = await open({ ...someSession(), delayedLinks: [{ from: 20_002, to: 20_001, delayMs: 40 }] })
    await door.router.push('/cluster?link=20001-20002')
    await flushPromises()
    const dialog = () => document.querySelector('[role=dialog]') as HTMLElement
    const press = async (name: string) => {
      const button = [...dialog().querySelectorAll('button')].find((each) => each.textContent.trim() === name)
      button?.click()
      await flushPromises()
    }
    const field = () => dialog().querySelector<HTMLInputElement>('[role=spinbutton]') as HTMLInputElement
    const type = async (text: string) => {
      await new DOMWrapper(field()).setValue(text)
      await flushPromises()
    }
    expect(dialog().textContent).toContain('What S2 sends to S1 arrives 40.0 ms late.')
    await press('Set delay')
    expect(document.getElementById(field().getAttribute('aria-describedby') ?? '')?.textContent).toContain('up to')
    for (const wrong of ['-1', '0', '60001', 'soon']) {
      await type(wrong)
      expect(field().getAttribute('aria-invalid')).toBe('true')
    }
    const asked = () => door.calls.filter(({ procedure }) => procedure === 'nodes.delayLink').map(({ input }) => input)
    await type('250')
    expect(field().getAttribute('aria-invalid')).toBeNull()
    expect(asked()).toEqual([])
    await new DOMWrapper(dialog().querySelector('form') as HTMLFormElement).trigger('submit')
    await flushPromises()
    expect(asked()).toEqual([{ from: 20_001, to: 20_002, direction: 'both', delayMs: 250 }])
    expect(page.get('.deeds').text()).toContain('The link S1 – S2 was delayed by 250 ms.')
    await door.router.push('/cluster?link=20001-20002')
    await flushPromises()
    const oneWay = () => new DOMWrapper(dialog().querySelector<HTMLInputElement>('[value=back]') as HTMLInputElement)
    await oneWay().setValue()
    await type('40')
    await press('Set delay')
    expect(asked().slice(1)).toEqual([{ from: 20_002, to: 20_001, direction: 'one-way', delayMs: 40 }])
    await door.router.push('/cluster?link=20001-20002')
    await flushPromises()
    // Whichever way is chosen: whoever clears a delay wants none left.
    await oneWay().setValue()
    await press('Clear delay')
    expect(asked()[2]).toMatchObject({ direction: 'both', delayMs: 0 })
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
