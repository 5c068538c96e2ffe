import { flushPromises } from '@vue/test-utils'
import { createApp } from 'vue'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { useConnectionStore } from '../../../src-renderer/data/connection-store'
import { useOverviewStore } from '../../../src-renderer/data/overview-store'
import { usePreferencesStore } from '../../../src-renderer/data/preferences-store'
import { useSessionStore } from '../../../src-renderer/data/session-store'
import { useSystemStore } from '../../../src-renderer/data/system-store'
import { FakeDoor, closedSession, doorError, someInfo } from '../support/fake-door'

let door: FakeDoor
let connection: ReturnType<typeof useConnectionStore>
let preferences: ReturnType<typeof usePreferencesStore>
let system: ReturnType<typeof useSystemStore>
let session: ReturnType<typeof useSessionStore>
let overview: ReturnType<typeof useOverviewStore>

beforeEach(() => {
  door = new FakeDoor()
  const app = createApp({ render: () => null })
  app.use(door.plugin())
  connection = app.runWithContext(useConnectionStore)
  preferences = app.runWithContext(usePreferencesStore)
  system = app.runWithContext(useSystemStore)
  session = app.runWithContext(useSessionStore)
  overview = app.runWithContext(useOverviewStore)
})

const noError = { error: null }
const broken = { state: 'connecting', error: new Error('network') }
const change = (theme: 'light' | 'dark') => ({
  id: 'life.1',
  data: {
    events: [{ topic: 'preferences' as const, data: { theme, language: 'en' as const } }],
    missed: false,
  },
})

async function connected(): Promise<void> {
  await connection.connect()
  door.stream.onConnectionStateChange({ state: 'pending', ...noError })
}

describe('the event stream of a page', () => {
  it('goes on from the state that was read', async () => {
    await connected()
    expect(door.stream.input).toEqual({
      topics: ['host', 'preferences', 'session', 'overview', 'metrics', 'tableJob', 'flow', 'flowStages', 'lesson'],
      lastEventId: 'life.0',
    })
    expect(connection.state).toBe('connected')
    expect(door.queries).toBe(1)
  })

  it('begins before whatever changes while the state is read', async () => {
    const ready = { ...closedSession, phase: 'running' as const, clusterId: 7 }
    Object.assign(door.client.system.info, {
      query: async () => {
        // The session has answered by now.
        await flushPromises()
        door.session = ready
        door.cursor = 'life.1'
        return someInfo
      },
    })
    door.answers.set('flow.state', () => undefined)
    await connected()
    expect([session.view?.phase, door.stream.input.lastEventId]).toEqual(['closed', 'life.0'])
  })

  it('is one, however often somebody tries', async () => {
    await Promise.all([connection.connect(), connection.connect()])
    await connection.connect()
    expect(door.stream.isClosed).toBe(false)
  })

  it('hands events to the stores', async () => {
    await connected()
    door.stream.onData(change('dark'))
    expect([preferences.theme, preferences.language]).toEqual(['dark', 'en'])
  })

  it('has the state read anew when events were missed', async () => {
    await connected()
    door.info = { ...someInfo, preferences: { theme: 'light', language: 'zh-CN' } }
    door.stream.onData({ id: 'life.9', data: { events: [], missed: true } })
    await flushPromises()
    expect([preferences.theme, preferences.language]).toEqual(['light', 'zh-CN'])
  })

  it('does not let an answer that is older than an event undo it', async () => {
    await connected()
    door.stream.onData({ id: 'life.8', data: { events: [], missed: true } })
    door.stream.onData(change('dark'))
    await flushPromises()
    expect(preferences.theme).toBe('dark')
  })
})

