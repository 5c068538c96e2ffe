import fc from 'fast-check'
import { create } from '@bufbuild/protobuf'
import { beforeEach, describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../../src-main/env/simulated/simulated-clock'
import { dingoError, errnoOf } from '../../../src-main/rpc/dingo-error'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'
import { TsoOpType, TsoResponseSchema } from '../../../src-main/rpc/generated/dingodb/meta_pb'
import type { RpcChannel } from '../../../src-main/rpc/rpc-channel'
import type { TimestampProviderOptions } from '../../../src-main/store/timestamp/coordinator-timestamp-provider'
import { CoordinatorTimestampProvider } from '../../../src-main/store/timestamp/coordinator-timestamp-provider'
import { coordinatorTimestampSource } from '../../../src-main/store/timestamp/timestamp-source'

/** An oracle that counts on, takes 10 ms for an answer, and can be told to fail. */
class Oracle {
  readonly clock: SimulatedClock
  nextTs = 1000n
  fetches = 0
  underWay = 0
  mostUnderWay = 0
  failure: unknown

  constructor(clock: SimulatedClock) {
    this.clock = clock
  }

  async fetch(count: number, { signal }: { signal: AbortSignal }) {
    this.fetches++
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay)
    try {
      await this.clock.sleep(10, signal)
      if (this.failure !== undefined) throw this.failure
      const first = this.nextTs
      this.nextTs += BigInt(count)
      return { first, count }
    } finally {
      this.underWay--
    }
  }
}

