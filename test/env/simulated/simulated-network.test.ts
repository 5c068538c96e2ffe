import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../../src-main/env'
import type { LinkOptions, NetworkEvent } from '../../../src-main/env/simulated'
import { SimulatedClock, SimulatedNetwork } from '../../../src-main/env/simulated'

interface Arrival {
  readonly number: number
  readonly atMs: number
}

async function twoEndpoints(link: LinkOptions = {}, seed = 1) {
  const clock = new SimulatedClock()
  const events: NetworkEvent[] = []
  const network = new SimulatedNetwork({
    clock,
    random: new SeededRandom(seed),
    link,
    trace: (event) => events.push(event),
  })
  const atA: Arrival[] = []
  const atB: Arrival[] = []
  const recorder = (arrivals: Arrival[]) => (_: string, message: Uint8Array) =>
    arrivals.push({ number: new DataView(message.buffer).getUint32(0), atMs: clock.monotonicMs() })
  const a = await network.bind('a', recorder(atA))
  const b = await network.bind('b', recorder(atB))
  return { clock, network, events, a, b, atA, atB }
}

const numbered = (number: number): Uint8Array => {
  const message = new Uint8Array(4)
  new DataView(message.buffer).setUint32(0, number)
  return message
}
const numbersOf = (arrivals: readonly Arrival[]): number[] => arrivals.map(({ number }) => number)
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe('links', () => {
  it('take the time of their delay distribution', async () => {
    const fixed = await twoEndpoints({ delay: 7 })
    fixed.a.send('b', numbered(0))
    await fixed.clock.advance(100)
    expect(fixed.atB).toEqual([{ number: 0, atMs: 7 }])

    for (const delay of [
      { kind: 'uniform', minMs: 2, maxMs: 6 },
      { kind: 'exponential', minMs: 2, meanMs: 4 },
    ] as const) {
      const { clock, a, atB } = await twoEndpoints({ delay, reorderProbability: 1 })
      for (const number of range(5000)) a.send('b', numbered(number))
      await clock.advance(1000)
      const times = atB.map(({ atMs }) => atMs)
      expect(times).toHaveLength(5000)
      expect(Math.min(...times)).toBeGreaterThanOrEqual(2)
      if (delay.kind === 'uniform') expect(Math.max(...times)).toBeLessThanOrEqual(6.001)
      expect(Math.abs(times.reduce((sum, time) => sum + time, 0) / 5000 - 4)).toBeLessThan(0.2)
    }
  })

  it('keep the order of messages, unless told to let them overtake', async () => {
    const ordered = await twoEndpoints({ delay: { kind: 'uniform', minMs: 1, maxMs: 50 } })
    for (const number of range(200)) ordered.a.send('b', numbered(number))
    await ordered.clock.advance(100)
    expect(numbersOf(ordered.atB)).toEqual(range(200))

    const free = await twoEndpoints({ delay: { kind: 'uniform', minMs: 1, maxMs: 50 }, reorderProbability: 1 })
    for (const number of range(200)) free.a.send('b', numbered(number))
    await free.clock.advance(100)
    expect(numbersOf(free.atB)).not.toEqual(range(200))
    expect(numbersOf(free.atB).sort((left, right) => left - right)).toEqual(range(200))
  })

  it('lose and double messages as likely as told, and count them', async () => {
    const { clock, network, events, a, atB } = await twoEndpoints({ lossProbability: 0.2, duplicateProbability: 0.1 })
    for (const number of range(10_000)) a.send('b', numbered(number))
    await clock.advance(100)
    const lost = events.filter((event) => event.kind === 'dropped' && event.reason === 'loss').length
    expect(Math.abs(lost - 2000)).toBeLessThan(200)
    expect(Math.abs(atB.length - 8000 * 1.1)).toBeLessThan(300)
    expect(network.counters).toEqual({
      sentMessages: 10_000,
      sentBytes: 40_000,
      deliveredMessages: atB.length,
      deliveredBytes: 4 * atB.length,
      droppedMessages: lost,
      droppedBytes: 4 * lost,
    })
    expect(events.filter((event) => event.kind === 'sent')).toHaveLength(10_000)
    expect(events.filter((event) => event.kind === 'delivered')).toHaveLength(atB.length)
  })

  it('lose what is beyond their capacity, and have room again when messages arrive', async () => {
    const { clock, events, a, atB } = await twoEndpoints({ capacity: 3, delay: 5 })
    for (const number of range(5)) a.send('b', numbered(number))
    await clock.advance(5)
    a.send('b', numbered(5))
    await clock.advance(5)
    expect(numbersOf(atB)).toEqual([0, 1, 2, 5])
    expect(events.flatMap((event) => (event.kind === 'dropped' ? [event.reason] : []))).toEqual([
      'capacity',
      'capacity',
    ])
  })

  it('are set one by one, for one direction', async () => {
    const { clock, network, a, b, atA, atB } = await twoEndpoints({ delay: 1 })
    network.setLink('a', 'b', { lossProbability: 1 })
    a.send('b', numbered(0))
    b.send('a', numbered(0))
    await clock.advance(10)
    expect([atA.length, atB.length]).toEqual([1, 0])
    network.setAllLinks({ delay: 20 })
    b.send('a', numbered(1))
    a.send('b', numbered(1))
    await clock.advance(100)
    expect(atA.at(-1)).toEqual({ number: 1, atMs: 30 })
    expect(atB).toEqual([])
    network.setAllLinks({ lossProbability: 0 })
    a.send('b', numbered(2))
    await clock.advance(100)
    expect(numbersOf(atB)).toEqual([2])
  })

  it('refuse options that make no sense', async () => {
    const { network } = await twoEndpoints()
    for (const options of [
      { lossProbability: 1.5 },
      { reorderProbability: NaN },
      { capacity: -1 },
      { delay: -1 },
      { delay: { kind: 'uniform', minMs: 2, maxMs: 1 } },
      { delay: { kind: 'exponential', minMs: 0, meanMs: Infinity } },
    ] as LinkOptions[]) {
      expect(() => {
        network.setLink('a', 'b', options)
      }).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
    }
  })
})

