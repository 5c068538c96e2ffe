import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { KeepAlive, h, ref } from 'vue'
import type { ClusterNodeInfo } from '../../../../src-main/sandbox/cluster/cluster-events'
import { useMetricsStore } from '../../../../src-renderer/data/metrics-store'
import { useSessionStore } from '../../../../src-renderer/data/session-store'
import EngineScreen from '../../../../src-renderer/features/engine/EngineScreen.vue'
import { closedSession, doorError, FakeDoor } from '../../support/fake-door'
import { someEngine, someFamily, someFile } from '../../support/engine-views'
import { someSample, someStoreSample } from '../../support/metrics-samples'

let door: FakeDoor
beforeEach(() => {
  door = new FakeDoor()
  door.answers.set('inspection.engine', ({ nodeId }: { nodeId: number }) => someEngine([family, empty], nodeId))
  door.answers.set('tables.tree', () => [])
})

const family = someFamily('default', [someFile('000012.sst', 0, 'apple', 'pear'), someFile('000020.sst', 1, 'a', 'z')])
const empty = someFamily('meta', [])
const node = (nodeId: number, role: 'store' | 'coordinator') => ({ nodeId, role, state: 'running' }) as ClusterNodeInfo
const running = {
  ...closedSession,
  phase: 'running' as const,
  nodes: [node(10001, 'coordinator'), node(20001, 'store'), node(20002, 'store')],
}

async function open(address: string) {
  await door.router.push(address)
  const screen = mount(EngineScreen, { global: { plugins: [door.plugin()] } })
  useSessionStore().receive(running)
  await flushPromises()
  return screen
}
const asked = () => door.calls.filter(({ procedure }) => procedure === 'inspection.engine').map(({ input }) => input)

describe('the engine screen', () => {
  it('offers to open a sandbox where no cluster is', async () => {
    const screen = mount(EngineScreen, { global: { plugins: [door.plugin()] } })
    await screen.get('button').trigger('click')
    await flushPromises()
    expect(door.router.currentRoute.value.path).toBe('/start')
    expect(asked()).toEqual([])
  })

  it('shows the first store unless the address names another node, and the tabs change the address', async () => {
    const screen = await open('/engine')
    expect(asked()).toEqual([{ nodeId: 20001 }])
    expect(screen.findAll('[role=tab]').map((tab) => tab.text())).toEqual(['S120001', 'S220002', 'Coordinator10001'])
    await screen.findAll('[role=tab]')[2]?.trigger('click')
    await flushPromises()
    expect(door.router.currentRoute.value.query['store']).toBe('10001')
    expect(asked().at(-1)).toEqual({ nodeId: 10001 })
  })

  it('says that a node is none of this cluster', async () => {
    const screen = await open('/engine?store=99')
    expect(screen.text()).toContain('There is no node 99')
    expect(asked()).toEqual([])
  })

  it('brings family and file of the address back', async () => {
    const screen = await open('/engine?store=20001&family=default&file=000012.sst')
    const chosen = screen.get('[role=option][aria-selected=true]')
    expect(chosen.attributes('aria-label')).toContain('000012.sst, level 0, 1.00 KiB, from apple to pear')
    expect(screen.get('section[aria-label="File 000012.sst"]').text()).toContain('apple')
  })

  it('chooses a file by the keyboard', async () => {
    const screen = await open('/engine?store=20001')
    const picture = screen.get('[role=listbox]')
    await picture.trigger('keydown', { key: 'End' })
    await picture.trigger('keydown', { key: 'Enter' })
    await flushPromises()
    expect(door.router.currentRoute.value.query['file']).toBe('000020.sst')
  })

  it('reads the engine anew when its figures have changed, however old it is, and not while nobody looks', async () => {
    const isThere = ref(true)
    await door.router.push('/engine?store=20001')
    const tab = { render: () => h(KeepAlive, () => (isThere.value ? h(EngineScreen) : undefined)) }
    const screen = mount(tab, { global: { plugins: [door.plugin()] } })
    useSessionStore().receive(running)
    const tell = async (atMs: number, diskBytes: number) => {
      const store = someStoreSample(20001, [])
      useMetricsStore().receive(someSample(atMs, [{ ...store, engine: { ...store.engine, diskBytes } }]))
      await flushPromises()
    }
    await tell(1_002_000, 5)
    await tell(1_900_000, 5)
    expect(asked()).toHaveLength(1)
    expect(screen.text()).toContain('updated 15 min 0 s ago')
    await tell(1_902_000, 6)
    expect(asked()).toHaveLength(2)

    isThere.value = false
    await flushPromises()
    await tell(1_904_000, 7)
    await tell(1_906_000, 8)
    expect(asked()).toHaveLength(2)
    isThere.value = true
    await flushPromises()
    expect(asked()).toHaveLength(3)
    screen.unmount()
  })

  it('reads the engine of a node that is back', async () => {
    const gone = { code: 'CLIENT_NOT_FOUND' as const, message: 'Node 20001 does not answer.', details: {} }
    door.answers.set('inspection.engine', () => Promise.reject(doorError(gone)))
    const screen = await open('/engine?store=20001')
    useMetricsStore().receive(someSample(1_002_000))
    await flushPromises()
    expect(asked()).toHaveLength(1)
    door.answers.set('inspection.engine', () => someEngine([family, empty]))
    useMetricsStore().receive(someSample(1_004_000, [someStoreSample(20001, [])]))
    await flushPromises()
    expect(screen.find('.error-card').exists()).toBe(false)
    expect(screen.text()).toContain('Column families')
  })

  it('tells what a flush changed', async () => {
    const screen = await open('/engine?store=20001&family=meta')
    let isFlushed = false
    const after = someFamily('meta', [someFile('000031.sst', 0, 'a', 'b', 2048)])
    door.answers.set('inspection.engine', () => someEngine([family, isFlushed ? after : empty]))
    door.answers.set('inspection.flush', () => (isFlushed = true))
    await screen
      .findAll('button')
      .find((button) => button.text() === 'Flush')
      ?.trigger('click')
    await flushPromises()
    expect(screen.text()).toContain('Flushed node 20001.')
    expect(screen.text()).toContain('meta: files 0 → 1, 0 B → 2.00 KiB')
    expect(screen.text()).not.toContain('default: files')
  })

  it('keeps what was known when the node no longer answers, and says so', async () => {
    const screen = await open('/engine?store=20001')
    const gone = { code: 'CLIENT_NOT_FOUND' as const, message: 'Node 20001 does not answer.', details: {} }
    door.answers.set('inspection.engine', () => Promise.reject(doorError(gone)))
    await screen
      .findAll('button')
      .find((button) => button.text() === 'Refresh')
      ?.trigger('click')
    await flushPromises()
    expect(screen.get('.error-card').text()).toContain('CLIENT_NOT_FOUND')
    expect(screen.text()).toContain('Column families')
  })

  it('says why an engine shows less', async () => {
    const quiet = { ...someFamily('default', []), levels: [], memtable: { ...empty.memtable, activeBytes: undefined } }
    door.answers.set('inspection.engine', () => ({ ...someEngine([quiet]), engine: 'LevelDB', native: {} }))
    const screen = await open('/engine?store=20001')
    expect(screen.text()).toContain('LevelDB does not tell what is inside it')
    expect(screen.find('[role=listbox]').exists()).toBe(false)
  })
})

