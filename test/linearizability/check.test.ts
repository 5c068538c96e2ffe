import { describe, expect, test } from 'vitest'
import { SandboxError } from '../../src-main/base/sandbox-error'
import { checkHistory } from '../../src-main/linearizability/check'
import { HistoryRecorder } from '../../src-main/linearizability/history-recorder'
import { keyValueModel } from '../../src-main/linearizability/models/key-value'
import type { KeyValueInput, KeyValueOutput } from '../../src-main/linearizability/models/key-value'
import { registerModel } from '../../src-main/linearizability/models/register'
import type { RegisterInput, RegisterOutput } from '../../src-main/linearizability/models/register'
import type { Operation } from '../../src-main/linearizability/operation'

type RegisterOperation = Operation<RegisterInput, RegisterOutput>

const read = (calledAt: number, returnedAt: number, output: number | null): RegisterOperation => ({
  ...{ outcome: 'known', client: 'reader', input: { kind: 'read' } },
  ...{ calledAt, returnedAt, output },
})
const write = (calledAt: number, returnedAt: number, value: number): RegisterOperation => ({
  ...{ outcome: 'known', client: 'writer', input: { kind: 'write', value } },
  ...{ calledAt, returnedAt, output: true },
})
const compareAndSet = (at: [number, number], expected: number, replacement: number, output: boolean) =>
  ({
    ...{ outcome: 'known', client: 'comparer', input: { kind: 'compare-and-set', expected, replacement } },
    ...{ calledAt: at[0], returnedAt: at[1], output },
  }) satisfies RegisterOperation
const openWrite = (calledAt: number, value: number): RegisterOperation => ({
  ...{ outcome: 'unknown', client: 'lost', input: { kind: 'write', value } },
  calledAt,
})

const verdictOf = (...operations: RegisterOperation[]) => checkHistory(registerModel, operations).verdict

describe('real time', () => {
  test('an empty history is linearizable', () => {
    expect(checkHistory(registerModel, [])).toEqual({ verdict: 'linearizable', partitions: [] })
  })

  test('a read after a write sees it', () => {
    expect(verdictOf(write(1, 2, 7), read(3, 4, 7))).toBe('linearizable')
    expect(verdictOf(write(1, 2, 7), read(3, 4, null))).toBe('not-linearizable')
  })

  test('a read beside a write may see it or not, and no later read goes back', () => {
    const slowWrite = write(1, 10, 7)
    expect(verdictOf(slowWrite, read(2, 3, null), read(4, 5, 7))).toBe('linearizable')
    expect(verdictOf(slowWrite, read(2, 3, 7), read(4, 5, null))).toBe('not-linearizable')
    expect(verdictOf(slowWrite, read(2, 6, 7), read(4, 5, null))).toBe('linearizable')
  })

  test('operations that touch at one position are concurrent', () => {
    expect(verdictOf(write(1, 2, 7), read(2, 3, null))).toBe('linearizable')
    expect(verdictOf(write(1, 2, 7), read(2.5, 3, null))).toBe('not-linearizable')
    expect(verdictOf(write(1, 1, 7), read(1, 1, null), read(1, 1, 7))).toBe('linearizable')
  })

  test('the order in which operations are handed in does not matter', () => {
    expect(verdictOf(read(3, 4, 7), read(5, 6, 7), write(1, 2, 7))).toBe('linearizable')
    expect(verdictOf(read(5, 6, null), read(3, 4, 7), write(1, 2, 7))).toBe('not-linearizable')
  })

  test('of two compare-and-sets of one value only one may succeed', () => {
    const both = (second: boolean) => [
      write(1, 2, 1),
      compareAndSet([3, 6], 1, 2, true),
      compareAndSet([4, 5], 1, 3, second),
    ]
    expect(verdictOf(...both(false))).toBe('linearizable')
    expect(verdictOf(...both(true))).toBe('not-linearizable')
  })
})

describe('unknown outcomes', () => {
  test('an open write takes effect late, at once, or never', () => {
    const early = [write(1, 2, 1), openWrite(3, 9)]
    expect(verdictOf(...early, read(4, 5, 9))).toBe('linearizable')
    expect(verdictOf(...early, read(4, 5, 1), read(100, 101, 9))).toBe('linearizable')
    expect(verdictOf(...early, read(4, 5, 1), read(100, 101, 1))).toBe('linearizable')
  })

  test('it takes effect once, and not before its call', () => {
    expect(verdictOf(write(1, 2, 1), openWrite(3, 9), read(4, 5, 9), write(6, 7, 1), read(8, 9, 9))).toBe(
      'not-linearizable',
    )
    expect(verdictOf(write(1, 2, 1), read(3, 4, 9), openWrite(5, 9))).toBe('not-linearizable')
  })

  test('the linearization holds an open operation only if somebody saw its effect', () => {
    const seen = openWrite(3, 9)
    const unseen = openWrite(3, 8)
    const first = write(1, 2, 1)
    const last = read(5, 6, 9)
    const { partitions } = checkHistory(registerModel, [first, seen, unseen, last])
    expect(partitions).toMatchObject([{ verdict: 'linearizable', linearization: [first, seen, last] }])
  })

  test('an open operation may make another one possible', () => {
    const openSwap: RegisterOperation = {
      ...{ outcome: 'unknown', client: 'lost', calledAt: 1 },
      input: { kind: 'compare-and-set', expected: 5, replacement: 6 },
    }
    expect(verdictOf(openSwap, openWrite(2, 5), read(3, 4, 6))).toBe('linearizable')
    expect(verdictOf(openSwap, openWrite(2, 4), read(3, 4, 6))).toBe('not-linearizable')
  })

  test('hundreds of them do not slow the search down', () => {
    const open = Array.from({ length: 300 }, (_, index) => openWrite(index, index))
    const rest = [read(1000, 1001, 7), write(1002, 1003, -1), read(1004, 1005, 7)]
    const monotonicMs = () => 0
    expect(checkHistory(registerModel, [...open, ...rest], { time: { limitMs: 1, monotonicMs } })).toMatchObject({
      ...{ verdict: 'not-linearizable', partitions: [{ blocked: rest[2] }] },
    })
  })
})

