import { afterEach, describe, expect, test } from 'vitest'
import { realEnv } from '../../../../src-main/env/real'
import type { SandboxError } from '../../../../src-main/base/sandbox-error'
import { draftMessage } from '../../../../src-main/raft/core/model/message'
import type { GrpcRaftTransportOptions } from '../../../../src-main/raft/transport/grpc/grpc-raft-transport'
import { GrpcRaftTransport } from '../../../../src-main/raft/transport/grpc/grpc-raft-transport'
import type { PeerMessage } from '../../../../src-main/raft/transport/peer-message'
import { PeerService } from '../../../../src-main/rpc/generated/sandbox/peer_pb'
import { GrpcServer } from '../../../../src-main/rpc/grpc/grpc-server'
import { openGrpcStream } from '../../../../src-main/rpc/grpc/grpc-stream'
import { NodeLinks } from '../../../../src-main/rpc/links'
import { ServiceRegistry } from '../../../../src-main/rpc/service-registry'

const env = realEnv()
const closers: Array<() => Promise<void> | void> = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const MAX_BYTES = 64 * 1024 * 1024

interface TestNode {
  readonly id: number
  readonly transport: GrpcRaftTransport
  readonly links: NodeLinks
  readonly received: string[]
  readonly bytes: number[]
  readonly warnings: SandboxError[]
  readonly port: number
  stop(): Promise<void>
}

/** Nodes whose addresses are known to each other while they run, and afterwards too. */
class TestNodes {
  readonly addresses = new Map<number, string>()

  async start(id: number, options: Partial<GrpcRaftTransportOptions> & { port?: number } = {}): Promise<TestNode> {
    const links = new NodeLinks(env.clock)
    const received: string[] = []
    const bytes: number[] = []
    const warnings: SandboxError[] = []
    const transport = new GrpcRaftTransport({
      nodeId: id,
      clusterId: 7,
      env,
      links,
      addressOf: (nodeId) => this.addresses.get(nodeId),
      onWarning: (error) => warnings.push(error),
      ...options,
    })
    transport.listen((from, message) => {
      received.push(`${String(from)}>${String(id)} ${String(message.regionId)}`)
      if (message.kind === 'snapshot-chunk') bytes.push(message.bytes.length)
    })
    const registry = new ServiceRegistry()
    transport.registerServices(registry)
    const server = await GrpcServer.start({ registry, env, port: options.port ?? 0 })
    this.addresses.set(id, server.address)
    const stop = async () => {
      await transport.close()
      await server.closeNow()
    }
    closers.push(stop)
    return { id, transport, links, received, bytes, warnings, port: server.port, stop }
  }
}

const transfer = { snapshot: { index: 1, term: 1 }, checksum: 0 }
const numbered = (regionId: number): PeerMessage => ({
  kind: 'snapshot-progress',
  regionId,
  transfer,
  receivedBytes: 0,
  refused: false,
})
const chunk = (regionId: number, length: number): PeerMessage => ({
  kind: 'snapshot-chunk',
  regionId,
  transfer,
  totalBytes: length,
  offset: 0,
  bytes: new Uint8Array(length),
})
const heartbeat = (regionId: number): PeerMessage => ({
  kind: 'raft',
  regionId,
  message: draftMessage('MsgHeartbeat', 2),
})
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

/** Sends the same message again and again, as Raft does, until the condition holds. */
async function sendUntil(send: () => void, holds: () => boolean): Promise<void> {
  await expect
    .poll(
      () => {
        if (!holds()) send()
        return holds()
      },
      { timeout: 10_000, interval: 10 },
    )
    .toBe(true)
}

