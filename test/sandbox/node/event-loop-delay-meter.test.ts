import { describe, expect, test } from 'vitest'
import { SimulatedClock } from '../../../src-main/env/simulated'
import { EventLoopDelayMeter } from '../../../src-main/sandbox/node/event-loop-delay-meter'

function newMeter() {
  const clock = new SimulatedClock()
  const late = { ms: 0 }
  let looks = 0
  const lateClock = Object.assign(Object.create(clock) as SimulatedClock, {
    setTimer: (delayMs: number, callback: () => void) =>
      clock.setTimer(delayMs + late.ms, () => {
        looks += 1
        callback()
      }),
    monotonicMs: () => clock.monotonicMs(),
  })
  return { clock, late, looks: () => looks, meter: new EventLoopDelayMeter(lateClock) }
}

describe('the meter of a thread', () => {
  test('tells how late the thread was in the last looks', async () => {
    const { clock, late, meter } = newMeter()
    expect(meter.read()).toEqual({ meanMs: 0, maxMs: 0 })
    late.ms = 40
    meter.start()
    late.ms = 0
    await clock.advance(3_100)
    expect(meter.read()).toEqual({ meanMs: 40 / 3, maxMs: 40 })
    await clock.advance(3_000)
    // Five looks later it is forgotten.
    meter.read()
    await clock.advance(1_000)
    expect(meter.read()).toEqual({ meanMs: 0, maxMs: 0 })
    meter.stop()
    expect(clock.pendingCount).toBe(0)
  })

  test('looks seldom while nobody asks', async () => {
    const { clock, looks, meter } = newMeter()
    meter.start()
    await clock.advance(60_000)
    expect(looks()).toBe(12)
    meter.read()
    await clock.advance(5_000)
    expect(looks()).toBe(13)
    await clock.advance(4_000)
    expect(looks()).toBe(17)
    await clock.advance(60_000)
    expect(looks()).toBeLessThan(32)
    meter.stop()
  })
})
