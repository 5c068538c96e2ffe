import { describe, expect, it } from 'vitest'
import { figureText } from '../../../../src-renderer/features/metrics/figure-text'
import { metricsAsCsv } from '../../../../src-renderer/features/metrics/metrics-csv'
import { lonelyPlaces } from '../../../../src-renderer/features/metrics/lonely-places'
import {
  figuresByMethod,
  methodFigures,
  methodsOfWindow,
  raftFigures,
  requestFigures,
} from '../../../../src-renderer/features/metrics/metrics-figures'
import { sampleAt, samplesOfWindow } from '../../../../src-renderer/features/metrics/sample-window'
import { someMethod, someSample, someStoreSample } from '../../support/metrics-samples'

const stores = [
  { storeId: 20001, ordinal: 1 },
  { storeId: 20002, ordinal: 2 },
]

describe('the window of time', () => {
  const samples = Array.from({ length: 100 }, (_none, at) => someSample(1_000_000 + at * 2000))

  it('is that many minutes before its end', () => {
    const inWindow = samplesOfWindow(samples, 1_000_000 + 99 * 2000, 1)
    expect(inWindow).toHaveLength(30)
    expect(inWindow.at(-1)).toBe(samples[99])
    expect(samplesOfWindow(samples, 1_000_000 + 50 * 2000, 10)).toHaveLength(51)
  })

  it('finds the sample that is meant', () => {
    expect(sampleAt(samples, undefined)).toBe(99)
    expect(sampleAt(samples, 1_000_000 + 7 * 2000 + 900)).toBe(7)
    expect(sampleAt([], 5)).toBe(-1)
    expect(sampleAt([], undefined)).toBe(-1)
  })
})

describe('the figures', () => {
  const busy = someSample(1_000_000, [
    someStoreSample(20001, [someMethod('KvPut', 10, { p99Ms: 2 }), someMethod('KvGet', 5, { errorsPerSecond: 1 })]),
    someStoreSample(20002, [someMethod('KvPut', 30, { p99Ms: 9 })]),
  ])
  const quiet = someSample(1_002_000, [someStoreSample(20001, [])])

  it('sum calls and errors up by store; a store that told nothing has a gap, not a zero', () => {
    const [calls, errors] = requestFigures([busy, quiet], stores)
    expect(calls?.lines.map(({ id, values }) => [id, values])).toEqual([
      ['S1', [15, 0]],
      ['S2', [30, undefined]],
    ])
    expect(errors?.lines[0]?.values).toEqual([1, 0])
  })

  it('take the latencies of the slowest store', () => {
    expect(figuresByMethod(busy)).toMatchObject([
      { method: 'KvPut', perSecond: 40, p99Ms: 9 },
      { method: 'KvGet', perSecond: 5 },
    ])
    const [, latency] = methodFigures([busy, quiet], stores, 'KvPut')
    expect(latency?.lines.find(({ id }) => id === 'p99')?.values).toEqual([9, undefined])
  })

  it('keep methods that rested at the moment that is pointed at', () => {
    expect(methodsOfWindow([busy, quiet], 1).map(({ method, perSecond }) => [method, perSecond])).toEqual([
      ['KvGet', 0],
      ['KvPut', 0],
    ])
    expect(methodsOfWindow([], -1)).toEqual([])
  })

  it('have the hue of their store, whatever place it has in the sample', () => {
    const turned = { ...busy, stores: [...busy.stores].reverse() }
    expect(raftFigures([turned], stores)[0]?.lines.map(({ color }) => color)).toEqual([
      'var(--color-store-1)',
      'var(--color-store-2)',
    ])
  })

  it('are said with their unit', () => {
    expect(figureText(12.5, 'perSecond', 'en')).toBe('12.5 /s')
    expect(figureText(0.1, 'share', 'en')).toBe('10.0 %')
    expect(figureText(2048, 'bytes', 'zh-CN')).toBe('2.00 KiB')
    expect(figureText(undefined, 'ms', 'en')).toBe('–')
  })
})

describe('values between two gaps', () => {
  it('are drawn as points', () => {
    expect(lonelyPlaces([1, null, 2, 3, undefined, 4])).toEqual([0, 5])
    expect(lonelyPlaces([])).toEqual([])
  })
})

describe('the export', () => {
  it('has one line for each value, and none for what was not told', () => {
    const sample = someSample(1_000_000, [someStoreSample(20001, [someMethod('Kv,"Put"', 10)])])
    const lines = metricsAsCsv([sample]).split('\r\n')
    expect(lines[0]).toBe('unix_ms,interval_ms,node,method,figure,unit,value')
    expect(lines).toContain('1000000,2000,store-20001,"Kv,""Put""",calls,1/s,10')
    expect(lines).toContain('1000000,2000,program,,resident,bytes,100000000')
    expect(lines.some((line) => line.includes('heap_used') && line.startsWith('1000000,2000,store'))).toBe(false)
    expect(lines.at(-1)).toBe('')
  })
})
