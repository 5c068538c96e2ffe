import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clock } from '../clock'

/** A clock to try, and the means to let its time pass. */
export interface ClockUnderTest {
  readonly clock: Clock
  /** Lets at least so many ms pass on it, with all that falls due. */
  pass(durationMs: number): Promise<void>
  dispose(): Promise<void>
}

/** Says what every {@link Clock} does; each implementation runs it. Asserts order and earliest moments, never how late. */
export function clockConformance(name: string, factory: () => Promise<ClockUnderTest>): void {
  describe(`clock conformance: ${name}`, () => {
    let underTest: ClockUnderTest
    let clock: Clock

    beforeEach(async () => {
      underTest = await factory()
      clock = underTest.clock
    })
    afterEach(() => underTest.dispose())

    it('goes forward, and its wall time is a whole number of ms after 2020', async () => {
      const before = clock.monotonicMs()
      await underTest.pass(5)
      expect(clock.monotonicMs()).toBeGreaterThanOrEqual(before + 5)
      expect(clock.wallTimeMs()).toBeGreaterThan(1_577_836_800_000)
      expect(Number.isInteger(clock.wallTimeMs())).toBe(true)
    })

    it('runs a timer once, not within the call and not early', async () => {
      const start = clock.monotonicMs()
      const runs: number[] = []
      clock.setTimer(7.25, () => runs.push(clock.monotonicMs()))
      expect(runs).toEqual([])
      await underTest.pass(40)
      expect(runs).toHaveLength(1)
      expect(runs[0]).toBeGreaterThanOrEqual(start + 7.25)
    })

    it('runs a timer of 0 ms, but not within the call', async () => {
      let ran = false
      clock.setTimer(0, () => (ran = true))
      expect(ran).toBe(false)
      await underTest.pass(5)
      expect(ran).toBe(true)
    })

    it('runs timers in the order in which they fall due', async () => {
      const order: number[] = []
      for (const delayMs of [30, 10, 20]) clock.setTimer(delayMs, () => order.push(delayMs))
      await underTest.pass(60)
      expect(order).toEqual([10, 20, 30])
    })

    it('does not run a cancelled timer', async () => {
      let ran = false
      const timer = clock.setTimer(5, () => (ran = true))
      timer.cancel()
      timer.cancel()
      await underTest.pass(20)
      expect(ran).toBe(false)
    })

    it('lets a timer be cancelled after it ran', async () => {
      const timer = clock.setTimer(1, () => undefined)
      await underTest.pass(10)
      timer.cancel()
    })

    it('repeats until cancelled, also from within the callback', async () => {
      let count = 0
      const timer = clock.setRepeatingTimer(5, () => {
        if (++count === 3) timer.cancel()
      })
      await underTest.pass(100)
      expect(count).toBe(3)
    })

    it('keeps the period between repetitions', async () => {
      const runs = [clock.monotonicMs()]
      const timer = clock.setRepeatingTimer(10, () => runs.push(clock.monotonicMs()))
      await underTest.pass(100)
      timer.cancel()
      expect(runs.length).toBeGreaterThan(1)
      runs.forEach((run, index) => {
        expect(run).toBeGreaterThanOrEqual((runs[0] ?? 0) + 10 * index)
      })
    })

    it('sleeps', async () => {
      const start = clock.monotonicMs()
      let woke: number | undefined
      void clock.sleep(10).then(() => (woke = clock.monotonicMs()))
      await underTest.pass(40)
      expect(woke).toBeGreaterThanOrEqual(start + 10)
    })

    it('wakes a sleeper whose signal aborts, with CANCELLED and the reason as cause', async () => {
      const controller = new AbortController()
      const sleeping = clock.sleep(1_000_000, controller.signal)
      const outcome = expect(sleeping).rejects.toMatchObject({ code: 'CANCELLED', cause: 'enough' })
      controller.abort('enough')
      await outcome
      await expect(clock.sleep(1, controller.signal)).rejects.toMatchObject({ code: 'CANCELLED' })
    })

    it('does not mind an abort after the sleep', async () => {
      const controller = new AbortController()
      const sleeping = clock.sleep(1, controller.signal)
      await underTest.pass(10)
      await sleeping
      controller.abort()
    })

    it('takes delays of weeks, and refuses endless, negative and meaningless ones', () => {
      clock.setTimer(2 ** 32, () => expect.fail('far too early')).cancel()
      for (const wrong of [-1, NaN, Infinity]) {
        expect(() => clock.setTimer(wrong, () => undefined)).toThrow(
          expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
        )
      }
      for (const wrong of [0, -1, NaN, Infinity]) {
        expect(() => clock.setRepeatingTimer(wrong, () => undefined)).toThrow(
          expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
        )
      }
    })
  })
}