describe('a page that is not shown', () => {
  const show = (visibility: DocumentVisibilityState) => {
    Object.defineProperty(document, 'visibilityState', { value: visibility, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
    return flushPromises()
  }
  afterEach(() => show('visible'))

  it('has nobody look at the cluster, and goes on where it was when it is shown again', async () => {
    await connected()
    door.stream.onData(change('dark'))
    const [before] = door.streams
    await show('hidden')
    expect(door.stream.input).toEqual({
      topics: ['host', 'preferences', 'session', 'metrics', 'tableJob', 'flow', 'flowStages', 'lesson'],
      lastEventId: 'life.1',
    })
    before?.onData(change('light'))
    before?.onError(new Error('aborted'))
    expect([preferences.theme, connection.state]).toEqual(['dark', 'connected'])
    await show('visible')
    expect(door.stream.input.topics).toContain('overview')
    expect(connection.state).toBe('connected')
  })

  it('reads the picture anew when it is shown again', async () => {
    door.session = { ...closedSession, phase: 'running' }
    const picture = { takenAtMs: 1, stores: [] }
    door.answers.set('inspection.overview', () => picture)
    door.answers.set('flow.state', () => undefined)
    await connected()
    await show('hidden')
    expect(overview.overview).toBeUndefined()
    await show('visible')
    expect(overview.overview).toEqual(picture)
  })
})

describe('another cluster', () => {
  const cluster = (readyMs: number) => ({ ...closedSession, phase: 'running' as const, clusterId: 7, readyMs })

  it('is noticed, even if all that was between was missed', () => {
    session.receive(cluster(812.5))
    const { generation } = session
    session.receive({ ...cluster(812.5), nodes: [] })
    expect(session.generation).toBe(generation)
    session.receive(cluster(640.25))
    expect(session.generation).toBe(generation + 1)
  })
})

describe('a host that is gone', () => {
  it('is not suspected because a stream ended that is taken up again', async () => {
    await connected()
    door.stream.onConnectionStateChange(broken)
    await flushPromises()
    expect(connection.state).toBe('connected')
  })

  it('is lost when it does not answer either, and what was known stays', async () => {
    await connected()
    door.failure = new TypeError('Failed to fetch')
    door.stream.onConnectionStateChange(broken)
    await flushPromises()
    expect(connection.state).toBe('lost')
    expect(system.info).toEqual(someInfo)
    expect(system.error?.code).toBe('DOOR_UNREACHABLE')
  })

  it('is back when the stream is, and its state is read anew', async () => {
    await connected()
    door.failure = new TypeError('Failed to fetch')
    door.stream.onConnectionStateChange(broken)
    await flushPromises()
    door.failure = undefined
    door.info = { ...someInfo, workspaceDirectory: '/other' }
    door.stream.onConnectionStateChange({ state: 'pending', ...noError })
    await flushPromises()
    expect(connection.state).toBe('connected')
    expect(system.info?.workspaceDirectory).toBe('/other')
    expect(system.error).toBeUndefined()
  })

  it('is lost when it refuses the stream for good, until somebody tries again', async () => {
    await connected()
    door.stream.onError(new Error('403'))
    expect(connection.state).toBe('lost')
    await connected()
    expect(connection.state).toBe('connected')
  })

  it('that said so is stopped, not lost', async () => {
    await connected()
    door.stream.onData({
      id: 'life.2',
      data: { events: [{ topic: 'host', data: { state: 'stopping' } }], missed: false },
    })
    door.failure = new TypeError('Failed to fetch')
    door.stream.onConnectionStateChange(broken)
    door.stream.onError(new Error('refused'))
    await flushPromises()
    expect(connection.state).toBe('stopped')
  })

  it('from the start is lost at once', async () => {
    door.failure = new TypeError('Failed to fetch')
    await connection.connect()
    expect(connection.state).toBe('lost')
    expect(door.streams).toEqual([])
  })
})

describe('preferences', () => {
  it('hold at once, and are told to the host', async () => {
    const told = preferences.change({ theme: 'dark' })
    expect(preferences.theme).toBe('dark')
    await told
    expect(door.changes).toEqual([{ theme: 'dark' }])
  })

  it('hold for this page if the host refuses, which is not kept silent', async () => {
    door.failure = doorError({ code: 'DISK_FULL', message: 'No space is left.', details: {} })
    await preferences.change({ theme: 'dark' })
    expect(preferences.theme).toBe('dark')
    expect(preferences.error).toEqual({ code: 'DISK_FULL', message: 'No space is left.', details: {} })
  })
})
