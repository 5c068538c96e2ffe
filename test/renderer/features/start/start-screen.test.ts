import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Language } from '../../../../src-renderer/app/i18n/i18n'
import { useSessionStore } from '../../../../src-renderer/data/session-store'
import StartScreen from '../../../../src-renderer/features/start/StartScreen.vue'
import type { RecentWorkspace } from '../../../../src-main/sandbox/session/session-view'
import { someSession } from '../../support/cluster-scene'
import { closedSession, doorError, FakeDoor } from '../../support/fake-door'

let door: FakeDoor
beforeEach(() => {
  door = new FakeDoor()
  door.answers.set('session.recent', () => [])
  for (const name of ['open', 'close', 'forget']) door.answers.set(`session.${name}`, () => undefined)
  door.router.addRoute({ path: '/', redirect: '/start' })
})

async function open(session = closedSession, { language = 'en' as Language, address = '/start' } = {}) {
  door.session = session
  await door.router.push(address)
  const page = mount(StartScreen, { global: { plugins: [door.plugin(language)] } })
  await useSessionStore().load()
  await flushPromises()
  return page
}
const progress = (phase: 'ports' | 'nodes' | 'leader' | 'stores', done: number, total: number, elapsedMs: number) => ({
  phase,
  done,
  total,
  elapsedMs,
})
const workspace: RecentWorkspace = {
  directory: '/w/one',
  name: 'one',
  lastOpenedAtMs: 1_795_385_000_000,
  coordinators: 3,
  stores: 5,
  engine: 'level',
  state: 'usable',
  reason: undefined,
}

describe('a start', () => {
  it('says step by step what it is doing and when each step was over, and shows the nodes as they come up', async () => {
    const starting = { ...someSession({ 20_003: 'starting' }), phase: 'starting' as const }
    const page = await open({ ...starting, progress: progress('ports', 6, 6, 4) })
    const session = useSessionStore()
    session.receive({ ...starting, progress: progress('nodes', 5, 6, 300) })
    await flushPromises()
    const steps = () =>
      page.findAll('ol li').map((step) => {
        const parts = step.findAll('.name, .time').map((part) => part.text())
        return parts.filter((part) => part !== '').join(' ')
      })
    expect(steps().slice(0, 2)).toEqual([
      'Ports are found 6 of 6 after 4.00 ms',
      'Starting the nodes: engine, Raft log, ports 5 of 6',
    ])
    session.receive({ ...starting, progress: progress('nodes', 6, 6, 420) })
    await flushPromises()
    expect(steps().slice(1, 3)).toEqual(['Nodes are up 6 of 6 after 420 ms', 'The coordinators elect a leader'])
    expect(page.get('.nodes').text()).toMatch(/store-2\s*Running\s*store-3\s*Starting/)
    page.unmount()
  })

  it('does not lead away somebody who is on the way to another screen', async () => {
    const page = await open({ ...someSession(), phase: 'starting' }, { address: '/' })
    // Its part of the program is still being loaded.
    let arrive: () => void = () => undefined
    const loaded = new Promise<void>((resolve) => (arrive = resolve))
    door.router.addRoute({ path: '/slow', component: () => loaded.then(() => ({ render: () => null })) })
    const going = door.router.push('/slow')
    await flushPromises()
    useSessionStore().receive(someSession())
    await flushPromises()
    arrive()
    await going
    expect(door.router.currentRoute.value.path).toBe('/slow')
    page.unmount()
  })

  it('leads to the cluster by itself when the program opened this screen', async () => {
    const page = await open({ ...someSession(), phase: 'starting' }, { address: '/' })
    expect(door.router.currentRoute.value.path).toBe('/start')
    useSessionStore().receive(someSession())
    await flushPromises()
    expect(door.router.currentRoute.value.path).toBe('/cluster')
    page.unmount()
  })

  it.each([
    ['came here by an address', '/start', false],
    ['has done something here', '/', true],
  ])('leaves a person alone who %s', async (_who, address, touches) => {
    const page = await open({ ...someSession(), phase: 'starting' }, { address })
    if (touches) await page.get('.start').trigger('pointerdown')
    useSessionStore().receive(someSession())
    await flushPromises()
    expect(door.router.currentRoute.value.path).toBe('/start')
    const button = page.findAll('button').find((each) => each.text() === 'Look at the cluster')
    await button?.trigger('click')
    await flushPromises()
    expect(door.router.currentRoute.value.path).toBe('/cluster')
    page.unmount()
  })

  it('that failed says what, where, why and what next, and is tried again on request', async () => {
    const error = { code: 'DISK_LOCKED' as const, message: 'Process 4711 holds it.', details: {} }
    const page = await open({ ...closedSession, workspace: { directory: '/w/one', name: 'one' }, error })
    expect(page.get('article').text()).toMatch(
      /The folder is in use.*\/w\/one.*Process 4711 holds it.*Close the program/s,
    )
    await page.get('article footer button').trigger('click')
    await flushPromises()
    expect(door.calls).toContainEqual({
      procedure: 'session.open',
      input: { where: { kind: 'directory', directory: '/w/one' } },
    })
    page.unmount()
  })
})

