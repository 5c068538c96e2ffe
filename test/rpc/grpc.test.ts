import { Client, credentials, Metadata } from '@grpc/grpc-js'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { PauseGate } from '../../src-main/env/pause-gate'
import { realEnv } from '../../src-main/env/real'
import type { CallContext } from '../../src-main/rpc/call'
import { dingoError } from '../../src-main/rpc/dingo-error'
import { Errno } from '../../src-main/rpc/generated/dingodb/error_pb'
import { StoreService } from '../../src-main/rpc/generated/dingodb/store_pb'
import { GrpcChannels } from '../../src-main/rpc/grpc/grpc-channels'
import { GrpcServer } from '../../src-main/rpc/grpc/grpc-server'
import { withPauses } from '../../src-main/rpc/pausable-channels'
import type { ServiceRegistry } from '../../src-main/rpc/service-registry'
import { echoRegistry, getRequest, storeRegistry, text } from './support/echo-service'

const env = realEnv()
const { kvGet, kvPut } = StoreService.method
const closers: Array<() => Promise<void> | void> = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function serve(
  registry: ServiceRegistry,
  options: { port?: number; maxMessageBytes?: number; gate?: PauseGate } = {},
) {
  const server = await GrpcServer.start({ registry, env, port: 0, ...options })
  closers.push(() => server.closeNow())
  return server
}

function channels(options: { maxMessageBytes?: number; timeoutMs?: number } = {}) {
  const made = new GrpcChannels({ env, ...options })
  closers.push(() => made.close())
  return made
}

/** A call of bare bytes, as a client of another kind could make it. */
function rawCall(address: string, path: string, bytes: Uint8Array, metadata = new Metadata()) {
  const client = new Client(address, credentials.createInsecure())
  closers.push(() => {
    client.close()
  })
  return new Promise<{ code: number; details: string } | Buffer>((resolve) => {
    client.makeUnaryRequest<Uint8Array, Buffer>(
      path,
      (value) => Buffer.from(value),
      (value) => value,
      bytes,
      metadata,
      (error, response) => {
        resolve(error === null ? response! : { code: error.code, details: error.details })
      },
    )
  })
}

