import { describe, expect, it } from 'vitest'
import type { Env } from '../../../src-main/env'
import { murmurHash } from '../../../src-main/env/murmur-hash'
import type { Simulation, SimulationEvent, SimulationOptions } from '../../../src-main/env/simulated'
import { simulatedEnv } from '../../../src-main/env/simulated'

const NAMES = ['a', 'b', 'c']

/** A process with a bit of everything: it counts what it hears in a file, syncs now and then, and gossips by chance. */
async function gossip(env: Env, name: string): Promise<void> {
  const file = await env.disk.open('/heard', { mode: 'open-or-create' })
  await env.disk.syncDirectory('/')
  let heard = (await file.size()) / 8
  const note = async (message: Uint8Array): Promise<void> => {
    await file.write(heard++ * 8, message)
    if (env.random.chance(0.3)) await file.sync()
  }
  const endpoint = await env.network.bind(name, (_, message) => {
    note(message).catch(() => undefined)
  })
  env.clock.setRepeatingTimer(10, () => {
    endpoint.send(env.random.pick(NAMES), env.random.bytes(8))
  })
}

/** Runs the same staged story for a seed and gives the hash of everything that happened. */
async function hashOfRun(seed: number, options: Omit<SimulationOptions, 'seed'> = {}): Promise<number> {
  let hash = 0
  let events = 0
  const encoder = new TextEncoder()
  const simulation = simulatedEnv({
    seed,
    link: { delay: { kind: 'exponential', minMs: 1, meanMs: 8 }, lossProbability: 0.05, reorderProbability: 0.2 },
    diskLatency: { write: 0.1, sync: { kind: 'uniform', minMs: 0.5, maxMs: 20 } },
    ...options,
    trace: (event) => {
      events++
      hash = murmurHash(encoder.encode(describeEvent(event)), hash)
    },
  })
  const start = (name: string, env: Env): void => {
    gossip(env, name).catch(() => undefined)
  }
  for (const name of NAMES) start(name, simulation.addNode(name).env)
  for (let round = 0; round < 20; round++) {
    await simulation.clock.advance(100)
    const node = simulation.node(simulation.random.pick(NAMES))
    node.crash()
    await simulation.clock.advance(30)
    start(node.name, node.start())
  }
  expect(events).toBeGreaterThan(1000)
  for (const node of simulation.nodes) {
    for (const [path, bytes] of node.disk.visibleFiles())
      hash = murmurHash(bytes, murmurHash(encoder.encode(path), hash))
  }
  return hash
}

function describeEvent({ atMs, ...rest }: SimulationEvent): string {
  return JSON.stringify([atMs, rest], (_, value: unknown) => (value instanceof Uint8Array ? [...value] : value))
}

describe('a seed', () => {
  it('repeats a run to the last event, and another seed gives another run', async () => {
    const first = await hashOfRun(1)
    expect(await hashOfRun(1)).toBe(first)
    expect(await hashOfRun(2)).not.toBe(first)
    expect(await hashOfRun(1, { link: { delay: 1 } })).not.toBe(first)
  })

  it('gives a node the same chance whichever other nodes there are', () => {
    const alone = simulatedEnv({ seed: 5 })
    const accompanied = simulatedEnv({ seed: 5 })
    accompanied.addNode('other')
    expect(accompanied.addNode('node').env.random.bytes(8)).toEqual(alone.addNode('node').env.random.bytes(8))
    expect(alone.node('node').restart().random.bytes(8)).not.toEqual(alone.addNode('third').env.random.bytes(8))
  })
})

