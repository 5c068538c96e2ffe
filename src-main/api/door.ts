import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { SandboxError } from '../base/sandbox-error'
import type { Sandbox } from '../sandbox/sandbox'
import type { Assets } from './assets'
import { isDefect } from './error-shape'
import { eventStreamBody } from './event-stream-body'
import { EventHub } from './events/event-hub'
import { publishSandbox } from './events/publish-sandbox'
import { withPreferences } from './index-page'
import { doorRouter } from './router'
import { securityHeaders } from './security-headers'
import type { ChooseDirectory } from './trpc'

/** Where the procedures live in the address space of the door; everything else is a file of the screens. */
const PROCEDURES = '/api'

export interface DoorOptions {
  readonly sandbox: Sandbox
  readonly assets: Assets
  /** Takes what pages do not get to see: defects of the program, with their stacks. */
  readonly report: (error: unknown, where: string) => void
  /** Absent where the screens are in a browser, which may not even be on this machine. */
  readonly chooseDirectory?: ChooseDirectory
  /** Differs from the built-in one only while a development server brings the screens. */
  readonly contentSecurityPolicy?: string
}

/** The one door of the screens. Hosts carry requests to it and answers back; they differ in nothing else. */
export interface Door {
  /** Answers a request for a file of the screens, a procedure or the event stream. Never rejects. */
  handle(request: Request): Promise<Response>
  /** Ends all event streams that are under way. Pages that still live take theirs up again without a gap. */
  endStreams(): void
  /** Resolves when a page follows the events: it has read what it shows, and can be used. */
  whenFollowed(): Promise<void>
  /** Tells the pages that the host ends. */
  announceStop(): void
  /** Ends the streams and stops listening to the sandbox. */
  close(): void
}

/** Opens the door of a sandbox. */
export function openDoor(options: DoorOptions): Door {
  const { sandbox, assets, report } = options
  const hub = new EventHub(sandbox.env)
  const headers = securityHeaders(options.contentSecurityPolicy)
  const streams = new Set<AbortController>()
  const stopListening = publishSandbox(sandbox, hub)

  async function answer(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    if (pathname === PROCEDURES || pathname.startsWith(`${PROCEDURES}/`)) return callProcedure(request)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return plainText(405, 'Only GET and HEAD work here.', { allow: 'GET, HEAD' })
    }
    return serveAsset(pathname, search)
  }

  async function callProcedure(request: Request): Promise<Response> {
    const streaming = request.headers.get('accept')?.includes('text/event-stream') ?? false
    const stream = streaming ? startStream(request) : undefined
    const response = await fetchRequestHandler({
      endpoint: PROCEDURES,
      req: stream?.request ?? request,
      router: doorRouter,
      // Queries come as POST too, so that a long input never has to fit into an address.
      allowMethodOverride: true,
      createContext: () => ({ sandbox, hub, chooseDirectory: options.chooseDirectory }),
      onError: ({ error, path }) => {
        if (isDefect(error)) report(error.cause ?? error, `procedure ${path ?? '?'}`)
      },
    })
    if (stream === undefined) return response
    if (response.body === null) {
      // An answer without a body, as HEAD gets one, has no end that would tell.
      stream.ended()
      return response
    }
    return new Response(eventStreamBody(response.body, stream.ended), response)
  }

  /** Gives the request a signal of its own, by which {@link Door.endStreams} can end it. */
  function startStream(request: Request): { readonly request: Request; readonly ended: () => void } {
    const ending = new AbortController()
    const abort = () => ending.abort()
    if (request.signal.aborted) abort()
    request.signal.addEventListener('abort', abort)
    streams.add(ending)
    return {
      request: new Request(request, { signal: ending.signal }),
      ended: () => {
        streams.delete(ending)
        request.signal.removeEventListener('abort', abort)
        ending.abort()
      },
    }
  }

  async function serveAsset(pathname: string, query: string): Promise<Response> {
    const path = pathname === '/' ? '/index.html' : pathname
    const asset = await assets(path, query)
    if (asset === undefined) return plainText(404, `There is no ${pathname} here.`)
    if (path !== '/index.html') return asset
    const page = withPreferences(await asset.text(), sandbox.preferences.current)
    return new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' } })
  }

  function endStreams(): void {
    for (const stream of streams) stream.abort()
    streams.clear()
  }

  return {
    async handle(request) {
      let response: Response
      try {
        response = await answer(request)
      } catch (error) {
        report(error, `${request.method} ${new URL(request.url).pathname}`)
        response = plainText(500, sentenceOf(error))
      }
      for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
      return response
    },
    endStreams,
    whenFollowed: () =>
      new Promise((resolve) => {
        if (hub.isFollowed('session')) {
          resolve()
          return
        }
        const stop = hub.onFollowed(() => {
          stop()
          resolve()
        })
      }),
    announceStop: () => hub.publish({ topic: 'host', data: { state: 'stopping' } }),
    close() {
      stopListening()
      endStreams()
    },
  }
}

function plainText(status: number, sentence: string, headers: Record<string, string> = {}): Response {
  return new Response(`${sentence}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } })
}

function sentenceOf(error: unknown): string {
  return SandboxError.is(error) && error.code !== 'INTERNAL'
    ? `${error.code}: ${error.message}`
    : 'The host failed by a defect of the program. Its log has the details.'
}
