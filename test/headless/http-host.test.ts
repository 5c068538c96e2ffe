import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import type { HttpHost } from '../../src-main/headless/http-host'
import { listenHttp } from '../../src-main/headless/http-host'

let host: HttpHost
afterEach(() => host.close())

const open = async (handle: (request: Request) => Promise<Response>) => {
  host = await listenHttp({ handle }, { bindHost: '127.0.0.1', port: 0 })
}
const cookie = () => `dingo-sandbox-${host.port}=${new URL(host.address).searchParams.get('token') ?? ''}`

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A request by hand: a browser's own would not let the headers be chosen. */
function send(path: string, { method = 'GET', headers = {}, body = '' } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port: host.port, path, method, headers }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text })
      })
      incoming.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

describe('the HTTP host', () => {
  it('refuses before the door hears of it, with the headers that the door would give', async () => {
    let heard = false
    await open(() => {
      heard = true
      return Promise.resolve(new Response())
    })
    const answer = await send('/')
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('DOOR_ACCESS_DENIED')
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
    expect((await send('/', { headers: { cookie: cookie(), host: `evil.example:${host.port}` } })).status).toBe(403)
    expect(heard).toBe(false)
  })

  it('outlives requests that no browser means: any page of the web can make one send some of them', async () => {
    await open(() => Promise.resolve(new Response('inside')))
    const headers = { cookie: cookie(), origin: `http://127.0.0.1:${host.port}` }
    expect((await send('//[')).status).toBe(403)
    expect((await send('//[', { headers })).status).toBe(200)
    expect((await send('http://elsewhere.example/', { headers })).status).toBe(403)
    expect((await send('/', { method: 'TRACE', headers })).status).toBe(400)
    expect(await send('/', { headers })).toMatchObject({ status: 200, body: 'inside' })
  })

  it('exchanges the token for a cookie, and lets that in', async () => {
    await open(() => Promise.resolve(new Response('inside')))
    const exchange = await send(new URL(host.address).search.replace('?', '/?'))
    expect(exchange.status).toBe(303)
    expect(exchange.headers.location).toBe('/')
    expect(exchange.headers['set-cookie']?.[0]).toContain(cookie())
    expect(await send('/', { headers: { cookie: cookie() } })).toMatchObject({ status: 200, body: 'inside' })
  })

  it('carries method, headers and body there, and status, headers and body back', async () => {
    await open(async (incoming) => {
      const text = `${incoming.method} ${new URL(incoming.url).pathname} ${incoming.headers.get('x-kind') ?? ''} ${await incoming.text()}`
      return new Response(text, { status: 201, headers: { 'x-answer': 'yes' } })
    })
    const headers = { cookie: cookie(), origin: `http://127.0.0.1:${host.port}`, 'x-kind': 'test' }
    const answer = await send('/api/x', { method: 'POST', headers, body: 'größe' })
    expect(answer).toMatchObject({ status: 201, body: 'POST /api/x test größe' })
    expect(answer.headers['x-answer']).toBe('yes')
  })

  it('answers HEAD without a body', async () => {
    await open(() => Promise.resolve(new Response('inside', { headers: { 'content-length': '6' } })))
    const answer = await send('/', { method: 'HEAD', headers: { cookie: cookie() } })
    expect(answer).toMatchObject({ status: 200, body: '' })
  })

  it('lets the door know when a page has left in the middle of a stream', async () => {
    const aborted = new Promise<void>((resolve) => {
      void open((incoming) => {
        incoming.signal.addEventListener('abort', () => resolve())
        const body = new ReadableStream({
          start: (controller) => controller.enqueue(new TextEncoder().encode('first')),
        })
        return Promise.resolve(new Response(body))
      }).then(() => {
        const outgoing = request({ host: '127.0.0.1', port: host.port, headers: { cookie: cookie() } }, (incoming) => {
          incoming.once('data', () => outgoing.destroy())
        })
        outgoing.on('error', () => undefined)
        outgoing.end()
      })
    })
    await aborted
  })

  it('says which port is taken', async () => {
    await open(() => Promise.resolve(new Response()))
    await expect(
      listenHttp({ handle: () => Promise.resolve(new Response()) }, { bindHost: '127.0.0.1', port: host.port }),
    ).rejects.toMatchObject({
      code: 'NETWORK_ADDRESS_IN_USE',
      message: expect.stringContaining(`port ${host.port}`) as string,
    })
  })
})
