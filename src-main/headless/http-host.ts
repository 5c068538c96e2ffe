import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import type { Door } from '../api/door'
import { securityHeaders } from '../api/security-headers'
import { SandboxError } from '../base/sandbox-error'
import { createGatekeeper } from './access'

export interface HttpHost {
  /** Where a browser finds the screens, token included. */
  readonly address: string
  readonly port: number
  /** Takes no more requests and cuts the connections that are left. */
  close(): Promise<void>
}

/**
 * Serves a door over HTTP.
 *
 * @param port 0 for any free port
 * @throws SandboxError NETWORK_ADDRESS_IN_USE
 */
export async function listenHttp(
  door: Pick<Door, 'handle'>,
  { bindHost, port }: { readonly bindHost: string; readonly port: number },
): Promise<HttpHost> {
  const server = createServer()
  const boundPort = await listen(server, bindHost, port)
  const gatekeeper = createGatekeeper({ bindHost, port: boundPort })

  server.on('request', (incoming, outgoing) => {
    const { host, origin, cookie } = incoming.headers
    const admission = gatekeeper.admit({
      method: incoming.method ?? 'GET',
      target: incoming.url ?? '/',
      host,
      origin,
      cookie,
    })
    switch (admission.kind) {
      case 'refused':
        outgoing.writeHead(403, { ...securityHeaders(), 'content-type': 'text/plain; charset=utf-8' })
        outgoing.end(`${admission.sentence}\n`)
        break
      case 'exchange':
        outgoing.writeHead(303, {
          ...securityHeaders(),
          'set-cookie': admission.setCookie,
          location: admission.location,
          'cache-control': 'no-store',
        })
        outgoing.end()
        break
      case 'admitted':
        void carry(door, incoming, outgoing)
    }
  })

  return {
    address: gatekeeper.address,
    port: boundPort,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)))
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, bindHost: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `The host cannot listen on ${bindHost}, port ${port}: ${cause.message}. Choose another with --host or --port.`
      reject(new SandboxError('NETWORK_ADDRESS_IN_USE', message, { details: { bindHost, port }, cause }))
    })
    server.listen({ host: bindHost, port }, () => resolve((server.address() as AddressInfo).port))
  })
}

/** Carries one request to the door and its answer back. Ends the one when the other side is gone. */
async function carry(door: Pick<Door, 'handle'>, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController()
  outgoing.once('close', () => gone.abort())
  let request: Request
  try {
    request = toRequest(incoming, gone.signal)
  } catch {
    // Methods and headers that fetch knows no requests with: no page sends them.
    outgoing.writeHead(400, { ...securityHeaders(), 'content-type': 'text/plain; charset=utf-8' })
    outgoing.end('This host cannot carry such a request.\n')
    return
  }
  const response = await door.handle(request)
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  if (response.body === null || incoming.method === 'HEAD') {
    outgoing.end()
    return
  }
  try {
    await pipeline(Readable.fromWeb(response.body as NodeReadableStream<Uint8Array>), outgoing, { signal: gone.signal })
  } catch (error) {
    // The page has left in the middle of an answer: nobody is there to be told.
    if (!gone.signal.aborted) outgoing.destroy(SandboxError.from(error))
  }
}

function toRequest(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET' } = incoming
  const url = `http://${incoming.headers.host ?? 'localhost'}${incoming.url ?? '/'}`
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers, signal })
  const body = Readable.toWeb(incoming) as ReadableStream<Uint8Array>
  return new Request(url, { method, headers, body, duplex: 'half', signal } as RequestInit)
}
