import { flushPromises, mount } from '@vue/test-utils'
import { defineComponent, h, onUnmounted } from 'vue'
import { useRoute } from 'vue-router'
import { beforeEach, describe, expect, it } from 'vitest'
import App from '../../../src-renderer/app/App.vue'
import { findCommand, provideCommands } from '../../../src-renderer/app/commands/command-registry'
import { useClusterLogStore } from '../../../src-renderer/app/panel/cluster-log-store'
import { useConnectionStore } from '../../../src-renderer/data/connection-store'
import { useSessionStore } from '../../../src-renderer/data/session-store'
import type { SessionView } from '../../../src-main/sandbox/session/session-view'
import { useNodeControlStore } from '../../../src-renderer/data/node-control-store'
import { useTableJobsStore } from '../../../src-renderer/data/table-jobs-store'
import type { TableJob } from '../../../src-main/client/views/tables'
import { FakeDoor, closedSession, doorError } from '../support/fake-door'

const store = {
  nodeId: 20001,
  role: 'store',
  name: 'store-1',
  mount: 'worker',
  serverAddress: 'a:1',
  raftAddress: 'a:2',
}
const running = {
  ...closedSession,
  phase: 'running',
  topology: { coordinators: 3, stores: 3 },
  nodes: [{ ...store, state: 'running', directory: '/w/store-1', lastError: undefined }],
  capabilities: { control: true, pause: true, write: true },
} as unknown as SessionView

let door: FakeDoor
let left: string[]
/** A screen that shows the address it sees, and tells when it ends. */
const Probe = defineComponent({
  setup() {
    const route = useRoute()
    const { path } = route
    onUnmounted(() => left.push(path))
    return () => h('p', { class: 'probe' }, route.fullPath)
  },
})

beforeEach(() => {
  window.sessionStorage.clear()
  window.localStorage.clear()
  left = []
  door = new FakeDoor()
  for (const name of ['start', 'regions', 'tables']) door.router.addRoute({ path: `/${name}`, name, component: Probe })
})

async function open(address: string, session: SessionView) {
  door.session = session
  await door.router.push(address)
  const page = mount(App, { global: { plugins: [door.plugin()] }, attachTo: document.body })
  await useConnectionStore().connect()
  await flushPromises()
  return page
}

