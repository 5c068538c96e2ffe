import { beforeEach, describe, expect, it } from 'vitest'
import { clockConformance } from '../../src-main/env/conformance/clock-conformance'
import { PausableClock } from '../../src-main/env/pausable-clock'
import { PauseGate } from '../../src-main/env/pause-gate'
import { SimulatedClock } from '../../src-main/env/simulated'

clockConformance('of a node that can be paused', () => {
  const master = new SimulatedClock()
  return Promise.resolve({
    clock: new PausableClock(master, new PauseGate()),
    pass: async (durationMs: number) => {
      await master.advance(durationMs)
    },
    dispose: () => Promise.resolve(),
  })
})

let gate: PauseGate
let done: string[]
const note = (what: string) => () => {
  done.push(what)
}
beforeEach(() => {
  gate = new PauseGate()
  done = []
})

describe('a gate', () => {
  it('lets everything pass at once while it is open', () => {
    gate.pass(note('a'))
    expect(done).toEqual(['a'])
    expect(gate.opened()).toBeUndefined()
  })

  it('holds what comes while it is closed, and lets it pass in its order', () => {
    gate.close()
    gate.pass(note('a'))
    gate.pass(note('b'))
    expect(done).toEqual([])
    gate.open()
    expect(done).toEqual(['a', 'b'])
    gate.pass(note('c'))
    expect(done).toEqual(['a', 'b', 'c'])
  })

  it('lets nothing overtake what waits while it opens', () => {
    gate.close()
    gate.pass(() => {
      done.push('a')
      gate.pass(note('c'))
    })
    gate.pass(note('b'))
    gate.open()
    expect(done).toEqual(['a', 'b', 'c'])
    expect(gate.isClosed).toBe(false)
  })

  it('does nothing twice where what waits opens it, too', () => {
    gate.close()
    gate.pass(note('a'))
    gate.pass(() => {
      done.push('opens')
      gate.open()
    })
    gate.pass(note('b'))
    gate.open()
    expect(done).toEqual(['a', 'opens', 'b'])
    expect(gate.isClosed).toBe(false)
  })

  it('opens for all where one fails, whose error escapes by itself', async () => {
    const escaped: unknown[] = []
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.once('uncaughtException', (error) => escaped.push(error))
    gate.close()
    gate.pass(() => {
      throw new Error('it broke')
    })
    gate.pass(note('b'))
    gate.open()
    expect(done).toEqual(['b'])
    expect(gate.isClosed).toBe(false)
    await new Promise((resolve) => setImmediate(resolve))
    for (const listener of listeners) process.on('uncaughtException', listener)
    expect(escaped).toMatchObject([{ message: 'it broke' }])
  })

  it('tells those who wait for it that it is open', async () => {
    gate.close()
    const waiting = gate.opened()?.then(note('opened'))
    await Promise.resolve()
    expect(done).toEqual([])
    gate.open()
    await waiting
    expect(done).toEqual(['opened'])
  })
})

describe('the clock of a paused node', () => {
  let master: SimulatedClock
  let clock: PausableClock
  beforeEach(() => {
    master = new SimulatedClock()
    clock = new PausableClock(master, gate)
  })

  it('flows on, and runs what has become due when the node goes on, what repeats once', async () => {
    clock.setTimer(10, note('once'))
    clock.setRepeatingTimer(10, note('again'))
    clock.atEndOfTurn(note('end of turn'))
    const before = clock.monotonicMs()
    gate.close()
    await master.advance(100)
    expect(done).toEqual([])
    expect(clock.monotonicMs() - before).toBe(100)
    gate.open()
    expect([...done].sort()).toEqual(['again', 'end of turn', 'once'])
    await master.advance(10)
    expect(done.filter((what) => what === 'again')).toHaveLength(2)
  })

  it('does not run what is cancelled while it waits', async () => {
    const timer = clock.setTimer(10, note('once'))
    gate.close()
    await master.advance(100)
    timer.cancel()
    gate.open()
    expect(done).toEqual([])
  })
})