describe('nodes', () => {
  const threeNodes = (): Simulation => {
    const simulation = simulatedEnv({ seed: 1, link: { delay: 1 } })
    for (const name of NAMES) simulation.addNode(name)
    return simulation
  }

  it('have disks of their own, and share clock and network', async () => {
    const simulation = threeNodes()
    const heard: string[] = []
    await simulation.node('b').env.network.bind('b', (from) => heard.push(from))
    const endpoint = await simulation.node('a').env.network.bind('a', () => undefined)
    endpoint.send('b', new Uint8Array(1))
    await simulation.node('a').env.disk.replaceFile('/file', new Uint8Array(1))
    expect(await simulation.node('b').env.disk.status('/file')).toBeUndefined()
    await simulation.clock.advance(5)
    expect(heard).toEqual(['a'])
    expect(simulation.node('b').env.clock.monotonicMs()).toBe(5)
  })

  it('stop altogether when killed, and lose nothing', async () => {
    const simulation = threeNodes()
    const node = simulation.node('a')
    const { env } = node
    let ran = 0
    env.clock.setRepeatingTimer(1, () => ran++)
    const endpoint = await env.network.bind('a', () => ran++)
    const file = await env.disk.open('/file', { mode: 'create' })
    await file.write(0, Uint8Array.of(7))
    node.kill()
    expect(node.isRunning).toBe(false)
    await (await simulation.node('b').env.network.bind('b', () => undefined)).close()
    await simulation.clock.advance(10)
    expect(ran).toBe(0)
    expect(() => {
      endpoint.send('b', new Uint8Array(1))
    }).toThrow(expect.objectContaining({ code: 'NETWORK_CLOSED' }))
    await expect(env.network.bind('again', () => undefined)).rejects.toMatchObject({ code: 'NETWORK_CLOSED' })
    await expect(file.sync()).rejects.toMatchObject({ code: 'DISK_CLOSED' })
    await expect(env.disk.list('/')).rejects.toMatchObject({ code: 'DISK_CLOSED' })
    expect(() => node.env).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))

    const next = node.start()
    expect(node.runCount).toBe(2)
    expect(await next.disk.readFile('/file')).toEqual(Uint8Array.of(7))
    await next.network.bind('a', () => undefined)
    await expect(env.disk.list('/')).rejects.toMatchObject({ code: 'DISK_CLOSED' })
  })

  it('lose what was not synced when crashed', async () => {
    const simulation = threeNodes()
    const node = simulation.node('a')
    await node.env.disk.replaceFile('/kept', Uint8Array.of(1))
    await (await node.env.disk.open('/lost', { mode: 'create' })).write(0, Uint8Array.of(1))
    node.crash({ names: 'none', writes: 'none' })
    expect((await node.restart().disk.list('/')).map(({ name }) => name)).toEqual(['kept'])
  })

  it('crash at a chosen mutation of their disk, with clock and network', async () => {
    const simulation = threeNodes()
    const node = simulation.node('a')
    node.crashAt(2, 'before')
    const { env } = node
    let ran = false
    env.clock.setTimer(1, () => (ran = true))
    const file = await env.disk.open('/file', { mode: 'create' })
    await expect(file.write(0, Uint8Array.of(1))).rejects.toMatchObject({ code: 'DISK_CLOSED' })
    expect(node.isRunning).toBe(false)
    await simulation.clock.advance(10)
    expect(ran).toBe(false)
    node.start()
  })

  it('do nothing while paused, and hear what came in the meantime when they go on', async () => {
    const simulation = threeNodes()
    const paused = simulation.node('a')
    const heard: number[] = []
    await paused.env.network.bind('a', (_, message) => heard.push(message[0] ?? 0))
    const speaker = await simulation.node('b').env.network.bind('b', () => undefined)
    paused.clock.pause()
    for (const number of [1, 2, 3]) {
      speaker.send('a', Uint8Array.of(number))
      await simulation.clock.advance(10)
    }
    expect(heard).toEqual([])
    paused.clock.resume()
    await simulation.clock.advance(0)
    expect(heard).toEqual([1, 2, 3])
  })

  it('run on clocks that are wrong, if told so', async () => {
    const simulation = simulatedEnv({ seed: 1, epochMs: 0 })
    const node = simulation.addNode('a', { wallOffsetMs: 100, rate: 2 })
    await simulation.clock.advance(50)
    expect(node.env.clock.wallTimeMs()).toBe(200)
    node.setClockOptions({})
    expect(node.restart().clock.wallTimeMs()).toBe(50)
  })

  it('have names of their own', () => {
    const simulation = threeNodes()
    expect(() => simulation.addNode('a')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
    expect(() => simulation.node('z')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
    expect(() => simulation.node('a').start()).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })
})
