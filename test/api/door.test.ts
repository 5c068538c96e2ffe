import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { assetsOnDisk } from '../../src-main/api/assets'
import type { Door } from '../../src-main/api/door'
import { openDoor } from '../../src-main/api/door'
import { contentSecurityPolicy } from '../../src-main/api/security-headers'
import { transformer } from '../../src-main/api/transformer'
import { SandboxError } from '../../src-main/base/sandbox-error'
import type { Sandbox } from '../../src-main/sandbox/sandbox'
import type { TestSandbox } from '../support/test-sandbox'
import { openTestSandbox } from '../support/test-sandbox'

const ORIGIN = 'app://sandbox'

let world: TestSandbox
let door: Door
let reports: unknown[]

async function open(change: Partial<Sandbox> = {}): Promise<void> {
  world = await openTestSandbox()
  const { disk } = world.env
  await disk.makeDirectory('/renderer')
  const page = '<!doctype html>\n<html lang="en">\n  <body></body>\n</html>'
  await disk.replaceFile('/renderer/index.html', new TextEncoder().encode(page))
  reports = []
  door = openDoor({
    sandbox: { ...world.sandbox, ...change },
    assets: assetsOnDisk(disk, '/renderer'),
    report: (error) => reports.push(error),
  })
}

beforeEach(() => open())
afterEach(() => door.close())

const get = (path: string, init?: RequestInit) => door.handle(new Request(ORIGIN + path, init))

async function call(procedure: string, input?: unknown) {
  const body = input === undefined ? {} : { body: JSON.stringify(transformer.serialize(input)) }
  const headers = { 'content-type': 'application/json' }
  const response = await get(`/api/${procedure}`, { method: 'POST', headers, ...body })
  const answer = (await response.json()) as { result?: { data: string }; error?: string }
  return {
    status: response.status,
    text: JSON.stringify(answer),
    data: answer.result && transformer.deserialize(answer.result.data),
    error:
      answer.error === undefined
        ? undefined
        : (transformer.deserialize(answer.error) as { message: string; data: { error: unknown } }),
  }
}

describe('what every answer carries', () => {
  it.each([
    ['the page', '/', 'GET', 200],
    ['a file that is not there', '/none.js', 'GET', 404],
    ['a method that does not work', '/', 'DELETE', 405],
    ['a procedure that is not there', '/api/system.nothing', 'GET', 404],
  ])('%s: the content security policy and its companions', async (_what, path, method, status) => {
    const response = await get(path, { method })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-security-policy')).toBe(contentSecurityPolicy)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin')
  })

  it('a policy that allows nothing inline, no evaluation and nobody else', () => {
    expect(contentSecurityPolicy).toContain("default-src 'none'")
    expect(contentSecurityPolicy).not.toMatch(/unsafe|\*|https?:|data:/)
  })
})

describe('the page', () => {
  it('comes with the choices of the person in its root element', async () => {
    expect(await (await get('/')).text()).toContain('<html lang="en">')
    await world.sandbox.preferences.change({ theme: 'dark', language: 'zh-CN' })
    expect(await (await get('/')).text()).toContain('<html lang="en" data-theme="dark" data-language="zh-CN">')
  })
})

describe('procedures', () => {
  it('tell what the program is and runs on', async () => {
    const { data } = await call('system.info')
    expect(data).toMatchObject({
      host: 'headless',
      workspaceDirectory: '/home/workspace',
      logsDirectory: '/home/settings/logs',
      engines: [{ name: 'memory', package: null, version: '1.2.3', error: null }],
      preferences: { theme: 'system', language: 'system' },
    })
  })

  it('ask for a folder where the host has a dialog, and refuse it where there is none', async () => {
    expect((await call('system.chooseDirectory')).error?.data.error).toMatchObject({ code: 'HOST_NOT_SUPPORTED' })
    const answers = ['/chosen', undefined]
    door = openDoor({
      sandbox: world.sandbox,
      assets: () => Promise.resolve(undefined),
      report: (error) => reports.push(error),
      chooseDirectory: () => Promise.resolve(answers.shift()),
    })
    expect((await call('system.chooseDirectory')).data).toBe('/chosen')
    expect(await call('system.chooseDirectory')).toMatchObject({ status: 200, data: undefined })
  })

  it('take queries by GET as well', async () => {
    expect((await get('/api/system.info')).status).toBe(200)
  })

  it('change preferences, and keep them on disk', async () => {
    expect((await call('preferences.change', { theme: 'dark' })).data).toEqual({ theme: 'dark', language: 'system' })
    const file = new TextDecoder().decode(await world.env.disk.readFile('/home/settings/preferences.json'))
    expect(JSON.parse(file)).toEqual({ theme: 'dark', language: 'system' })
  })

  it.each([
    ['a value that is none of the choices', { theme: 'pink' }],
    ['a name that nobody knows', { colour: 'dark' }],
    ['something else altogether', 42],
  ])('refuse %s, by its name', async (_what, input) => {
    const { error } = await call('preferences.change', input)
    expect(error?.data.error).toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { procedure: 'preferences.change', issues: [expect.anything()] },
    })
    expect(reports).toEqual([])
  })

  it('refuse what is not there, and what cannot be read', async () => {
    expect((await call('system.nothing')).error?.data.error).toMatchObject({ code: 'DOOR_UNKNOWN_PROCEDURE' })
    const headers = { 'content-type': 'application/json' }
    const unreadable = await get('/api/preferences.change', { method: 'POST', headers, body: '{' })
    expect(unreadable.status).toBe(400)
    expect(await unreadable.text()).not.toContain('JSON at position')
  })
})