describe('the question where a key lives', () => {
  it('says what is wrong with a key beside the field, and asks nobody', async () => {
    const screen = await open('/engine?store=20001')
    const field = screen.get('form input[type=text]')
    await screen.get('form').trigger('submit')
    expect(screen.get('form').text()).toContain('Type a key.')
    await field.setValue('7g')
    expect(screen.get('form').text()).toContain('Hex digits only')
    expect(field.attributes('aria-invalid')).toBe('true')
    await screen.get('form').trigger('submit')
    expect(door.calls.some(({ procedure }) => procedure === 'inspection.locate')).toBe(false)
  })

  it('follows the key of the address, and marks the files of the path', async () => {
    const storedKey = { bytes: Uint8Array.of(0x6d), text: 'm', parts: [], tableId: undefined, tableName: undefined }
    door.answers.set('inspection.locate', () => ({
      nodeId: 20001,
      key: storedKey,
      places: [
        {
          columnFamily: 'default',
          storedKey,
          value: Uint8Array.of(1, 2),
          valueBytes: 2,
          versionAtMs: undefined,
          timestamp: undefined,
          isDeletion: false,
          path: [
            { place: 'memtable', level: undefined, file: undefined },
            { place: 'file', level: 1, file: '000020.sst' },
          ],
        },
      ],
    }))
    const screen = await open('/engine?store=20001&key=6d')
    expect(door.calls.at(-1)).toEqual({
      procedure: 'inspection.locate',
      input: { nodeId: 20001, key: { kind: 'raw', hex: '6d' } },
    })
    expect(screen.findAll('.bar.path').map((bar) => bar.attributes('aria-label')?.slice(0, 10))).toEqual(['000020.sst'])
    expect(screen.find('.lanes .key').exists()).toBe(true)
    await screen
      .findAll('button')
      .find((button) => button.text() === 'Level 1: 000020.sst')
      ?.trigger('click')
    await flushPromises()
    expect(door.router.currentRoute.value.query).toMatchObject({ family: 'default', file: '000020.sst' })
  })
})