describe('a gRPC server and its channels', () => {
  test('carry a call and its answer, bytes as plain arrays', async () => {
    let seen: Uint8Array | undefined
    const registry = storeRegistry({
      kvGet: (request) => {
        seen = request.key
        return { value: request.key }
      },
    })
    const server = await serve(registry)
    const response = await channels().to(server.address).unary(kvGet, getRequest('a key'))
    expect(text(response.value)).toBe('a key')
    expect(Buffer.isBuffer(seen)).toBe(false)
    expect(Buffer.isBuffer(response.value)).toBe(false)
  })

  test('a business error travels in the response, with its hints', async () => {
    const server = await serve(
      storeRegistry({
        kvGet: () => {
          throw dingoError(Errno.ERAFT_NOTLEADER, 'Not the leader.', {
            leaderLocation: { host: '127.0.0.1', port: 7 },
            storeId: 20_002,
          })
        },
      }),
    )
    const { error } = await channels().to(server.address).unary(kvGet, getRequest('a'))
    expect(error).toMatchObject({ errcode: Errno.ERAFT_NOTLEADER, errmsg: 'Not the leader.', storeId: 20_002n })
    expect(error?.leaderLocation).toMatchObject({ host: '127.0.0.1', port: 7 })
  })

  test('a method without a handler answers ENOT_SUPPORT', async () => {
    const server = await serve(echoRegistry())
    const { error } = await channels().to(server.address).unary(kvPut, {})
    expect(error?.errcode).toBe(Errno.ENOT_SUPPORT)
    expect(error?.errmsg).toContain('StoreService/KvPut')
  })

  test.each([
    ['a text', 'no error object'],
    ['nothing', undefined],
    ['an object without text', Object.create(null) as object],
    ['a broken pair of surrogates', new Error('half \uD800 pair')],
  ])('a handler that throws %s answers EINTERNAL', async (_name, thrown) => {
    const server = await serve(
      storeRegistry({
        kvGet: () => {
          throw thrown
        },
      }),
    )
    const { error } = await channels().to(server.address).unary(kvGet, getRequest('a'))
    expect(error?.errcode).toBe(Errno.EINTERNAL)
  })

  test('a handler whose answer cannot be encoded answers EINTERNAL', async () => {
    const server = await serve(storeRegistry({ kvGet: () => ({ value: 'no bytes' }) as never }))
    const { error } = await channels().to(server.address).unary(kvGet, getRequest('a'))
    expect(error?.errcode).toBe(Errno.EINTERNAL)
  })

  test('an unknown method is UNIMPLEMENTED', async () => {
    const server = await serve(echoRegistry())
    expect(await rawCall(server.address, '/dingodb.pb.store.StoreService/NoSuch', new Uint8Array(0))).toMatchObject({
      code: 12,
    })
  })

  test('malformed bytes are INVALID_ARGUMENT, and the node goes on', async () => {
    const server = await serve(echoRegistry())
    const malformed = await rawCall(server.address, '/dingodb.pb.store.StoreService/KvGet', new Uint8Array([255, 255]))
    expect(malformed).toMatchObject({ code: 3, details: expect.stringContaining('KvGetRequest') as string })
    const response = await channels().to(server.address).unary(kvGet, getRequest('still here'))
    expect(text(response.value)).toBe('still here')
  })

  test('an oversized request is refused by either end, and the node goes on', async () => {
    const server = await serve(echoRegistry(), { maxMessageBytes: 10_000 })
    const channel = channels({ maxMessageBytes: 100_000 }).to(server.address)
    const refused = { code: 'RPC_FAILED', details: { grpcCode: 'RESOURCE_EXHAUSTED' } }
    await expect(channel.unary(kvGet, getRequest(new Uint8Array(20_000)))).rejects.toMatchObject(refused)
    await expect(channel.unary(kvGet, getRequest(new Uint8Array(200_000)))).rejects.toMatchObject(refused)
    expect(text((await channel.unary(kvGet, getRequest('fits'))).value)).toBe('fits')
  })

  test('an oversized response is refused by either end, and the node goes on', async () => {
    const registry = storeRegistry({ kvGet: (request) => ({ value: new Uint8Array(Number(text(request.key))) }) })
    const server = await serve(registry, { maxMessageBytes: 100_000 })
    const channel = channels({ maxMessageBytes: 10_000 }).to(server.address)
    const refused = { code: 'RPC_FAILED', details: { grpcCode: 'RESOURCE_EXHAUSTED' } }
    await expect(channel.unary(kvGet, getRequest('20000'))).rejects.toMatchObject(refused)
    await expect(channel.unary(kvGet, getRequest('200000'))).rejects.toMatchObject(refused)
    expect((await channel.unary(kvGet, getRequest('5'))).value).toHaveLength(5)
  })

  test('64 MiB pass, both ways', { timeout: 30_000 }, async () => {
    const server = await serve(echoRegistry())
    const key = new Uint8Array(64 * 1024 * 1024 - 100).fill(7)
    const { value } = await channels().to(server.address).unary(kvGet, getRequest(key))
    expect(Buffer.compare(value, key)).toBe(0)
  })

  test('the deadline reaches the handler and ends the call', async () => {
    const contexts: CallContext[] = []
    const server = await serve(
      storeRegistry({
        kvGet: (_request, call) => {
          contexts.push(call)
          return new Promise((resolve) => {
            call.signal.addEventListener('abort', () => {
              resolve({})
            })
          })
        },
      }),
    )
    const call = channels().to(server.address).unary(kvGet, getRequest('a'), { timeoutMs: 200 })
    await expect(call).rejects.toMatchObject({ code: 'RPC_DEADLINE_EXCEEDED', details: { timeoutMs: 200 } })
    expect(contexts[0]?.remainingMs).toBeLessThanOrEqual(200)
    await expect.poll(() => contexts[0]?.signal.aborted).toBe(true)
  })

  test('without a deadline of the caller the channel has one, and a raw client none', async () => {
    const remaining: Array<number | undefined> = []
    const server = await serve(
      storeRegistry({
        kvGet: (_request, call) => {
          remaining.push(call.remainingMs)
          return {}
        },
      }),
    )
    await rawCall(server.address, '/dingodb.pb.store.StoreService/KvGet', new Uint8Array(0))
    await channels().to(server.address).unary(kvGet, {})
    expect(remaining[0]).toBeUndefined()
    expect(remaining[1]).toBeGreaterThan(10_000)
  })

  test('a call that is followed says so, an untimed one has no deadline, and what is no id is none', async () => {
    const seen: Array<Pick<CallContext, 'traceId' | 'remainingMs'>> = []
    const server = await serve(
      storeRegistry({
        kvGet: (_request, { traceId, remainingMs }) => {
          seen.push({ traceId, remainingMs })
          return {}
        },
      }),
    )
    const channel = channels({ timeoutMs: 1 }).to(server.address)
    await channel.unary(kvGet, {}, { traceId: '00ff', untimed: true })
    await expect(channel.unary(kvGet, {}, { traceId: 'not an id' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    const metadata = new Metadata()
    metadata.set('x-dingo-trace-id', 'A'.repeat(65))
    await rawCall(server.address, '/dingodb.pb.store.StoreService/KvGet', new Uint8Array(0), metadata)
    expect(seen).toEqual([
      { traceId: '00ff', remainingMs: undefined },
      { traceId: undefined, remainingMs: undefined },
    ])
  })

  test('a caller that gives up reaches the handler, and so does one that vanishes', async () => {
    const signals: AbortSignal[] = []
    const server = await serve(
      storeRegistry({
        kvGet: (_request, call) => {
          signals.push(call.signal)
          return new Promise((resolve) => {
            call.signal.addEventListener('abort', () => {
              resolve({})
            })
          })
        },
      }),
    )
    const abort = new AbortController()
    const first = channels().to(server.address).unary(kvGet, {}, { signal: abort.signal })
    await expect.poll(() => signals.length).toBe(1)
    abort.abort()
    await expect(first).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect.poll(() => signals[0]?.aborted).toBe(true)

    const vanishing = channels()
    const second = vanishing.to(server.address).unary(kvGet, {})
    await expect.poll(() => signals.length).toBe(2)
    await vanishing.close()
    await expect(second).rejects.toMatchObject({ code: 'RPC_UNAVAILABLE' })
    await expect.poll(() => signals[1]?.aborted).toBe(true)
    await expect(vanishing.to(server.address).unary(kvGet, {})).rejects.toMatchObject({
      code: 'RPC_UNAVAILABLE',
      details: { sent: false },
    })
  })

  test('nobody there: RPC_UNAVAILABLE, and nothing was sent', async () => {
    const server = await serve(echoRegistry())
    await server.closeNow()
    await expect(channels().to(server.address).unary(kvGet, {})).rejects.toMatchObject({
      code: 'RPC_UNAVAILABLE',
      details: { sent: false },
    })
  })

  test('a silenced node answers nothing more, and its successor is found at once', async () => {
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let isCalled = false
    const server = await serve(
      storeRegistry({
        kvGet: async () => {
          isCalled = true
          await held
          return {}
        },
      }),
    )
    const channel = channels().to(server.address)
    const call = channel.unary(kvGet, {})
    await expect.poll(() => isCalled).toBe(true)
    server.silence()
    release()
    await expect(call).rejects.toMatchObject({ code: 'RPC_UNAVAILABLE', details: { sent: true } })
    await server.closeNow()
    await expect(channel.unary(kvGet, {})).rejects.toMatchObject({ code: 'RPC_UNAVAILABLE' })
    await serve(echoRegistry(), { port: server.port })
    await expect
      .poll(
        () =>
          channel.unary(kvGet, getRequest('back')).then(
            ({ value }) => text(value),
            () => undefined,
          ),
        {
          timeout: 5_000,
          interval: 20,
        },
      )
      .toBe('back')
  })

  test('a graceful close lets calls end and takes no new ones', async () => {
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let isCalled = false
    const server = await serve(
      storeRegistry({
        kvGet: async () => {
          isCalled = true
          await held
          return { value: new Uint8Array([1]) }
        },
      }),
    )
    const call = channels().to(server.address).unary(kvGet, {})
    await expect.poll(() => isCalled).toBe(true)
    const closed = server.close({ graceMs: 10_000 })
    release()
    expect((await call).value).toEqual(new Uint8Array([1]))
    await closed
    await server.close()
  })

  test('a graceful close breaks off what does not end', async () => {
    let isCalled = false
    const server = await serve(
      storeRegistry({
        kvGet: () => {
          isCalled = true
          return new Promise(() => undefined)
        },
      }),
    )
    const call = channels().to(server.address).unary(kvGet, {})
    await expect.poll(() => isCalled).toBe(true)
    await Promise.all([expect(call).rejects.toMatchObject({ code: 'RPC_UNAVAILABLE' }), server.close({ graceMs: 20 })])
  })

  test('a taken port is NETWORK_ADDRESS_IN_USE', async () => {
    const server = await serve(echoRegistry())
    await expect(serve(echoRegistry(), { port: server.port })).rejects.toMatchObject({
      code: 'NETWORK_ADDRESS_IN_USE',
    })
  })

  test('bytes that are not HTTP/2 harm nobody', async () => {
    const server = await serve(echoRegistry())
    const socket = connect(server.port, '127.0.0.1')
    const gone = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => undefined).resume()
    socket.write('GET / HTTP/1.1\r\n\r\n'.repeat(1_000))
    await gone
    expect(text((await channels().to(server.address).unary(kvGet, getRequest('fine'))).value)).toBe('fine')
  })

  test('an address that is none is refused', () => {
    for (const address of ['', 'host', 'host:0', 'host:70000', 'http://host:1', ':1']) {
      expect(() => channels().to(address)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
    }
  })
})

describe('a node that is paused', () => {
  /** Whether something has settled by the time at which another call to another server has come back. */
  async function settles(work: Promise<unknown>): Promise<boolean> {
    let isSettled = false
    const note = () => {
      isSettled = true
    }
    work.then(note, note)
    const other = await serve(echoRegistry())
    for (let round = 0; round < 5; round++) await channels().to(other.address).unary(kvGet, getRequest('k'))
    return isSettled
  }

  /** Answers a get with its key, and notes that it was taken. */
  const notingRegistry = (seen: string[]) =>
    storeRegistry({
      kvGet: ({ key }) => {
        seen.push(text(key))
        return { value: key }
      },
    })

  test('takes no call', async () => {
    const gate = new PauseGate()
    const seen: string[] = []
    const server = await serve(notingRegistry(seen), { gate })
    gate.close()
    const call = channels().to(server.address).unary(kvGet, getRequest('k'))
    expect(await settles(call)).toBe(false)
    expect(seen).toEqual([])
    gate.open()
    expect(text((await call).value)).toBe('k')
  })

  test('never takes a call whose caller has given it up, or that it is killed before', async () => {
    const gate = new PauseGate()
    const seen: string[] = []
    const server = await serve(notingRegistry(seen), { gate })
    gate.close()
    const given = new AbortController()
    const givenUp = channels().to(server.address).unary(kvGet, getRequest('given up'), { signal: given.signal })
    const givenUpOver = expect(givenUp).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(await settles(givenUp)).toBe(false)
    given.abort()
    await givenUpOver
    const lost = channels().to(server.address).unary(kvGet, getRequest('lost'))
    const lostOver = expect(lost).rejects.toMatchObject({ code: 'RPC_UNAVAILABLE' })
    expect(await settles(lost)).toBe(false)
    const closed = server.closeNow()
    gate.open()
    await Promise.all([lostOver, closed])
    expect(seen).toEqual([])
  })

  test('gives no answer', async () => {
    const gate = new PauseGate()
    let begun: () => void = () => undefined
    const isBegun = new Promise<void>((resolve) => {
      begun = resolve
    })
    const registry = storeRegistry({
      kvGet: ({ key }) => {
        gate.close()
        begun()
        return { value: key }
      },
    })
    const server = await serve(registry, { gate })
    const call = channels().to(server.address).unary(kvGet, getRequest('k'))
    await isBegun
    expect(await settles(call)).toBe(false)
    gate.open()
    expect(text((await call).value)).toBe('k')
  })

  test('makes no call, and hears no answer', async () => {
    const gate = new PauseGate()
    let calls = 0
    const registry = storeRegistry({
      kvGet: ({ key }) => {
        calls += 1
        return { value: key }
      },
      kvPut: () => {
        gate.close()
        return {}
      },
    })
    const server = await serve(registry)
    const channel = withPauses(channels(), gate).to(server.address)
    const put = channel.unary(kvPut, {})
    expect(await settles(put)).toBe(false)
    const get = channel.unary(kvGet, getRequest('k'))
    expect(await settles(get)).toBe(false)
    expect(calls).toBe(0)
    gate.open()
    await put
    expect(text((await get).value)).toBe('k')
  })
})