describe('the shell', () => {
  it('leads to Start from a screen that shows a cluster while there is none', async () => {
    const page = await open('/regions', closedSession)
    expect(page.find('.probe').exists()).toBe(false)
    expect(page.get('main').text()).toContain('No cluster is open')
    await page.get('main button').trigger('click')
    await flushPromises()
    expect(page.get('main .probe').text()).toBe('/start')
    page.unmount()
  })

  it('says quietly how far the start is', async () => {
    const progress = { phase: 'nodes', done: 2, total: 6, elapsedMs: 10 } as const
    const page = await open('/regions', { ...running, phase: 'starting', progress })
    expect(page.get('main').text()).toContain('Starting nodes: 2 of 6')
    page.unmount()
  })

  it('keeps the screens of open tabs as they were left, and ends those of closed ones', async () => {
    const page = await open('/regions?text=a', running)
    await door.router.push('/tables?text=b')
    await flushPromises()
    await page.get('nav[aria-label="Open tabs"] a').trigger('click')
    await flushPromises()
    expect(page.get('main .probe').text()).toBe('/regions?text=a')
    expect(left).toEqual([])
    await page.get('button[aria-label="Close Tables"]').trigger('click')
    await flushPromises()
    expect(left).toEqual(['/tables'])
    page.unmount()
  })

  it('closes the tabs of what was dropped, but never the one in view', async () => {
    for (const name of ['table', 'region']) door.router.removeRoute(name)
    door.router.addRoute({ path: '/tables/:tableId', name: 'table', component: Probe })
    door.router.addRoute({ path: '/regions/:regionId', name: 'region', component: Probe })
    const page = await open('/tables/7', running)
    for (const address of ['/regions/80001', '/regions/80009', '/regions/80002']) await door.router.push(address)
    const region = (regionId: number) => ({
      regionId,
      partitionId: 1,
      state: '',
      leaderStoreId: undefined,
      storeIds: [],
    })
    const drop = { jobId: 'd', kind: 'drop', tableId: 7, state: 'running', startedAtMs: 1, regions: [] }
    const receive = (change: object) => useTableJobsStore().receive({ ...drop, ...change } as unknown as TableJob)
    receive({ regions: [region(80_001), region(80_002)] })
    receive({ regions: [region(80_002)] })
    receive({ state: 'done' })
    await flushPromises()
    const titles = page.findAll('nav[aria-label="Open tabs"] a').map((tab) => tab.text())
    expect(titles).toEqual(['R80009', 'R80002'])
    expect(page.get('main .probe').text()).toBe('/regions/80002')
    page.unmount()
  })

  it('tells on every screen what was done to a node in vain', async () => {
    door.answers.set('nodes.kill', () => {
      throw doorError({ code: 'NODE_WRONG_STATE', message: 'store-1 is stopped.', details: {} })
    })
    const page = await open('/regions', running)
    await useNodeControlStore().onNode('kill', 20_001)
    await flushPromises()
    expect(page.get('.notice').text()).toMatch(/could not be killed.*store-1 is stopped/s)
    page.unmount()
  })

  it('makes screens anew when another cluster is open', async () => {
    const page = await open('/regions', running)
    useSessionStore().receive(closedSession)
    await flushPromises()
    useSessionStore().receive(running)
    await flushPromises()
    expect(left).toEqual(['/regions'])
    expect(page.get('main .probe').text()).toBe('/regions')
    page.unmount()
  })

  it('shows in the inspector what the address says, with what can be done to it', async () => {
    const page = await open('/regions?inspect=store-20001', running)
    const inspector = page.get('aside[aria-label="Inspector"]')
    expect(inspector.text()).toContain('/w/store-1')
    await inspector.get('button[aria-label="Close the inspector"]').trigger('click')
    await flushPromises()
    expect(door.router.currentRoute.value.fullPath).toBe('/regions')
    page.unmount()
  })

  it('tells what happens to nodes, and by whom', async () => {
    const page = await open('/regions', running)
    const [node] = running.nodes
    useSessionStore().receive({ ...running, nodes: [{ ...node!, state: 'killed' }] })
    expect(useClusterLogStore().events[0]).toMatchObject({
      what: { kind: 'node', name: 'store-1', state: 'killed' },
      tone: 'person',
      entity: { kind: 'store', storeId: 20001 },
    })
    page.unmount()
  })

  it('opens palette, panel and help by their keys, and goes to screens by their numbers', async () => {
    const page = await open('/regions', running)
    const press = async (key: string, held: KeyboardEventInit = {}) => {
      const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...held })
      document.body.dispatchEvent(event)
      await flushPromises()
      return event.defaultPrevented
    }
    expect(await press('j', { ctrlKey: true })).toBe(true)
    expect(page.get('section[aria-label="Panel"] [role=tab][aria-selected=true]').text()).toBe('Events')
    await press('1', { ctrlKey: true })
    expect(page.get('main .probe').text()).toBe('/start')
    await press('P', { ctrlKey: true, shiftKey: true })
    const options = () => [...document.querySelectorAll('[role=dialog] [role=option]')].map((each) => each.textContent)
    expect(options().some((text) => text?.includes('Close tab'))).toBe(true)
    page.unmount()
  })

  it('offers the commands of the screen in view, and not those of tabs behind it', async () => {
    const Finder = defineComponent({
      setup() {
        const { path } = useRoute()
        provideCommands([{ id: `find${path}`, title: () => path, group: 'go', run: () => undefined }])
        return () => h('p')
      },
    })
    for (const name of ['regions', 'tables']) {
      door.router.removeRoute(name)
      door.router.addRoute({ path: `/${name}`, name, component: Finder })
    }
    const page = await open('/regions', running)
    const offered = () => ['find/regions', 'find/tables'].filter((id) => findCommand(id) !== undefined)
    expect(offered()).toEqual(['find/regions'])
    await door.router.push('/tables')
    await flushPromises()
    expect(offered()).toEqual(['find/tables'])
    await door.router.push('/regions')
    await flushPromises()
    expect(offered()).toEqual(['find/regions'])
    page.unmount()
    expect(offered()).toEqual([])
  })

  it('gives an inspector room only for something to inspect where the window has little', async () => {
    const usualWidth = window.innerWidth
    const happy = (window as unknown as { happyDOM: { setViewport(size: { width: number }): void } }).happyDOM
    happy.setViewport({ width: 720 })
    window.localStorage.setItem('layout', JSON.stringify({ isInspectorOpen: true }))
    const page = await open('/regions', running)
    const pane = () => page.get<HTMLElement>('aside[aria-label="Inspector"]').element.parentElement?.style.display
    const button = () => page.get('button[aria-label="Show or hide the inspector"]')
    expect(pane()).toBe('none')
    expect(button().attributes('aria-pressed')).toBe('false')
    await button().trigger('click')
    expect(page.text()).toContain('Press a chip')
    expect(pane()).toBe('none')
    await door.router.push('/regions?inspect=store-20001')
    await flushPromises()
    expect(pane()).not.toBe('none')
    await button().trigger('click')
    await flushPromises()
    expect(door.router.currentRoute.value.query['inspect']).toBeUndefined()
    happy.setViewport({ width: usualWidth })
    await flushPromises()
    expect(pane()).toBe('none')
    await button().trigger('click')
    expect(pane()).not.toBe('none')
    page.unmount()
  })

  it('lays the inspector over the screen where the window has little room, and lets the keyboard in and out', async () => {
    const usualWidth = window.innerWidth
    const happy = (window as unknown as { happyDOM: { setViewport(size: { width: number }): void } }).happyDOM
    happy.setViewport({ width: 720 })
    const page = await open('/regions?inspect=store-20001', running)
    const inspector = () => page.get<HTMLElement>('aside[aria-label="Inspector"]')
    const split = () => inspector().element.closest('.split')
    const isAway = () => inspector().element.parentElement?.style.display === 'none'
    const press = async (target: Element, key: string, held: KeyboardEventInit = {}) => {
      target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...held }))
      await flushPromises()
    }
    expect(split()?.classList).toContain('over')
    const tab = page.get<HTMLElement>('nav[aria-label="Open tabs"] a').element
    tab.focus()
    await press(tab, 'i', { altKey: true })
    expect(document.activeElement).toBe(inspector().element)
    await press(inspector().element, 'i', { altKey: true })
    expect(document.activeElement).toBe(tab)
    await press(tab, 'i', { altKey: true })
    await press(inspector().element, 'Escape')
    expect(isAway()).toBe(true)
    expect(document.activeElement).toBe(tab)
    happy.setViewport({ width: usualWidth })
    await door.router.push('/regions?inspect=store-20001')
    await flushPromises()
    expect(split()?.classList).not.toContain('over')
    await press(document.body, 'Escape')
    expect(isAway()).toBe(false)
    page.unmount()
  })

  it('takes an inspector away that lies over what the keyboard comes to', async () => {
    const usualWidth = window.innerWidth
    const happy = (window as unknown as { happyDOM: { setViewport(size: { width: number }): void } }).happyDOM
    happy.setViewport({ width: 720 })
    const Buttons = defineComponent(() => () => [h('button', { id: 'seen' }), h('button', { id: 'covered' })])
    door.router.removeRoute('tables')
    door.router.addRoute({ path: '/tables', name: 'tables', component: Buttons })
    const page = await open('/tables?inspect=store-20001', running)
    const inspector = page.get<HTMLElement>('aside[aria-label="Inspector"]')
    const left = (px: number) => () => ({ left: px }) as DOMRect
    inspector.element.getBoundingClientRect = left(380)
    for (const [id, px] of [
      ['#seen', 100],
      ['#covered', 500],
    ] as const) {
      page.get(id).element.getBoundingClientRect = left(px)
    }
    page.get<HTMLElement>('#seen').element.focus()
    await flushPromises()
    expect(door.router.currentRoute.value.query['inspect']).toBe('store-20001')
    page.get<HTMLElement>('#covered').element.focus()
    await flushPromises()
    expect(door.router.currentRoute.value.query['inspect']).toBeUndefined()
    expect(document.activeElement?.id).toBe('covered')
    happy.setViewport({ width: usualWidth })
    page.unmount()
  })

  it('has its landmarks', async () => {
    const page = await open('/regions', running)
    const labels = page.findAll('nav, main, footer, aside').map((each) => each.attributes('aria-label'))
    expect(labels).toEqual(expect.arrayContaining(['Screens', 'Open tabs', 'Screen', 'Status']))
    expect(page.findAll('[role=separator]').every((line) => line.attributes('aria-label') !== undefined)).toBe(true)
    page.unmount()
  })
})
