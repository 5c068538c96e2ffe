import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LatencyHistogram } from '../../../src-main/store/inspection/latency-histogram'
import { StoreMetrics } from '../../../src-main/store/inspection/store-metrics'

describe('LatencyHistogram', () => {
  it('knows nothing before anything is recorded', () => {
    const histogram = new LatencyHistogram()
    expect([histogram.count, histogram.meanMs, histogram.quantileMs(0.99)]).toEqual([0, 0, 0])
  })

  it('gives quantiles that are at most an eighth too large, and never too small', () => {
    const durations = fc.array(fc.double({ min: 0.001, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(durations, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
        const histogram = new LatencyHistogram()
        for (const value of values) histogram.record(value)
        const sorted = [...values].sort((left, right) => left - right)
        const exact = sorted[Math.ceil(values.length * share) - 1] as number
        const found = histogram.quantileMs(share)
        expect(found).toBeGreaterThanOrEqual(exact * (1 - 1e-9))
        expect(found).toBeLessThanOrEqual(exact * 1.125 + 0.001)
      }),
    )
  })

  it('takes what is negative, and what is longer than its last bucket', () => {
    const histogram = new LatencyHistogram()
    histogram.record(-1)
    histogram.record(1e9)
    expect([histogram.count, histogram.maxMs]).toEqual([2, 1e9])
    expect(histogram.quantileMs(0.5)).toBeGreaterThanOrEqual(0)
  })
})

describe('StoreMetrics', () => {
  it('keeps one set of counters a method and shows those that were used', () => {
    const metrics = new StoreMetrics()
    metrics.method('kvPut').answered(2)
    metrics.method('kvPut').failed()
    metrics.method('kvPut').answered(4)
    metrics.method('kvGet')
    expect(metrics.figures()).toMatchObject([{ method: 'kvPut', calls: 2, errors: 1, meanMs: 3, maxMs: 4 }])
  })
})
