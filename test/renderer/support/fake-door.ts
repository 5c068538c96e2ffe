import { TRPCClientError } from '@trpc/client'
import type { Pinia } from 'pinia'
import { createPinia } from 'pinia'
import type { App } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { createTranslator } from '../../../src-renderer/app/i18n/i18n'
import type { Language } from '../../../src-renderer/app/i18n/i18n'
import { routes } from '../../../src-renderer/app/navigation/screens'
import { doorClientKey } from '../../../src-renderer/data/door-client'
import type { DoorClient, SystemInfo } from '../../../src-renderer/data/door-client'
import type { EventBatch } from '../../../src-main/api/events/topics'
import type { Preferences } from '../../../src-main/sandbox/preferences'
import type { SessionView } from '../../../src-main/sandbox/session/session-view'
import type { SerializedSandboxError } from '../../../src-main/base/sandbox-error'
import { closedSession } from '../../support/closed-session'

export const someInfo: SystemInfo = {
  program: { title: 'DingoDB Store Sandbox', version: '0.1.0' },
  host: 'headless',
  runtime: {
    versions: { electron: null, chromium: null, node: '20.1.2', v8: '11.3' },
    operatingSystem: 'linux',
    architecture: 'x64',
  },
  workspaceDirectory: '/home/me/workspace',
  logsDirectory: '/home/me/.config/logs',
  engines: [
    { name: 'rocksdb', package: 'rocksdb-native', version: '3.18.1', error: null },
    { name: 'memory', package: null, version: '0.1.0', error: null },
  ],
  preferences: { theme: 'system', language: 'system' },
}

export { closedSession }

const noScreen = { render: () => null }

/** What a test decides of the stream that the page has opened. */
export interface FakeStream {
  readonly input: { readonly topics: readonly string[]; readonly lastEventId?: string | null | undefined }
  isClosed: boolean
  onData(data: { id: string; data: EventBatch }): void
  onError(error: Error): void
  onConnectionStateChange(state: { state: string; error: Error | null }): void
}

/** A host as the page sees it, in the hands of a test. */
export class FakeDoor {
  info: SystemInfo = someInfo
  /** What the next calls fail with; undefined for a host that answers. */
  failure: unknown = undefined
  readonly changes: Array<Partial<Preferences>> = []
  readonly streams: FakeStream[] = []
  queries = 0
  /** Where the event stream stands. */
  cursor = 'life.0'
  session: SessionView = closedSession
  /** What other procedures answer, by their names: `inspection.engine`. One without an answer fails. */
  readonly answers = new Map<string, (input: never) => unknown>()
  /** The calls of those, in their order. */
  readonly calls: Array<{ readonly procedure: string; readonly input: unknown }> = []

  readonly client = withOthers((procedure, input) => this.#answer(procedure, input), {
    system: {
      info: {
        query: () => {
          this.queries += 1
          return this.failure === undefined ? Promise.resolve(this.info) : Promise.reject(this.failure)
        },
      },
    },
    session: {
      get: {
        query: () => (this.failure === undefined ? Promise.resolve(this.session) : Promise.reject(this.failure)),
      },
    },
    preferences: {
      change: {
        mutate: (choices: Partial<Preferences>) => {
          this.changes.push(choices)
          return this.failure === undefined ? Promise.resolve(this.info.preferences) : Promise.reject(this.failure)
        },
      },
    },
    events: {
      cursor: {
        query: () => (this.failure === undefined ? Promise.resolve(this.cursor) : Promise.reject(this.failure)),
      },
      follow: {
        subscribe: (input: FakeStream['input'], handlers: Omit<FakeStream, 'input' | 'isClosed'>) => {
          const stream: FakeStream = { ...handlers, input, isClosed: false }
          this.streams.push(stream)
          return { unsubscribe: () => (stream.isClosed = true) }
        },
      },
    },
  })

  async #answer(procedure: string, input: unknown): Promise<unknown> {
    this.calls.push({ procedure, input })
    const answer = this.answers.get(procedure)
    if (answer === undefined) throw new Error(`The test gives no answer to ${procedure}.`)
    return await answer(input as never)
  }

  /** The stream that is open. */
  get stream(): FakeStream {
    const open = this.streams.filter(({ isClosed }) => !isClosed)
    if (open.length !== 1 || open[0] === undefined) throw new Error(`There are ${open.length} open streams.`)
    return open[0]
  }

  /** Of the app that {@link plugin} was given to: the addresses by their names, no screens. */
  readonly router = createRouter({
    history: createMemoryHistory(),
    routes: [
      ...routes.flatMap(({ path, name }) => (name === undefined ? [] : [{ path, name, component: noScreen }])),
      { path: '/:rest(.*)*', component: noScreen },
    ],
  })

  /** The stores of the app that {@link plugin} was given to last: an app of an earlier test may still make its own the active ones. */
  pinia: Pinia | undefined

  /** What an app of the screens has to be given. */
  plugin(language: Language = 'en') {
    return {
      install: (app: App) => {
        this.pinia = createPinia()
        app.use(this.pinia)
        app.use(this.router)
        app.use(createTranslator(language))
        app.provide(doorClientKey, this.client)
      },
    }
  }
}

/** A client whose procedures beside the given ones ask `answer`. */
function withOthers(
  answer: (procedure: string, input: unknown) => Promise<unknown>,
  given: Readonly<Record<string, object>>,
): DoorClient {
  const routerOf = (router: string) =>
    new Proxy(given[router] ?? {}, {
      get: (known, name) => {
        if (name in known) return known[name as keyof typeof known]
        const ask = (input: unknown) => answer(`${router}.${String(name)}`, input)
        return { query: ask, mutate: ask }
      },
    })
  return new Proxy({}, { get: (_none, router) => routerOf(String(router)) }) as DoorClient
}

/** An error as it comes from the door. */
export function doorError(error: SerializedSandboxError): Error {
  return TRPCClientError.from({
    error: { code: -32603, message: error.message, data: { httpStatus: 500, error } },
  } as never)
}