describe('CoordinatorTimestampProvider', () => {
  let clock: SimulatedClock
  let oracle: Oracle
  beforeEach(() => {
    clock = new SimulatedClock()
    oracle = new Oracle(clock)
  })
  const provider = (options: Partial<TimestampProviderOptions> = {}) =>
    new CoordinatorTimestampProvider({ source: oracle, clock, batchSize: 8, ...options })
  /** Lets time pass until what is waited for is there. */
  const take = async <Given>(given: Given | Promise<Given>): Promise<Given> => {
    if (!(given instanceof Promise)) return given
    const settled = given.then(
      (value) => ({ value }),
      (thrown: unknown) => ({ thrown }),
    )
    let result: { value: Given } | { thrown: unknown } | undefined
    void settled.then((ended) => (result = ended))
    await clock.runUntil(() => result !== undefined)
    const ended = await settled
    if ('thrown' in ended) throw ended.thrown
    return ended.value
  }

  it('fetches nothing before it is asked, and hands out at once from then on', async () => {
    const timestamps = provider()
    await clock.advance(60_000)
    expect(oracle.fetches).toBe(0)
    expect(await take(timestamps.next(0n))).toBe(1000n)
    expect(timestamps.next(0n)).toBe(1001n)
    expect(oracle.fetches).toBe(1)
  })

  it('fetches the next batch when half of one is used, one at a time', async () => {
    const timestamps = provider()
    await take(timestamps.next(0n))
    for (let ts = 1001n; ts < 1004n; ts++) expect(timestamps.next(0n)).toBe(ts)
    expect(oracle.fetches).toBe(1)
    expect(timestamps.next(0n)).toBe(1004n)
    expect(oracle.fetches).toBe(2)
    expect(timestamps.next(0n)).toBe(1005n)
    await clock.advance(10)
    for (let ts = 1006n; ts < 1012n; ts++) expect(timestamps.next(0n)).toBe(ts)
    expect([oracle.fetches, oracle.mostUnderWay]).toEqual([2, 1])
  })

  it('gives many callers at once different timestamps, in their order', async () => {
    const timestamps = provider()
    const given = await take(Promise.all([...Array(50).keys()].map(() => Promise.resolve(timestamps.next(0n)))))
    expect(new Set(given).size).toBe(50)
    expect([...given].sort()).toEqual(given)
    expect(oracle.mostUnderWay).toBe(1)
  })

  it('skips within a batch, and fetches anew for what is beyond it', async () => {
    const timestamps = provider()
    await take(timestamps.next(0n))
    expect(timestamps.next(1002n)).toBe(1003n)
    expect(timestamps.next(0n)).toBe(1004n)
    await clock.advance(10)
    oracle.nextTs = 5000n
    expect(await take(timestamps.next(4000n))).toBe(5000n)
    expect(timestamps.next(0n)).toBe(5001n)
  })

  it('keeps its batch when one region is ahead of the oracle', async () => {
    const timestamps = provider()
    await take(timestamps.next(0n))
    const refused = take(timestamps.next(1_000_000n))
    await expect(refused).rejects.toThrow('not above 1000000')
    expect(timestamps.next(0n)).toBeTypeOf('bigint')
  })

  it('drops what is left of a batch that is too old', async () => {
    const timestamps = provider()
    await take(timestamps.next(0n))
    await clock.advance(4_000)
    expect(timestamps.next(0n)).toBe(1001n)
    await clock.advance(1_000)
    expect(await take(timestamps.next(0n))).toBe(1008n)
    expect(timestamps.metrics()).toMatchObject({ handedOut: 3, dropped: 1, fetched: 2, available: 7 })
  })

  it('tries again after a failure, and refuses after its time', async () => {
    const timestamps = provider()
    oracle.failure = dingoError(Errno.ERAFT_NOTLEADER, 'nobody leads')
    const waiting = take(timestamps.next(0n))
    await expect(waiting).rejects.toThrow(/ERAFT_NOTLEADER: nobody leads/)
    await expect(waiting.catch((thrown: unknown) => errnoOf(thrown))).resolves.toBe(Errno.ETSO_NOT_AVAILABLE)
    expect(oracle.fetches).toBeGreaterThan(10)
    expect(timestamps.metrics()).toMatchObject({ refused: 1, fetchFailures: oracle.fetches })
    const second = take(timestamps.next(0n))
    oracle.failure = undefined
    expect(await second).toBe(1000n)
  })

  it('refuses those who wait when it is closed', async () => {
    const timestamps = provider()
    const waiting = timestamps.next(0n)
    timestamps.close()
    timestamps.close()
    await expect(take(waiting)).rejects.toThrow('stopping')
    await expect(take(timestamps.next(0n))).rejects.toThrow('stopping')
    expect(clock.pendingCount).toBe(0)
  })

  it('always grows and is always above what was asked for, whatever comes', async () => {
    const step = fc.record({ ahead: fc.integer({ min: -20, max: 20 }), waitMs: fc.integer({ min: 0, max: 3000 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        clock = new SimulatedClock()
        oracle = new Oracle(clock)
        const timestamps = provider()
        let last = 0n
        for (const { ahead, waitMs } of steps) {
          const after = last + BigInt(ahead)
          oracle.nextTs += BigInt(Math.max(ahead, 0))
          const ts = await take(timestamps.next(after))
          expect(ts).toBeGreaterThan(last)
          expect(ts).toBeGreaterThan(after)
          last = ts
          await clock.advance(waitMs)
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('coordinatorTimestampSource', () => {
  const options = { timeoutMs: 1000, signal: new AbortController().signal }
  const answering = (answer: Parameters<typeof create<typeof TsoResponseSchema>>[1]) => {
    const requests: unknown[] = []
    const unary = (_method: unknown, request: unknown) => {
      requests.push(request)
      return Promise.resolve(create(TsoResponseSchema, answer))
    }
    const channel = { unary } as unknown as Pick<RpcChannel, 'unary'>
    return { source: coordinatorTimestampSource(channel), requests }
  }

  it('asks the oracle for a batch and composes its first timestamp', async () => {
    const { source, requests } = answering({ startTimestamp: { physical: 3n, logical: 5n }, count: 100n })
    expect(await source.fetch(128, options)).toEqual({ first: (3n << 18n) + 5n, count: 100 })
    expect(requests).toMatchObject([{ opType: TsoOpType.OP_GEN_TSO, count: 128n }])
  })

  it('throws the error of an answer, and refuses an answer without timestamps', async () => {
    const failed = answering({ error: { errcode: Errno.ERAFT_NOTLEADER, errmsg: 'not here' } })
    await expect(failed.source.fetch(1, options)).rejects.toThrow('not here')
    await expect(answering({}).source.fetch(1, options)).rejects.toThrow('without any')
  })
})
