import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SimulatedClock } from '../../../src-main/env/simulated'
import { leaseLengthMs } from '../../../src-main/raft/node/lease-clock'
import { Ticker } from '../../../src-main/raft/node/ticker'

const TICK_MS = 100

function newTicker({ heartbeatTicks = 3, urgentTick = Infinity } = {}) {
  const clock = new SimulatedClock()
  const ticks: Array<readonly [number, number]> = []
  const late = { ms: 0 }
  let wakes = 0
  const lateClock = Object.assign(Object.create(clock) as SimulatedClock, {
    setTimer: (delayMs: number, callback: () => void) =>
      clock.setTimer(delayMs + late.ms, () => {
        wakes += 1
        callback()
      }),
    monotonicMs: () => clock.monotonicMs(),
  })
  const ticker = new Ticker(lateClock, TICK_MS, heartbeatTicks, {
    tick: (tickNumber) => ticks.push([tickNumber, clock.monotonicMs()]),
    ticksUntilUrgent: () => Math.max(1, urgentTick - ticks.length),
  })
  return { clock, ticker, ticks, late, wakes: () => wakes }
}

const numbers = (ticks: ReadonlyArray<readonly [number, number]>) => ticks.map(([tickNumber]) => tickNumber)

describe('a ticker', () => {
  test('wakes up at the ticks of heartbeats only, and makes up for those between', async () => {
    const { clock, ticks, wakes } = newTicker()
    await clock.advance(200)
    expect(ticks).toEqual([])
    await clock.advance(100)
    expect(numbers(ticks)).toEqual([1, 2, 3])
    await clock.advance(2_700)
    expect(numbers(ticks)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1))
    expect(wakes()).toBe(10)
  })

  test('wakes up for a tick that must not be late', async () => {
    // A follower that hears nothing and campaigns then.
    const { clock, ticks } = newTicker({ urgentTick: 8 })
    await clock.advance(1_000)
    expect(ticks[7]).toEqual([8, 800])
  })

  test('makes up for what is over before something that comes in is looked at', async () => {
    const { clock, ticker, ticks } = newTicker()
    await clock.advance(150)
    ticker.catchUp()
    expect(numbers(ticks)).toEqual([1])
    ticker.catchUp()
    expect(numbers(ticks)).toEqual([1])
    await clock.advance(250)
    expect(numbers(ticks)).toEqual([1, 2, 3])
    expect(ticks[2]).toEqual([3, 300])
  })

  test('does not make up for what the process missed that stood still', async () => {
    const { clock, ticker, ticks, late } = newTicker()
    await clock.advance(300)
    // The timer for the sixth tick is set already; the one after it comes five seconds late.
    late.ms = 5_000
    await clock.advance(300)
    late.ms = 0
    await clock.advance(4_500)
    ticker.catchUp()
    expect(numbers(ticks)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    await clock.advance(800)
    expect(ticks.slice(8)).toEqual([[9, 5_900]])
    await clock.advance(300)
    expect(ticks.slice(9).map(([, atMs]) => atMs)).toEqual([6_200, 6_200, 6_200])
  })

  test('ticks no more once it is stopped', async () => {
    const { clock, ticker, ticks } = newTicker({ heartbeatTicks: 1 })
    await clock.advance(100)
    ticker.stop()
    ticker.stop()
    await clock.advance(1_000)
    expect(numbers(ticks)).toEqual([1])
    expect(clock.pendingCount).toBe(0)
  })
})

describe('a promise that is counted in ticks', () => {
  const electionTicks = 6
  /** How late timers are, in ms, over and over: mostly not, or by almost a tick, which shortens a promise most. */
  const latenessMs = fc.array(fc.constantFrom(0, 0, 0, 1, 50, 98, 99, 100, 250, 690), { minLength: 1, maxLength: 6 })
  /** After how long something comes in, in ms. */
  const arrivalsMs = fc.array(fc.constantFrom(1, 2, 30, 50, 97, 98, 99, 100, 290), { minLength: 20, maxLength: 40 })

  test('is never shorter than a lease, however late timers are and whenever it is given', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: electionTicks - 1 }),
        fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 12 })),
        latenessMs,
        arrivalsMs,
        async (heartbeatTicks, urgentTicks, lateness, arrivals) => {
          const clock = new SimulatedClock()
          let timers = 0
          const lateClock = Object.assign(Object.create(clock) as SimulatedClock, {
            setTimer: (delayMs: number, callback: () => void) =>
              clock.setTimer(delayMs + (lateness[timers++ % lateness.length] ?? 0), callback),
            monotonicMs: () => clock.monotonicMs(),
          })
          const tickedAtMs: number[] = []
          const ticker = new Ticker(lateClock, TICK_MS, heartbeatTicks, {
            tick: () => tickedAtMs.push(clock.monotonicMs()),
            ticksUntilUrgent: () => urgentTicks,
          })
          const given: Array<readonly [atMs: number, ticks: number]> = []
          for (const afterMs of arrivals) {
            await clock.advance(afterMs)
            ticker.catchUp()
            given.push([clock.monotonicMs(), tickedAtMs.length])
          }
          await clock.advance(20 * TICK_MS)
          ticker.stop()
          const promisesMs = given.map(([atMs, ticks]) => (tickedAtMs[ticks + electionTicks - 1] ?? Infinity) - atMs)
          expect(Math.min(...promisesMs)).toBeGreaterThan(leaseLengthMs(electionTicks, TICK_MS))
        },
      ),
      { numRuns: 1_000 },
    )
  })
})
