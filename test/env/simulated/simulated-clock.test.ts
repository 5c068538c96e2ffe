import { describe, expect, it } from 'vitest'
import { DEFAULT_EPOCH_MS, SimulatedClock, SimulatedNodeClock } from '../../../src-main/env/simulated'

describe('SimulatedClock', () => {
  it('stands still until told', async () => {
    const clock = new SimulatedClock({ epochMs: 1000 })
    let ran = false
    clock.setTimer(0, () => (ran = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(ran).toBe(false)
    expect(clock.monotonicMs()).toBe(0)
    expect(clock.wallTimeMs()).toBe(1000)
    expect(clock.step()).toBe(true)
    expect(ran).toBe(true)
    expect(clock.step()).toBe(false)
  })

  it('runs events of one moment in the order in which they were set', async () => {
    const clock = new SimulatedClock()
    const order: number[] = []
    for (let index = 0; index < 100; index++) clock.setTimer(index % 2 === 0 ? 5 : 3, () => order.push(index))
    await clock.advance(5)
    const indexes = Array.from({ length: 100 }, (_, index) => index)
    expect(order).toEqual([
      ...indexes.filter((index) => index % 2 === 1),
      ...indexes.filter((index) => index % 2 === 0),
    ])
  })

  it('runs a timer of 0 ms that is set within an event after those of the same moment', async () => {
    const clock = new SimulatedClock()
    const order: string[] = []
    clock.setTimer(1, () => {
      order.push('first')
      clock.setTimer(0, () => order.push('third'))
    })
    clock.setTimer(1, () => order.push('second'))
    await clock.advance(1)
    expect(order).toEqual(['first', 'second', 'third'])
  })

  it('counts in whole microseconds, rounded up and free of the errors of fractions', async () => {
    const clock = new SimulatedClock()
    const at: number[] = []
    for (const delayMs of [0.1, 1.1, 0.3, 1e-9]) clock.setTimer(delayMs, () => at.push(clock.monotonicMs()))
    await clock.advance(2)
    expect(at).toEqual([0.001, 0.1, 0.3, 1.1])
  })

  it('tells what is pending', () => {
    const clock = new SimulatedClock()
    expect(clock.nextEventMs).toBeUndefined()
    const timer = clock.setTimer(7, () => undefined)
    clock.setRepeatingTimer(3, () => undefined)
    expect(clock.pendingCount).toBe(2)
    expect(clock.nextEventMs).toBe(3)
    timer.cancel()
    expect(clock.pendingCount).toBe(1)
    clock.step()
    expect(clock.nextEventMs).toBe(6)
  })

  it('advances through everything due, with promises going on in between, to the very end', async () => {
    const clock = new SimulatedClock()
    const woke: number[] = []
    const walk = async (): Promise<void> => {
      for (let index = 0; index < 10; index++) {
        await clock.sleep(10)
        // Long chains of promises are no reason to fall behind.
        for (let hop = 0; hop < 20; hop++) await Promise.resolve()
        woke.push(clock.monotonicMs())
      }
    }
    void walk()
    expect(await clock.advance(55)).toBe(5)
    expect(woke).toEqual([10, 20, 30, 40, 50])
    expect(clock.monotonicMs()).toBe(55)
  })

  it('lets code that has just been started set its timers before time moves', async () => {
    const clock = new SimulatedClock()
    let woke: number | undefined
    void (async () => {
      for (let hop = 0; hop < 20; hop++) await Promise.resolve()
      await clock.sleep(1)
      woke = clock.monotonicMs()
    })()
    await clock.advance(10)
    expect(woke).toBe(1)
  })

  it('settles fully wherever it is called from', async () => {
    const clock = new SimulatedClock()
    let hops = 0
    await new Promise<void>((resolve, reject) => {
      // Neither a promise continuation nor a tick: an event of Node's loop.
      setImmediate(() => {
        void (async () => {
          for (; hops < 20; hops++) await Promise.resolve()
        })()
        clock.settle().then(resolve, reject)
      })
    })
    expect(hops).toBe(20)
  })

  it('advances without settling for code that needs no promises', () => {
    const clock = new SimulatedClock()
    let count = 0
    clock.setRepeatingTimer(1, () => count++)
    expect(clock.advanceWithoutSettling(10)).toBe(10)
    expect(count).toBe(10)
  })

  it('runs until a condition holds', async () => {
    const clock = new SimulatedClock()
    let count = 0
    clock.setRepeatingTimer(1, () => count++)
    expect(await clock.runUntil(() => count === 5)).toBe(true)
    expect(clock.monotonicMs()).toBe(5)
    expect(await clock.runUntil(() => count === 5)).toBe(true)
    expect(clock.monotonicMs()).toBe(5)
  })

  it('gives up at a limit of time, of events, or when nothing is left', async () => {
    const clock = new SimulatedClock()
    expect(await clock.runUntil(() => false)).toBe(false)
    const timer = clock.setRepeatingTimer(4, () => undefined)
    expect(await clock.runUntil(() => false, { timeMs: 10 })).toBe(false)
    expect(clock.monotonicMs()).toBe(10)
    expect(await clock.runUntil(() => false, { events: 2 })).toBe(false)
    expect(clock.monotonicMs()).toBe(16)
    timer.cancel()
    expect(await clock.runUntil(() => false, { timeMs: 10 })).toBe(false)
  })

  it('hands what a callback throws to its driver, and goes on afterwards', async () => {
    const clock = new SimulatedClock()
    clock.setTimer(1, () => {
      throw new Error('broken')
    })
    let ran = false
    clock.setTimer(2, () => (ran = true))
    await expect(clock.advance(5)).rejects.toThrow('broken')
    await clock.advance(5)
    expect(ran).toBe(true)
  })

  it('has one driver at a time', async () => {
    const clock = new SimulatedClock()
    const first = clock.advance(1)
    await expect(clock.advance(1)).rejects.toMatchObject({ code: 'INTERNAL' })
    await first
    clock.setTimer(1, () => clock.step())
    expect(() => clock.step()).toThrow(expect.objectContaining({ code: 'INTERNAL' }))
  })

  it('starts its wall time where told', () => {
    expect(new SimulatedClock().wallTimeMs()).toBe(DEFAULT_EPOCH_MS)
    expect(new Date(DEFAULT_EPOCH_MS).toISOString()).toBe('2026-01-01T00:00:00.000Z')
  })
})

describe('SimulatedNodeClock', () => {
  it('gains or loses time at its rate, from the moment at which it is set', async () => {
    const master = new SimulatedClock({ epochMs: 0 })
    const clock = new SimulatedNodeClock(master, { wallOffsetMs: 500, rate: 2 })
    await master.advance(100)
    expect(clock.monotonicMs()).toBe(200)
    expect(clock.wallTimeMs()).toBe(700)
    clock.setRate(0.5)
    expect(clock.monotonicMs()).toBe(200)
    await master.advance(100)
    expect(clock.monotonicMs()).toBe(250)
    clock.setWallOffset(-50)
    expect(clock.wallTimeMs()).toBe(200)
  })

  it('runs timers by its own time', async () => {
    const master = new SimulatedClock()
    const fast = new SimulatedNodeClock(master, { rate: 2 })
    const at: number[] = []
    fast.setTimer(10, () => at.push(master.monotonicMs()))
    fast.setRepeatingTimer(30, () => at.push(master.monotonicMs()))
    await master.advance(40)
    expect(at).toEqual([5, 15, 30])
  })

  it('never looks early to the timer that it runs, at any rate', async () => {
    for (let step = 1; step <= 200; step++) {
      const master = new SimulatedClock()
      const clock = new SimulatedNodeClock(master, { rate: 0.9 + step * 0.00137 })
      for (let index = 1; index <= 20; index++) {
        const due = clock.monotonicMs() + index / 7
        clock.setTimer(index / 7, () => {
          expect(clock.monotonicMs()).toBeGreaterThanOrEqual(due - 1e-9)
        })
        master.step()
      }
    }
  })

  it('holds back timers while paused, and runs them in order when it goes on', async () => {
    const master = new SimulatedClock()
    const clock = new SimulatedNodeClock(master)
    const ran: string[] = []
    const note = (name: string) => () => ran.push(`${name}@${String(clock.monotonicMs())}`)
    clock.setTimer(20, note('b'))
    clock.setTimer(10, note('a'))
    const cancelled = clock.setTimer(15, note('cancelled'))
    const repeating = clock.setRepeatingTimer(12, note('r'))
    clock.setTimer(90, note('late'))
    clock.pause()
    await master.advance(50)
    expect(ran).toEqual([])
    expect(clock.monotonicMs()).toBe(50)
    cancelled.cancel()
    clock.resume()
    await master.advance(0)
    expect(ran).toEqual(['a@50', 'r@50', 'b@50'])
    await master.advance(15)
    expect(ran.at(-1)).toBe('r@62')
    repeating.cancel()
    await master.advance(100)
    expect(ran.at(-1)).toBe('late@90')
  })

  it('holds back again what is overdue when it is paused right after going on', async () => {
    const master = new SimulatedClock()
    const clock = new SimulatedNodeClock(master)
    let ran = false
    clock.setTimer(1, () => (ran = true))
    clock.pause()
    await master.advance(5)
    clock.resume()
    clock.pause()
    await master.advance(5)
    expect(ran).toBe(false)
    clock.resume()
    await master.advance(0)
    expect(ran).toBe(true)
  })

  it('ends with its process', async () => {
    const master = new SimulatedClock()
    const clock = new SimulatedNodeClock(master)
    let ran = 0
    clock.setTimer(1, () => ran++)
    clock.setRepeatingTimer(1, () => ran++)
    clock.pause()
    await master.advance(2)
    clock.stop()
    expect(master.pendingCount).toBe(0)
    clock.resume()
    clock.setTimer(1, () => ran++).cancel()
    clock.setTimer(1, () => ran++)
    void clock.sleep(1).then(() => ran++)
    await master.advance(10)
    expect(ran).toBe(0)
    expect(clock.pendingCount).toBe(0)
  })

  it('refuses rates that stop time or turn it back', () => {
    const clock = new SimulatedNodeClock(new SimulatedClock())
    for (const rate of [0, -1, NaN, Infinity]) {
      expect(() => {
        clock.setRate(rate)
      }).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
    }
  })
})