describe('a new sandbox', () => {
  const button = (page: Awaited<ReturnType<typeof open>>) => page.get('form footer button')

  it('is asked for as the form says', async () => {
    const page = await open()
    await page.get('input[value="small"]').setValue()
    await page.get('input[value="memory"]').setValue()
    await page.get('input[value="ephemeral"]').setValue()
    await button(page).trigger('click')
    await flushPromises()
    expect(door.calls).toContainEqual({
      procedure: 'session.open',
      input: { where: { kind: 'ephemeral' }, topology: { coordinators: 1, stores: 1 }, engine: 'memory' },
    })
    page.unmount()
  })

  it('says beside the field what is wrong, and waits', async () => {
    const page = await open()
    await page.get('input[value="custom"]').setValue()
    await page.get('input[role="spinbutton"]').setValue('7')
    expect(page.get('form').text()).toContain('A whole number from 1 to 5.')
    expect(page.get('input[role="spinbutton"]').attributes('aria-invalid')).toBe('true')
    expect(button(page).attributes('disabled')).toBeDefined()
    page.unmount()
  })

  it('comes after the end of the one that is open', async () => {
    const page = await open(someSession())
    await button(page).trigger('click')
    await flushPromises()
    const asked = door.calls.map(({ procedure }) => procedure).filter((name) => name !== 'session.recent')
    expect(asked).toEqual(['session.close', 'session.open'])
    page.unmount()
  })

  it('that is refused is explained', async () => {
    door.answers.set('session.open', () => {
      throw doorError({ code: 'WORKSPACE_MISMATCH', message: 'It holds 1 + 1.', details: {} })
    })
    const page = await open()
    await button(page).trigger('click')
    await flushPromises()
    expect(page.get('article').text()).toMatch(/holds another cluster.*It holds 1 \+ 1\./s)
    page.unmount()
  })
})

describe('recent workspaces', () => {
  it('are opened and forgotten; one that cannot be opened says why', async () => {
    const reason = { code: 'WORKSPACE_VERSION' as const, message: 'Version 9 is too new.', details: {} }
    door.answers.set('session.recent', () => [
      workspace,
      { ...workspace, directory: '/w/two', name: 'two', state: 'refused', reason },
      { ...workspace, directory: '/w/three', name: 'three', state: 'missing' },
    ])
    const page = await open()
    const [one, two, three] = page.findAll('section:last-of-type li')
    expect(one?.text()).toMatch(/one\s*\/w\/one\s*3 \+ 5 · LevelDB/)
    expect(two?.text()).toContain('Version 9 is too new.')
    expect(two?.text()).not.toContain('Open')
    expect(three?.text()).toContain('The folder is gone.')
    await one?.get('button').trigger('click')
    await flushPromises()
    await two?.get('button').trigger('click')
    await flushPromises()
    expect(door.calls.filter(({ procedure }) => procedure !== 'session.recent')).toEqual([
      { procedure: 'session.open', input: { where: { kind: 'directory', directory: '/w/one' } } },
      { procedure: 'session.forget', input: { directory: '/w/two' } },
    ])
    page.unmount()
  })

  it('say in Chinese, too, that there are none', async () => {
    const page = await open(closedSession, { language: 'zh-CN' })
    expect(page.text()).toContain('暂无')
    expect(page.text()).not.toMatch(/Start|Coordinators|Recent/)
    page.unmount()
  })
})