describe('errors', () => {
  const failingWith = (error: unknown) => ({ engines: { statuses: () => Promise.reject(error) } }) as Partial<Sandbox>

  it('of the program reach the page with code, sentence and details, 64-bit integers included', async () => {
    const details = { path: '/d', size: 2n ** 60n }
    await open(failingWith(new SandboxError('DISK_FULL', 'No space is left on /d.', { details })))
    const { error } = await call('system.info')
    expect(error?.data.error).toEqual({ code: 'DISK_FULL', message: 'No space is left on /d.', details })
    expect(error?.message).toBe('No space is left on /d.')
    expect(reports).toEqual([])
  })

  it.each([
    ['an error of a library', new TypeError('x is undefined in /home/me/secret.ts')],
    ['a broken invariant', new SandboxError('INTERNAL', 'The invariant about /home/me/secret.ts does not hold.')],
    ['what is no error at all', '/home/me/secret.ts'],
  ])('hide %s from the page and give it to the log', async (_what, thrown) => {
    await open(failingWith(thrown))
    const { error, text } = await call('system.info')
    expect(error?.data.error).toMatchObject({ code: 'INTERNAL', details: { procedure: 'system.info' } })
    expect(text).not.toContain('secret')
    expect(text).not.toContain('stack')
    expect(reports).toHaveLength(1)
  })

  it('of the disk under a file of the screens become an answer, never a rejection', async () => {
    const assets = () => Promise.reject(new Error('/home/me/secret.ts'))
    door = openDoor({ sandbox: world.sandbox, assets, report: (error) => reports.push(error) })
    const response = await get('/')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret')
    expect(reports).toHaveLength(1)
  })
})

describe('the event stream', () => {
  /** Reads a stream as a browser would: the text so far, and whether it has ended. */
  async function openStream(input: unknown, init: RequestInit = {}) {
    const query = encodeURIComponent(JSON.stringify(transformer.serialize(input)))
    const headers = { accept: 'text/event-stream', ...(init.headers as Record<string, string> | undefined) }
    const response = await get(`/api/events.follow?input=${query}`, { ...init, headers })
    const stream = { text: '', ended: false, response }
    const reading = (async () => {
      const decoder = new TextDecoder()
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        stream.text += decoder.decode(chunk)
      }
    })()
    // A stream that was aborted has ended, too.
    void reading.catch(() => undefined).then(() => (stream.ended = true))
    return stream
  }
  const until = async (condition: () => boolean) => {
    // Web streams hand their chunks on in several turns of the loop; the clock of the sandbox does not move by that.
    for (let turn = 0; turn < 200 && !condition(); turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(condition()).toBe(true)
  }
  const eventsIn = (text: string) =>
    [...text.matchAll(/^data: (.+)\nid: (.+)$/gm)].map(([, data = '', id = '']) => ({
      id,
      batch: transformer.deserialize(JSON.parse(data) as string),
    }))
  const cursorNow = async () => (await call('events.cursor')).data as string

  it('tells how soon to come back, and carries what happens after the cursor', async () => {
    const cursor = await cursorNow()
    await call('preferences.change', { theme: 'dark' })
    const stream = await openStream({ topics: ['preferences'], lastEventId: cursor })
    await until(() => eventsIn(stream.text).length === 1)
    expect(stream.text.startsWith('retry: 500\n\n')).toBe(true)
    expect(eventsIn(stream.text)[0]?.batch).toEqual({
      events: [{ topic: 'preferences', data: { theme: 'dark', language: 'system' } }],
      missed: false,
    })
  })

  it('is ended without a farewell, so that a page that lives comes back, and goes on at its cursor', async () => {
    const first = await openStream({ topics: ['preferences'], lastEventId: await cursorNow() })
    await call('preferences.change', { theme: 'dark' })
    await until(() => eventsIn(first.text).length === 1)
    door.endStreams()
    await until(() => first.ended)
    expect(first.text).not.toContain('event: return')

    await call('preferences.change', { theme: 'light' })
    const id = eventsIn(first.text)[0]?.id ?? ''
    const second = await openStream(
      { topics: ['preferences'], lastEventId: 'stale' },
      // What a browser puts in when it takes a stream up again; it is stronger than the input.
      { headers: { 'last-event-id': id } },
    )
    await until(() => eventsIn(second.text).length === 1)
    expect(eventsIn(second.text)[0]?.batch).toEqual({
      events: [{ topic: 'preferences', data: { theme: 'light', language: 'system' } }],
      missed: false,
    })
  })

  it('ends when the page leaves', async () => {
    const leaving = new AbortController()
    const stream = await openStream({ topics: ['host'] }, { signal: leaving.signal })
    await until(() => stream.text.includes('connected'))
    leaving.abort()
    await until(() => stream.ended)
  })

  it('announces the end of the host', async () => {
    const stream = await openStream({ topics: ['host'] })
    await until(() => stream.text.includes('connected'))
    await world.simulation.clock.settle()
    door.announceStop()
    await until(() => eventsIn(stream.text).length === 1)
    expect(eventsIn(stream.text)[0]?.batch).toMatchObject({ events: [{ topic: 'host', data: { state: 'stopping' } }] })
  })

  it('refuses topics that nobody knows', async () => {
    const stream = await openStream({ topics: ['gossip'] })
    await until(() => stream.text.includes('serialized-error'))
    expect(stream.text).toContain('INVALID_ARGUMENT')
  })

  it('lets go of a request for which there is nothing to stream', async () => {
    const headers = { accept: 'text/event-stream' }
    const request = new Request(`${ORIGIN}/api/system.info`, { method: 'HEAD', headers })
    const letGo = vi.spyOn(request.signal, 'removeEventListener')
    expect((await door.handle(request)).body).toBeNull()
    expect(letGo).toHaveBeenCalledWith('abort', expect.anything())
  })
})
