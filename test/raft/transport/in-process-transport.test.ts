import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../../src-main/env/seeded-random'
import { SimulatedClock } from '../../../src-main/env/simulated'
import { InProcessNetwork } from '../../../src-main/raft/transport/in-process-transport'
import type { TransportEvent } from '../../../src-main/raft/transport/in-process-transport'
import type { PeerMessage } from '../../../src-main/raft/transport/peer-message'

const transfer = { snapshot: { index: 1, term: 1 }, checksum: 0 }
const numbered = (receivedBytes: number): PeerMessage => ({
  kind: 'snapshot-progress',
  regionId: 1,
  transfer,
  receivedBytes,
  refused: false,
})

function setUp() {
  const clock = new SimulatedClock()
  const network = new InProcessNetwork(clock, new SeededRandom(4))
  const received: string[] = []
  const transports = [1, 2, 3].map((nodeId) => {
    const transport = network.join(nodeId)
    transport.listen((from, message) => {
      received.push(`${String(from)}>${String(nodeId)} ${String((message as { receivedBytes: number }).receivedBytes)}`)
    })
    return transport
  })
  const send = (from: number, to: number, ...numbers: number[]) => {
    for (const number of numbers) transports[from - 1]?.send(to, numbered(number))
  }
  return { clock, network, transports, received, send }
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('the in-process network', () => {
  test('delivers in order, and never within the call', async () => {
    const { clock, received, send } = setUp()
    send(1, 2, 1, 2, 3)
    expect(received).toEqual([])
    await clock.advance(0)
    expect(received).toEqual(['1>2 1', '1>2 2', '1>2 3'])
  })

  test('delays without changing the order, unless told to', async () => {
    const { clock, network, received, send } = setUp()
    network.setLink(1, 2, { minDelayMs: 10, maxDelayMs: 50 })
    send(1, 2, ...range(20))
    await clock.advance(9)
    expect(received).toEqual([])
    await clock.advance(41)
    expect(received).toEqual(range(20).map((number) => `1>2 ${String(number)}`))
    received.length = 0
    network.setLink(1, 2, { reorderProbability: 1 })
    send(1, 2, ...range(20))
    await clock.advance(50)
    expect(received).toHaveLength(20)
    expect(received).not.toEqual(range(20).map((number) => `1>2 ${String(number)}`))
  })

  test('cuts one direction and leaves the other', async () => {
    const { clock, network, received, send } = setUp()
    network.setLink(1, 2, { isCut: true })
    send(1, 2, 1)
    send(2, 1, 2)
    await clock.advance(0)
    expect(received).toEqual(['2>1 2'])
    network.healAll()
    send(1, 2, 3)
    await clock.advance(0)
    expect(received).toEqual(['2>1 2', '1>2 3'])
  })

  test('a cut loses what is on its way, also when it is healed before the arrival', async () => {
    const { clock, network, received, send } = setUp()
    network.setLink(1, 2, { minDelayMs: 10, maxDelayMs: 10 })
    send(1, 2, 1)
    network.setLink(1, 2, { isCut: true })
    network.setLink(1, 2, { isCut: false })
    send(1, 2, 2)
    await clock.advance(10)
    expect(received).toEqual(['1>2 2'])
  })

  test('separates groups', async () => {
    const { clock, network, received, send } = setUp()
    network.partition([1], [2, 3])
    send(1, 2, 1)
    send(3, 1, 2)
    send(2, 3, 3)
    await clock.advance(0)
    expect(received).toEqual(['2>3 3'])
  })

  test('loses and doubles by chance, and tells of it', async () => {
    const { clock, network, received, send } = setUp()
    const events: Array<TransportEvent['kind']> = []
    network.trace = ({ kind }) => events.push(kind)
    network.setAllLinks({ lossProbability: 0.5 })
    send(1, 2, ...range(200))
    await clock.advance(0)
    expect(received.length).toBeGreaterThan(60)
    expect(received.length).toBeLessThan(140)
    expect(events.filter((kind) => kind === 'lost')).toHaveLength(200 - received.length)
    received.length = 0
    network.setAllLinks({ lossProbability: 0, duplicateProbability: 1 })
    send(1, 2, 7)
    await clock.advance(0)
    expect(received).toEqual(['1>2 7', '1>2 7'])
  })

  test('a node that left receives nothing, and its next run only what is sent to it then', async () => {
    const { clock, network, transports, received, send } = setUp()
    await transports[1]?.close()
    send(1, 2, 1)
    await clock.advance(0)
    const again = network.join(2)
    again.listen((from, message) => received.push(`again ${String(from)} ${message.kind}`))
    send(2, 1, 5)
    send(1, 2, 2)
    await clock.advance(0)
    expect(received).toEqual(['again 1 snapshot-progress'])
  })

  test('refuses faults that make no sense', () => {
    const { network } = setUp()
    for (const faults of [{ lossProbability: 2 }, { minDelayMs: 5, maxDelayMs: 1 }, { minDelayMs: -1 }]) {
      expect(() => {
        network.setLink(1, 2, faults)
      }).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
    }
    expect(network.faultsOf(1, 2)).toMatchObject({ lossProbability: 0, minDelayMs: 0 })
  })
})
