import { describe, expect, test } from 'vitest'
import { LeaseClock, leaseLengthMs } from '../../../src-main/raft/node/lease-clock'

function clockAt(monotonicMs: number, wallMs: number) {
  const now = { monotonicMs, wallMs }
  const clock = { monotonicMs: () => now.monotonicMs, wallTimeMs: () => now.wallMs }
  const pass = (ms: number) => {
    now.monotonicMs += ms
    now.wallMs += ms
  }
  return { now, pass, lease: new LeaseClock(clock) }
}

describe('the clock of leases', () => {
  test('starts at 1 and counts whole milliseconds', () => {
    const { lease, pass } = clockAt(70_000.3, 1_000_000)
    expect(lease.nowMs()).toBe(1)
    pass(12.9)
    expect(lease.nowMs()).toBe(13)
  })

  test('counts the time for which the machine slept, of which the monotonic clock knows nothing', () => {
    const { lease, pass, now } = clockAt(500, 1_000_000)
    pass(100)
    expect(lease.nowMs()).toBe(101)
    now.wallMs += 30_000
    expect(lease.nowMs()).toBe(30_101)
    pass(5)
    expect(lease.nowMs()).toBe(30_106)
  })

  test('never goes back, whatever is done to the wall clock, and notices sleep after that', () => {
    const { lease, pass, now } = clockAt(500, 10_000_000)
    pass(1_000)
    now.wallMs -= 3_600_000
    expect(lease.nowMs()).toBe(1_001)
    now.wallMs += 2_000
    expect(lease.nowMs()).toBe(3_001)
  })

  test('is not driven by the roundings of the wall clock', () => {
    const { lease, now } = clockAt(0, 1_000)
    for (let step = 0; step < 10_000; step += 1) {
      now.monotonicMs += 0.1
      now.wallMs = 1_000 + Math.floor(now.monotonicMs)
      lease.nowMs()
    }
    expect(lease.nowMs()).toBe(1_001)
  })

  test('a wall clock that is corrected slowly counts in the end, so that sleep cannot hide behind it', () => {
    const { lease, now } = clockAt(0, 0)
    for (let step = 0; step < 1_000; step += 1) {
      now.monotonicMs += 10
      now.wallMs += 10.1
      lease.nowMs()
    }
    expect(lease.nowMs()).toBeGreaterThan(10_001 + 70)
  })
})

describe('the length of a lease', () => {
  test('is shorter than the shortest promise of a voter', () => {
    // Given right before a tick, which was late, a promise of six ticks is four ticks and a bit long.
    expect(leaseLengthMs(6, 250)).toBe(900)
    expect(leaseLengthMs(6, 250)).toBeLessThan(4 * 250)
  })

  test('is nothing where a promise may be over at once', () => {
    expect(leaseLengthMs(2, 250)).toBe(0)
    expect(leaseLengthMs(1, 250)).toBe(0)
  })
})
