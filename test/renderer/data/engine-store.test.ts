import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { createApp } from 'vue'
import type { EngineView } from '../../../src-main/client/views/engine'
import { useEngineStore } from '../../../src-renderer/data/engine-store'
import { useSessionStore } from '../../../src-renderer/data/session-store'
import { closedSession, doorError, FakeDoor } from '../support/fake-door'
import { someEngine, someFamily, someFile } from '../support/engine-views'

let door: FakeDoor
let engines: ReturnType<typeof useEngineStore>
let session: ReturnType<typeof useSessionStore>

beforeEach(() => {
  door = new FakeDoor()
  const app = createApp({ render: () => null })
  app.use(door.plugin())
  engines = app.runWithContext(useEngineStore)
  session = app.runWithContext(useSessionStore)
})

const unflushed = someEngine([someFamily('default', [])])
const flushed = someEngine([someFamily('default', [someFile('1.sst', 0, 'a', 'z')])])
const running = { ...closedSession, phase: 'running' as const }

/** An answer that comes when the test says so. */
function heldAnswer<T>() {
  let give!: (value: T) => void
  const promise = new Promise<T>((resolve) => (give = resolve))
  return { promise, give }
}

describe('the engines that a page knows', () => {
  it('keeps what was known when a node no longer answers, beside the reason', async () => {
    door.answers.set('inspection.engine', () => unflushed)
    await engines.load(20001)
    const gone = { code: 'CLIENT_NOT_FOUND' as const, message: 'gone', details: {} }
    door.answers.set('inspection.engine', () => Promise.reject(doorError(gone)))
    await engines.load(20001)
    expect(engines.byNode.get(20001)).toMatchObject({ view: unflushed, error: gone, isLoading: false })
    expect(engines.byNode.get(20002)).toBeUndefined()
  })

  it('asks a node that does not answer once, however often it is told to', async () => {
    const held = heldAnswer<EngineView>()
    door.answers.set('inspection.engine', () => held.promise)
    void engines.load(20001)
    void engines.load(20001)
    await flushPromises()
    expect(door.calls).toHaveLength(1)
    held.give(unflushed)
    await flushPromises()
    expect(engines.byNode.get(20001)?.view).toEqual(unflushed)
  })

  it('forgets an answer that comes when another cluster is open', async () => {
    const held = heldAnswer<EngineView>()
    door.answers.set('inspection.engine', () => held.promise)
    void engines.load(20001)
    session.receive(running)
    await flushPromises()
    held.give(unflushed)
    await flushPromises()
    expect(engines.byNode.get(20001)?.view).toBeUndefined()
  })
})

describe('a flush', () => {
  it('reads the engine just before and just after', async () => {
    let isFlushed = false
    door.answers.set('inspection.engine', () => (isFlushed ? flushed : unflushed))
    door.answers.set('inspection.flush', () => (isFlushed = true))
    await engines.flush(20001)
    expect(engines.work).toMatchObject({ kind: 'flush', state: 'done', before: unflushed, after: flushed })
    expect(door.calls.map(({ procedure }) => procedure)).toEqual([
      'inspection.engine',
      'inspection.flush',
      'inspection.engine',
    ])
  })

  it('is one at a time', async () => {
    const held = heldAnswer<undefined>()
    door.answers.set('inspection.engine', () => unflushed)
    door.answers.set('inspection.flush', () => held.promise)
    void engines.flush(20001)
    await flushPromises()
    await engines.compact(20001, 'default')
    expect(engines.work).toMatchObject({ kind: 'flush', state: 'running' })
    expect(door.calls.some(({ procedure }) => procedure === 'inspection.compact')).toBe(false)
    held.give(undefined)
    await flushPromises()
    expect(engines.work?.state).toBe('done')
  })

  it('that fails says why', async () => {
    const refused = { code: 'ENGINE_FAILED' as const, message: 'no space', details: {} }
    door.answers.set('inspection.engine', () => unflushed)
    door.answers.set('inspection.compact', () => Promise.reject(doorError(refused as never)))
    await engines.compact(20001, 'meta')
    expect(engines.work).toMatchObject({ kind: 'compact', columnFamily: 'meta', state: 'failed', error: refused })
  })
})

describe('the question where a key lives', () => {
  it('is answered for the key that was asked for last', async () => {
    const [first, second] = [heldAnswer<unknown>(), heldAnswer<unknown>()]
    const answers = [first.promise, second.promise]
    door.answers.set('inspection.locate', () => answers.shift())
    void engines.locate(20001, { kind: 'raw', hex: '61' })
    void engines.locate(20001, { kind: 'raw', hex: '62' })
    await flushPromises()
    second.give({ nodeId: 20001, key: 'second', places: [] })
    first.give({ nodeId: 20001, key: 'first', places: [] })
    await flushPromises()
    expect(engines.lookup?.location).toMatchObject({ key: 'second' })
  })
})
