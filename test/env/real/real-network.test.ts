import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Endpoint } from '../../../src-main/env'
import type { NetworkDropReason, RealNetworkOptions } from '../../../src-main/env/real'
import { RealNetwork } from '../../../src-main/env/real'
import { FrameReader, frameHeader } from '../../../src-main/env/real/message-frame'
import { formatSocketAddress, parseSocketAddress } from '../../../src-main/env/real/socket-address'

const until = (condition: () => boolean): Promise<void> =>
  expect.poll(condition, { timeout: 20_000, interval: 5 }).toBe(true)

describe('RealNetwork', () => {
  const cleanUp: Array<() => Promise<unknown>> = []
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step()
  })

  const bind = async (
    received: Uint8Array[] = [],
    options: RealNetworkOptions = {},
    address = '127.0.0.1:0',
  ): Promise<Endpoint> => {
    const endpoint = await new RealNetwork(options).bind(address, (_, message) => received.push(message))
    cleanUp.push(() => endpoint.close())
    return endpoint
  }

  const knock = async (address: string): Promise<Socket> => {
    const socket = connect(parseSocketAddress(address))
    socket.on('error', () => undefined)
    cleanUp.push(async () => {
      if (!socket.destroyed) await once(socket.destroy(), 'close')
    })
    await once(socket, 'connect')
    return socket
  }

  it('binds loopback addresses only, unless told otherwise', async () => {
    for (const address of ['0.0.0.0:0', '192.0.2.1:0', '[::]:0', 'example.org:0']) {
      await expect(bind([], {}, address)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    }
    for (const address of ['127.0.0.1', ':1', '127.0.0.1:65536', '::1:5', '']) {
      await expect(bind([], {}, address)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    }
    expect((await bind([], { allowOtherHosts: true }, '0.0.0.0:0')).address).toMatch(/^0\.0\.0\.0:\d+$/)
    expect((await bind([], {}, 'localhost:0')).address).toMatch(/^localhost:\d+$/)
  })

  it('refuses an address that is not of this machine', async () => {
    await expect(bind([], { allowOtherHosts: true }, '192.0.2.1:0')).rejects.toMatchObject({
      code: 'NETWORK_ADDRESS_IN_USE',
    })
  })

  it('refuses to send to what is no address', async () => {
    const endpoint = await bind()
    expect(() => {
      endpoint.send('nowhere', new Uint8Array(1))
    }).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })

  it('closes connections that do not speak its language, and those that announce too much', async () => {
    const received: Uint8Array[] = []
    const endpoint = await bind(received, { maxMessageBytes: 100 })
    for (const words of [
      new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'),
      Uint8Array.of(...frameHeader(3), 1, 2, 3, ...frameHeader(1), 7),
      Uint8Array.of(...frameHeader(5), ...new TextEncoder().encode('DSB1x'), ...frameHeader(101), 1, 2, 3),
    ]) {
      const stranger = await knock(endpoint.address)
      const closed = once(stranger, 'close')
      stranger.write(words)
      await closed
    }
    expect(received).toEqual([])
    const friend = await bind()
    friend.send(endpoint.address, Uint8Array.of(1))
    await until(() => received.length === 1)
  })

  it('drops messages beyond its queue, and keeps those within', async () => {
    const drops: NetworkDropReason[] = []
    const silent = createServer((socket) => {
      socket.pause()
      socket.on('error', () => undefined)
    })
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    cleanUp.push(() => new Promise((resolve) => silent.close(resolve)))
    const to = `127.0.0.1:${String((silent.address() as AddressInfo).port)}`
    const endpoint = await bind([], { maxQueuedBytes: 1_000_000, onDrop: (_, reason) => drops.push(reason) })
    for (let count = 0; count < 200; count++) endpoint.send(to, new Uint8Array(100_000))
    expect(drops.length).toBeGreaterThan(180)
    expect(new Set(drops)).toEqual(new Set(['queue-full']))
  })

  it('drops messages to a destination that refuses, waits a moment, and reaches it once it is there', async () => {
    const drops: NetworkDropReason[] = []
    const received: Uint8Array[] = []
    const gone = await bind()
    const { address } = gone
    await gone.close()
    const endpoint = await bind([], { reconnectDelayMs: 20, onDrop: (_, reason) => drops.push(reason) })
    endpoint.send(address, Uint8Array.of(1))
    await until(() => drops.length === 1)
    endpoint.send(address, Uint8Array.of(2))
    expect(drops).toEqual(['not-connected', 'not-connected'])
    await bind(received, {}, address)
    await until(() => {
      endpoint.send(address, Uint8Array.of(3))
      return received.length > 0
    })
    expect(received[0]).toEqual(Uint8Array.of(3))
  })

  it('gives what a handler throws to the error handler, and goes on', async () => {
    const errors: unknown[] = []
    const network = new RealNetwork({ onHandlerError: (error, address) => errors.push([error, address]) })
    const endpoint = await network.bind('127.0.0.1:0', (_, message) => {
      throw new Error(`message ${String(message[0])}`)
    })
    cleanUp.push(() => endpoint.close())
    endpoint.send(endpoint.address, Uint8Array.of(1))
    endpoint.send(endpoint.address, Uint8Array.of(2))
    await until(() => errors.length === 2)
    expect(errors).toEqual([
      [new Error('message 1'), endpoint.address],
      [new Error('message 2'), endpoint.address],
    ])
  })
})

describe('FrameReader', () => {
  it('finds the messages however the stream is cut', () => {
    const messages = [[], [1], [2, 3], Array.from({ length: 300 }, (_, index) => index & 255), []]
    const stream = Uint8Array.from(messages.flatMap((message) => [...frameHeader(message.length), ...message]))
    for (let chunkLength = 1; chunkLength <= stream.length; chunkLength++) {
      const found: number[][] = []
      const reader = new FrameReader(300, (message) => found.push([...message]))
      for (let start = 0; start < stream.length; start += chunkLength) {
        expect(reader.push(stream.subarray(start, start + chunkLength))).toBe(true)
      }
      expect(found).toEqual(messages)
    }
  })

  it('refuses a frame that is too long as soon as it is announced', () => {
    const reader = new FrameReader(10, () => expect.fail('no message'))
    expect(reader.push(frameHeader(11))).toBe(false)
    expect(new FrameReader(10, () => undefined).push(frameHeader(0xffffffff))).toBe(false)
  })
})

describe('socket addresses', () => {
  it('are read and written', () => {
    for (const address of ['127.0.0.1:1', '[::1]:65535', 'localhost:0', 'a-host.example:80']) {
      expect(formatSocketAddress(parseSocketAddress(address))).toBe(address)
    }
  })
})