describe('the longest linearizable prefix', () => {
  test('ends before the first return that no order explains', () => {
    const fine = [write(1, 2, 1), read(3, 4, 1)]
    const wrong = read(6, 8, 2)
    const pending = write(5, 20, 3)
    const after = [read(9, 10, 1), read(11, 12, 4)]
    const { verdict, partitions } = checkHistory(registerModel, [...fine, pending, wrong, ...after])
    expect(verdict).toBe('not-linearizable')
    expect(partitions).toMatchObject([{ blocked: wrong, linearization: [...fine, pending] }])
  })

  test('is told for each partition, the sound ones too', () => {
    const recorder = new HistoryRecorder<KeyValueInput, KeyValueOutput>()
    const run = (input: KeyValueInput, output: KeyValueOutput) => {
      recorder.return(recorder.call('a', input), output)
    }
    run({ kind: 'put', key: 'x', value: '1' }, true)
    run({ kind: 'put', key: 'y', value: '2' }, true)
    run({ kind: 'get', key: 'x' }, null)
    run({ kind: 'get', key: 'y' }, '2')
    const history = recorder.history()
    const [putX, putY, getX, getY] = history
    expect(checkHistory(keyValueModel, history)).toEqual({
      verdict: 'not-linearizable',
      partitions: [
        { partition: 'x', verdict: 'not-linearizable', operations: [putX, getX], linearization: [putX], blocked: getX },
        { partition: 'y', verdict: 'linearizable', operations: [putY, getY], linearization: [putY, getY] },
      ],
    })
  })
})

describe('limits', () => {
  /** Concurrent writes and swaps, and then an answer that nobody wrote: every way must be gone to its end. */
  const hard = (writes = 16): RegisterOperation[] => [
    ...Array.from({ length: writes }, (_, index) => write(index, 100, index)),
    ...Array.from({ length: 4 }, (_, index) => compareAndSet([20 + index, 100], index, 50 + index, true)),
    read(110, 111, -1),
  ]

  test('time comes from the given clock and ends the search with what it found', () => {
    let askedTimes = 0
    const monotonicMs = () => askedTimes++ * 10
    const { verdict, partitions } = checkHistory(registerModel, hard(), { time: { limitMs: 100, monotonicMs } })
    expect(verdict).toBe('unknown')
    expect(partitions).toMatchObject([{ verdict: 'unknown', limit: 'time' }])
    // At the start, for the partition, and then until 100 ms have passed.
    expect(askedTimes).toBe(11)
    expect(partitions[0]?.linearization.length).toBeGreaterThan(10)
  })

  test('memory ends the search at the same place each time', () => {
    const limited = () => checkHistory(registerModel, hard(), { memoryBytes: 1_000_000 })
    expect(limited()).toMatchObject({ verdict: 'unknown', partitions: [{ verdict: 'unknown', limit: 'memory' }] })
    expect(limited()).toEqual(limited())
  })

  test('without them the search comes to its end', () => {
    expect(checkHistory(registerModel, hard(8))).toMatchObject({
      ...{ verdict: 'not-linearizable', partitions: [{ blocked: { input: { kind: 'read' } } }] },
    })
  })

  test('a partition that takes too long leaves the others their share', () => {
    const keyed = (key: string, output: string): Array<Operation<KeyValueInput, KeyValueOutput>> => [
      ...Array.from({ length: 16 }, (_, index): Operation<KeyValueInput, KeyValueOutput> => ({
        ...{ outcome: 'known', client: key, calledAt: index, returnedAt: 100, output: true },
        input: { kind: 'put', key, value: String(index) },
      })),
      { outcome: 'known', client: key, input: { kind: 'get', key }, calledAt: 110, returnedAt: 111, output },
    ]
    let nowMs = 0
    const result = checkHistory(keyValueModel, [...keyed('hard', 'none of them'), ...keyed('wrong', '15').slice(15)], {
      time: { limitMs: 100, monotonicMs: () => (nowMs += 1) },
    })
    expect(result).toMatchObject({ verdict: 'unknown', partitions: [{ limit: 'time' }, { verdict: 'linearizable' }] })
    // The first took half of the time, no more.
    expect(nowMs).toBeLessThan(60)
  })
})

describe('what cannot be a history', () => {
  test.each([
    ['a return before its call', read(5, 4, null)],
    ['a return at no position', read(5, Infinity, null)],
    ['a call at no position', openWrite(NaN, 1)],
  ])('%s is refused', (_, operation) => {
    let thrown: unknown
    try {
      checkHistory(registerModel, [operation])
    } catch (error) {
      thrown = error
    }
    expect(SandboxError.is(thrown, 'INVALID_ARGUMENT')).toBe(true)
  })

  test('an operation that ends twice is refused', () => {
    const recorder = new HistoryRecorder<RegisterInput, RegisterOutput>()
    const first = recorder.call('a', { kind: 'read' })
    const second = recorder.call('b', { kind: 'write', value: 1 })
    recorder.return(first, null)
    recorder.discard(second)
    for (const again of [first, second, 2]) {
      expect(() => {
        recorder.return(again, null)
      }).toThrow(SandboxError)
    }
    expect(recorder.history()).toEqual([read(1, 3, null)].map((operation) => ({ ...operation, client: 'a' })))
  })
})
