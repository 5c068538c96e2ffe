import { Client, credentials } from '@grpc/grpc-js'
import { connect as connectHttp2 } from 'node:http2'
import type { Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { realEnv } from '../../src-main/env/real'
import { StoreService } from '../../src-main/rpc/generated/dingodb/store_pb'
import { GrpcChannels } from '../../src-main/rpc/grpc/grpc-channels'
import { GrpcServer } from '../../src-main/rpc/grpc/grpc-server'
import { echoRegistry, getRequest, text } from './support/echo-service'

const env = realEnv()
const { kvGet } = StoreService.method
const closers: Array<() => Promise<void> | void> = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function serve(): Promise<GrpcServer> {
  const server = await GrpcServer.start({ registry: echoRegistry(), env, port: 0 })
  closers.push(() => server.closeNow())
  return server
}

function channels(options: { keepAliveMs?: number } = {}): GrpcChannels {
  const made = new GrpcChannels({ env, ...options })
  closers.push(() => made.close())
  return made
}

/** A way to a node that can fall silent without breaking, as when a machine or a network is gone. */
async function openWay(port: number) {
  const sockets: Socket[] = []
  let isSilent = false
  const proxy = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    sockets.push(near, far)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes) => {
        if (!isSilent) to.write(bytes)
      })
      from.on('error', () => undefined)
      from.on('close', () => to.destroy())
    }
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })
  const bound = proxy.address()
  const address = `127.0.0.1:${String(typeof bound === 'object' ? bound?.port : 0)}`
  return {
    address,
    setSilent: (silent: boolean) => {
      isSilent = silent
    },
  }
}

const GOAWAY = 7

/** The types of the HTTP/2 frames in some bytes. */
function frameTypes(bytes: Buffer): number[] {
  const types: number[] = []
  for (let offset = 0; offset + 9 <= bytes.length; offset += 9 + bytes.readUIntBE(offset, 3)) {
    types.push(bytes.readUInt8(offset + 3))
  }
  return types
}

describe('a connection', () => {
  test('over which nothing comes any more is given up long before the call, and made anew', async () => {
    const server = await serve()
    const way = await openWay(server.port)
    const channel = channels({ keepAliveMs: 100 }).to(way.address)
    expect(text((await channel.unary(kvGet, getRequest('before'))).value)).toBe('before')
    way.setSilent(true)
    const lost = channel.unary(kvGet, getRequest('lost'), { timeoutMs: 60_000 })
    await expect(lost).rejects.toMatchObject({ code: 'RPC_UNAVAILABLE', details: { sent: true } })
    way.setSilent(false)
    const again = () =>
      channel.unary(kvGet, getRequest('again')).then(
        ({ value }) => text(value),
        () => 'not yet',
      )
    await expect.poll(again, { timeout: 10_000 }).toBe('again')
  })

  test('may be pinged without calls, as often as clients like', async () => {
    const server = await serve()
    const session = connectHttp2(`http://${server.address}`)
    closers.push(() => {
      session.destroy()
    })
    let isGoingAway = false
    session.on('goaway', () => (isGoingAway = true)).on('error', () => (isGoingAway = true))
    await new Promise((resolve) => session.once('connect', resolve))
    for (let count = 0; count < 200; count += 1) {
      await new Promise<void>((resolve, reject) => {
        session.ping((error) => {
          if (error === null) resolve()
          else reject(error)
        })
      })
    }
    expect(isGoingAway).toBe(false)
    expect(session.destroyed).toBe(false)
  })

  test('whose frames are damaged is told to go, and the others go on', async () => {
    const server = await serve()
    const channel = channels().to(server.address)
    await channel.unary(kvGet, getRequest('a'))
    const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])
    const oversizedFrame = Buffer.from([255, 255, 255, 0, 0, 0, 0, 0, 1])
    const headersOfNoStream = Buffer.from([0, 0, 4, 1, 4, 0, 0, 0, 0, 255, 255, 255, 255])
    for (const damage of [oversizedFrame, headersOfNoStream]) {
      const socket = connect(server.port, '127.0.0.1')
      closers.push(() => {
        socket.destroy()
      })
      const received: Buffer[] = []
      socket.on('error', () => undefined).on('data', (bytes: Buffer) => received.push(bytes))
      socket.write(Buffer.concat([preface, settings, damage]))
      await expect.poll(() => frameTypes(Buffer.concat(received))).toContain(GOAWAY)
    }
    expect(text((await channel.unary(kvGet, getRequest('b'))).value)).toBe('b')
  })
})

describe('health', () => {
  /** Asks for the health of a service as any client does: HealthCheckRequest has its name in field 1. */
  function request(service: string): Buffer {
    const name = Buffer.from(service)
    return Buffer.concat([Buffer.from([0x0a, name.length]), name])
  }
  const SERVING = Buffer.from([8, 1])
  const NOT_SERVING = Buffer.from([8, 2])
  const bytes = (value: Buffer) => value

  test('is told of every service and of the node, and not of others', async () => {
    const server = await serve()
    const client = new Client(server.address, credentials.createInsecure())
    closers.push(() => {
      client.close()
    })
    const check = (service: string) =>
      new Promise<Buffer | number | undefined>((resolve) => {
        client.makeUnaryRequest('/grpc.health.v1.Health/Check', bytes, bytes, request(service), (error, response) => {
          resolve(error === null ? response : error.code)
        })
      })
    expect(await check('')).toEqual(SERVING)
    expect(await check('dingodb.pb.store.StoreService')).toEqual(SERVING)
    expect(await check('nobody.knows.This')).toBe(5)
  })

  test('changes when the node closes', async () => {
    const server = await serve()
    const client = new Client(server.address, credentials.createInsecure())
    closers.push(() => {
      client.close()
    })
    const seen: Buffer[] = []
    const watch = client.makeServerStreamRequest('/grpc.health.v1.Health/Watch', bytes, bytes, request(''))
    watch.on('data', (status: Buffer) => seen.push(status)).on('error', () => undefined)
    await expect.poll(() => seen).toEqual([SERVING])
    const closed = server.close({ graceMs: 500 })
    await expect.poll(() => seen).toEqual([SERVING, NOT_SERVING])
    watch.cancel()
    await closed
  })
})