describe('cuts and partitions', () => {
  it('cut one direction, with what is on its way, until healed', async () => {
    const { clock, network, events, a, b, atA, atB } = await twoEndpoints({ delay: 10 })
    a.send('b', numbered(0))
    await clock.advance(5)
    network.cut('a', 'b')
    a.send('b', numbered(1))
    b.send('a', numbered(0))
    await clock.advance(50)
    expect([atA.length, atB.length]).toEqual([1, 0])
    network.heal('a', 'b')
    a.send('b', numbered(2))
    await clock.advance(50)
    expect(numbersOf(atB)).toEqual([2])
    expect(events.flatMap((event) => (event.kind === 'dropped' ? [event.reason] : []))).toEqual(['cut', 'cut'])
  })

  it('part groups from each other and leave the others alone', async () => {
    const clock = new SimulatedClock()
    const network = new SimulatedNetwork({ clock, random: new SeededRandom(1) })
    const names = ['a', 'b', 'c', 'd', 'e']
    const heard: string[] = []
    const endpoints = await Promise.all(
      names.map((name) => network.bind(name, (from) => heard.push(`${from}>${name}`))),
    )
    const everybodySpeaks = async (): Promise<string[]> => {
      heard.length = 0
      for (const endpoint of endpoints) for (const name of names) endpoint.send(name, new Uint8Array(1))
      await clock.advance(10)
      return heard
    }
    network.partition(['a', 'b'], ['c', 'd'])
    const sides = new Map(['a', 'b', 'c', 'd'].map((name, index) => [name, index >> 1]))
    const connected = names.flatMap((from) =>
      names
        .filter((to) => from === 'e' || to === 'e' || sides.get(from) === sides.get(to))
        .map((to) => `${from}>${to}`),
    )
    expect((await everybodySpeaks()).sort()).toEqual(connected)
    network.healAll()
    expect(await everybodySpeaks()).toHaveLength(25)
  })
})

describe('endpoints', () => {
  it('drop what comes to an address that nobody has', async () => {
    const { clock, events, a } = await twoEndpoints()
    a.send('nobody', numbered(0))
    await clock.advance(10)
    expect(events.at(-1)).toMatchObject({ kind: 'dropped', reason: 'unreachable', to: 'nobody' })
  })

  it('hand over late messages to whoever has the address by then', async () => {
    const { clock, network, a, b } = await twoEndpoints({ delay: 10 })
    a.send('b', numbered(9))
    await b.close()
    let got = 0
    await network.bind('b', () => got++)
    await clock.advance(20)
    expect(got).toBe(1)
  })

  it('give what a handler throws to the error handler, or to the driver', async () => {
    const clock = new SimulatedClock()
    const errors: unknown[] = []
    const broken = (): never => {
      throw new Error('broken')
    }
    const tolerant = new SimulatedNetwork({
      clock,
      random: new SeededRandom(1),
      onHandlerError: (error, address) => errors.push([error, address]),
    })
    ;(await tolerant.bind('a', broken)).send('a', numbered(0))
    await clock.advance(10)
    expect(errors).toEqual([[new Error('broken'), 'a']])
    const strict = new SimulatedNetwork({ clock, random: new SeededRandom(1) })
    ;(await strict.bind('a', broken)).send('a', numbered(0))
    await expect(clock.advance(10)).rejects.toThrow('broken')
  })

  it('need a name', async () => {
    const { network } = await twoEndpoints()
    await expect(network.bind('', () => undefined)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})