describe('the transport over gRPC', () => {
  test('delivers in order in both directions, never within the call', async () => {
    const nodes = new TestNodes()
    const one = await nodes.start(1)
    const two = await nodes.start(2)
    for (const number of range(1_000)) {
      one.transport.send(2, numbered(number))
      two.transport.send(1, numbered(number))
    }
    expect(two.received).toEqual([])
    await expect.poll(() => [one.received.length, two.received.length]).toEqual([1_000, 1_000])
    expect(two.received).toEqual(range(1_000).map((number) => `1>2 ${String(number)}`))
    expect(one.received).toEqual(range(1_000).map((number) => `2>1 ${String(number)}`))
  })

  test('messages of one turn travel in one frame, and more while a frame is being written', async () => {
    const nodes = new TestNodes()
    const one = await nodes.start(1)
    const two = await nodes.start(2)
    for (const number of range(500)) one.transport.send(2, numbered(number))
    await expect.poll(() => two.received.length).toBe(500)
    expect(one.transport.counters.sentFrames).toBe(1)
    const burst = async () => {
      for (const number of range(100)) {
        one.transport.send(2, numbered(number))
        await Promise.resolve()
      }
    }
    await burst()
    await expect.poll(() => two.received.length).toBe(600)
    expect(one.transport.counters.sentFrames).toBeLessThan(10)
  })

  test('a peer that starts anew is found, at another address too', async () => {
    const nodes = new TestNodes()
    const one = await nodes.start(1)
    const two = await nodes.start(2)
    one.transport.send(2, numbered(1))
    await expect.poll(() => two.received).toEqual(['1>2 1'])
    await two.stop()
    one.transport.send(2, numbered(2))
    await expect.poll(() => one.transport.isConnected(2)).toBe(false)
    const again = await nodes.start(2, { port: two.port })
    await sendUntil(
      () => {
        one.transport.send(2, numbered(3))
      },
      () => again.received.includes('1>2 3'),
    )
    await again.stop()
    const elsewhere = await nodes.start(2)
    await sendUntil(
      () => {
        one.transport.send(2, numbered(4))
      },
      () => elsewhere.received.includes('1>2 4'),
    )
  })

  test('a peer that calls ends the pause at once', async () => {
    const nodes = new TestNodes()
    const one = await nodes.start(1)
    const two = await nodes.start(2)
    await two.stop()
    for (let failures = 0; failures < 4; failures += 1) {
      await sendUntil(
        () => {
          one.transport.send(2, numbered(1))
        },
        () => one.transport.counters.connects > failures,
      )
    }
    await expect.poll(() => one.transport.counters.dropped['connection-lost']).toBeGreaterThan(3)
    const before = one.transport.counters.connects
    const again = await nodes.start(2, { port: two.port })
    again.transport.send(1, numbered(2))
    await expect.poll(() => one.received).toContain('2>1 2')
    one.transport.send(2, numbered(3))
    await expect.poll(() => again.received).toEqual(['1>2 3'])
    expect(one.transport.counters.connects).toBe(before + 1)
  })

  test('a cut takes effect at once in its direction, and heals', async () => {
    const nodes = new TestNodes()
    const one = await nodes.start(1)
    const two = await nodes.start(2)
    one.transport.send(2, numbered(1))
    await expect.poll(() => two.received).toEqual(['1>2 1'])
    one.links.change(2, 'outgoing', { isCut: true })
    one.transport.send(2, numbered(2))
    two.transport.send(1, numbered(3))
    await expect.poll(() => one.received).toEqual(['2>1 3'])
    one.links.change(2, 'incoming', { isCut: true })
    two.transport.send(1, numbered(4))
    await expect.poll(() => one.transport.counters.dropped['link-cut']).toBe(2)
    one.links.healAll()
    one.transport.send(2, numbered(5))
    two.transport.send(1, numbered(6))
    await expect
      .poll(() => [one.received, two.received])
      .toEqual([
        ['2>1 3', '2>1 6'],
        ['1>2 1', '1>2 5'],
      ])
  })

  test('a delay keeps the order, and a cut loses what is on its way', async () => {
    const nodes = new TestNodes()
    const one = await nodes.start(1)
    const two = await nodes.start(2)
    one.links.change(2, 'outgoing', { delayMs: 30 })
    one.transport.send(2, numbered(1))
    one.links.change(2, 'outgoing', { delayMs: 0 })
    one.transport.send(2, numbered(2))
    await expect.poll(() => two.received).toEqual(['1>2 1', '1>2 2'])
    one.links.change(2, 'outgoing', { delayMs: 30 })
    one.transport.send(2, numbered(3))
    one.links.change(2, 'outgoing', { isCut: true })
    one.links.healAll()
    one.transport.send(2, numbered(4))
    await expect.poll(() => two.received).toEqual(['1>2 1', '1>2 2', '1>2 4'])
    expect(one.transport.counters.dropped['link-cut']).toBe(1)
  })

  test('a peer of whom nobody knows the address is dropped and counted', async () => {
    const one = await new TestNodes().start(1)
    one.transport.send(9, numbered(1))
    await expect.poll(() => one.transport.counters.dropped['unknown-peer']).toBe(1)
  })

  test('a message beyond the limit is dropped in words, the largest one passes', { timeout: 30_000 }, async () => {
    const nodes = new TestNodes()
    const one = await nodes.start(1)
    const two = await nodes.start(2)
    one.transport.send(2, chunk(1, MAX_BYTES))
    one.transport.send(2, chunk(2, MAX_BYTES - 200))
    await expect.poll(() => two.received, { timeout: 20_000 }).toEqual(['1>2 2'])
    one.transport.send(2, numbered(3))
    await expect.poll(() => two.received).toEqual(['1>2 2', '1>2 3'])
    expect(two.bytes).toEqual([MAX_BYTES - 200])
    expect(one.transport.counters.dropped['too-large']).toBe(1)
    expect(one.warnings).toMatchObject([{ code: 'NETWORK_MESSAGE_TOO_LARGE', details: { regionId: 1, to: 2 } }])
  })

  test('the longest command that it lets a leader take arrives', { timeout: 30_000 }, async () => {
    const nodes = new TestNodes()
    const one = await nodes.start(1)
    const two = await nodes.start(2)
    const { maxCommandBytes } = one.transport
    const data = new Uint8Array(maxCommandBytes)
    const most = Number.MAX_SAFE_INTEGER
    const message = {
      ...draftMessage('MsgApp', most),
      ...{ from: most, term: most, logTerm: most, index: most, commit: most, context: new Uint8Array(64) },
      entries: [{ term: most, index: most, type: 'EntryNormal' as const, data }],
    }
    one.transport.send(2, { kind: 'raft', regionId: most, message })
    await expect.poll(() => two.received, { timeout: 20_000 }).toEqual([`1>2 ${String(most)}`])
    expect(maxCommandBytes).toBeLessThan(MAX_BYTES)
  })

  test('what waits is bounded: repeated messages go first, then the newest', async () => {
    const nodes = new TestNodes()
    const one = await nodes.start(1, { maxQueueBytes: 10_000 })
    const two = await nodes.start(2)
    for (const number of range(10)) one.transport.send(2, heartbeat(number))
    for (const number of range(20)) one.transport.send(2, chunk(100 + number, 1_000))
    await expect.poll(() => two.received.length).toBe(9)
    expect(two.received).toEqual(range(9).map((number) => `1>2 ${String(100 + number)}`))
    expect(one.transport.counters.dropped['queue-full']).toBe(10 + 11)
  })

  test('a message that is not fit for the wire takes no other with it', async () => {
    const nodes = new TestNodes()
    const one = await nodes.start(1)
    const two = await nodes.start(2)
    for (const number of [1, -1, 2]) one.transport.send(2, numbered(number))
    await expect.poll(() => two.received).toEqual(['1>2 1', '1>2 2'])
    for (const number of [-1, 3]) one.transport.send(2, numbered(number))
    await expect.poll(() => two.received).toEqual(['1>2 1', '1>2 2', '1>2 3'])
    expect(one.transport.counters.dropped['not-encodable']).toBe(2)
  })

  test.each([
    ['of another cluster', { clusterId: 8 }, /cluster 8 called node 2 of cluster 7/],
    ['with the id of the receiver', { nodeId: 2 }, /each node needs an id of its own/],
  ])('a node %s is refused in words', async (_name, options, sentence) => {
    const nodes = new TestNodes()
    const two = await nodes.start(2)
    const address = nodes.addresses.get(2)
    const stranger = await new TestNodes().start(1, { addressOf: () => address, ...options })
    stranger.transport.send(2, numbered(1))
    await expect.poll(() => stranger.warnings.map(({ message }) => message).join()).toMatch(sentence)
    expect(two.transport.counters.refusedStreams).toBe(1)
    expect(two.received).toEqual([])
  })

  test('a node that has the address of another is refused in words', async () => {
    const nodes = new TestNodes()
    const one = await nodes.start(1)
    await nodes.start(2)
    nodes.addresses.set(3, nodes.addresses.get(2) ?? '')
    one.transport.send(3, numbered(1))
    await expect
      .poll(() => one.warnings.map(({ message }) => message).join())
      .toMatch(/wanted node 3, but this is node 2/)
  })

  test('bytes that are no frame end their stream in words, and the others go on', async () => {
    const nodes = new TestNodes()
    const one = await nodes.start(1)
    const two = await nodes.start(2)
    one.transport.send(2, numbered(1))
    await expect.poll(() => two.received).toEqual(['1>2 1'])
    const stream = openGrpcStream(nodes.addresses.get(2) ?? '', PeerService.method.exchange, MAX_BYTES)
    const ended = new Promise<SandboxError | undefined>((resolve) => {
      stream.listen({ frame: () => undefined, ended: resolve })
    })
    stream.write(new Uint8Array([255, 255, 255]))
    expect(await ended).toMatchObject({ code: 'RPC_FAILED', details: { grpcCode: 'INVALID_ARGUMENT' } })
    one.transport.send(2, numbered(2))
    await expect.poll(() => two.received).toEqual(['1>2 1', '1>2 2'])
  })

  test('a closed transport carries nothing more in either direction', async () => {
    const nodes = new TestNodes()
    const one = await nodes.start(1)
    const two = await nodes.start(2)
    one.transport.send(2, numbered(1))
    await expect.poll(() => two.received.length).toBe(1)
    await two.transport.close()
    await two.transport.close()
    two.transport.send(1, numbered(2))
    await expect.poll(() => one.transport.isConnected(2)).toBe(false)
    expect([one.received, two.received]).toEqual([[], ['1>2 1']])
  })
})
