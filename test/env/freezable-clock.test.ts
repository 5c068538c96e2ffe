import { describe, expect, it } from 'vitest'
import { clockConformance } from '../../src-main/env/conformance/clock-conformance'
import { FreezableClock } from '../../src-main/env/freezable-clock'
import { SimulatedClock } from '../../src-main/env/simulated'

clockConformance('that can stand still', () => {
  const master = new SimulatedClock()
  return Promise.resolve({
    clock: new FreezableClock(master),
    pass: async (durationMs: number) => {
      await master.advance(durationMs)
    },
    dispose: () => Promise.resolve(),
  })
})

describe('a clock that stands still', () => {
  function setUp() {
    const master = new SimulatedClock()
    return { master, clock: new FreezableClock(master) }
  }

  it('runs no timer, and leaves each the time that it had left', async () => {
    const { master, clock } = setUp()
    const ran: string[] = []
    clock.setTimer(100, () => ran.push('once'))
    clock.setRepeatingTimer(60, () => ran.push('again'))
    await master.advance(40)
    const before = clock.monotonicMs()
    clock.freeze()
    await master.advance(60_000)
    expect(ran).toEqual([])
    expect(clock.monotonicMs()).toBe(before)
    clock.thaw()
    expect(clock.monotonicMs()).toBe(before)
    await master.advance(19)
    expect(ran).toEqual([])
    await master.advance(1)
    expect(ran).toEqual(['again'])
    await master.advance(40)
    expect(ran).toEqual(['again', 'once'])
  })

  it('takes timers meanwhile, and lets them be cancelled', async () => {
    const { master, clock } = setUp()
    const ran: string[] = []
    const earlier = clock.setTimer(10, () => ran.push('earlier'))
    clock.freeze()
    clock.setTimer(5, () => ran.push('meanwhile'))
    earlier.cancel()
    await master.advance(1_000)
    clock.thaw()
    await master.advance(4)
    expect(ran).toEqual([])
    await master.advance(10)
    expect(ran).toEqual(['meanwhile'])
  })

  it('shows the wall time as it is, which is others’, too', async () => {
    const { master, clock } = setUp()
    clock.freeze()
    await master.advance(5_000)
    expect(clock.wallTimeMs()).toBe(master.wallTimeMs())
  })

  it('may be frozen and thawed twice', async () => {
    const { master, clock } = setUp()
    let runs = 0
    clock.setTimer(10, () => (runs += 1))
    clock.thaw()
    clock.freeze()
    await master.advance(50)
    clock.freeze()
    await master.advance(50)
    clock.thaw()
    clock.thaw()
    await master.advance(10)
    expect(runs).toBe(1)
  })
})
