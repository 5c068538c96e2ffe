import { describe, expect } from 'vitest'
import { compareBytes, keyAfter, prefixRange } from '../key-range'
import { RawWriteBatch } from '../raw-write-batch'
import { bytes, fill, keysOf, numberKey, pairsOf, putAll } from './conformance-context'
import type { ConformanceContext } from './conformance-context'

const letters = { a: '1', b: '2', c: '3', d: '4', e: '5' }

/** Order, bounds, direction, limits, long walks. */
export function describeIteration({ test }: ConformanceContext): void {
  describe('iteration', () => {
    test('orders by unsigned bytes, a prefix first', async (engine) => {
      const keys = [
        [0],
        [0, 0],
        [0, 1],
        [1],
        [0x7f],
        [0x7f, 0xff],
        [0x80],
        [0xc3, 0xa4],
        [0xff],
        [0xff, 0],
        [0xff, 0xff],
      ]
      const batch = new RawWriteBatch()
      for (const key of [...keys].reverse()) batch.put(Uint8Array.from(key), bytes('x'))
      await engine.write(batch)
      const walked: number[][] = []
      for await (const { key } of engine.iterate()) walked.push([...key])
      expect(walked).toEqual(keys)
      expect(keys.map((key) => Uint8Array.from(key)).sort(compareBytes)).toEqual(
        keys.map((key) => Uint8Array.from(key)),
      )
    })

    test('walks over nothing', async (engine) => {
      expect(await keysOf(engine)).toEqual([])
      expect(await keysOf(engine, { reverse: true })).toEqual([])
      expect(await engine.iterate().next()).toBeUndefined()
    })

    test('stays inside its bounds both ways', async (engine) => {
      await putAll(engine, letters)
      const cases: Array<[start: string | undefined, end: string | undefined, expected: string]> = [
        ['b', 'd', 'bc'],
        [undefined, 'c', 'ab'],
        ['c', undefined, 'cde'],
        ['aa', 'cc', 'bc'],
        ['b', 'b', ''],
        ['x', 'z', ''],
        [undefined, 'a', ''],
      ]
      for (const [start, end, expected] of cases) {
        const bound = (key: string | undefined): Uint8Array | undefined => (key === undefined ? undefined : bytes(key))
        const options = { range: { start: bound(start), end: bound(end) } }
        expect((await keysOf(engine, options)).join('')).toBe(expected)
        expect((await keysOf(engine, { ...options, reverse: true })).join('')).toBe([...expected].reverse().join(''))
      }
    })

    test('walks over a prefix, that of 0xff alone included', async (engine) => {
      const batch = new RawWriteBatch()
      for (const key of [[1], [1, 0xff], [1, 0xff, 7], [2], [0xff], [0xff, 0xff], [0xff, 0xff, 1]]) {
        batch.put(Uint8Array.from(key), bytes('x'))
      }
      await engine.write(batch)
      const count = async (...prefix: number[]): Promise<number> =>
        (await keysOf(engine, { range: prefixRange(Uint8Array.from(prefix)) })).length
      expect([await count(1), await count(1, 0xff), await count(0xff), await count(0xff, 0xff)]).toEqual([3, 2, 3, 2])
      expect(await count()).toBe(7)
      expect(await keysOf(engine, { range: { start: keyAfter(Uint8Array.from([0xff, 0xff])) } })).toHaveLength(1)
    })

    test('ends at the limit both ways', async (engine) => {
      await putAll(engine, letters)
      expect(await keysOf(engine, { limit: 0 })).toEqual([])
      expect(await keysOf(engine, { limit: 2 })).toEqual(['a', 'b'])
      expect(await keysOf(engine, { limit: 2, reverse: true })).toEqual(['e', 'd'])
      expect(await keysOf(engine, { limit: 5 })).toHaveLength(5)
      expect(await keysOf(engine, { limit: 50, range: { start: bytes('d') } })).toEqual(['d', 'e'])
    })

    test('leaves values unread where only keys are asked for', async (engine) => {
      await putAll(engine, letters)
      expect(await pairsOf(engine, { keysOnly: true, limit: 2 })).toEqual(['a=', 'b='])
    })

    for (const reverse of [false, true]) {
      for (const [count, valueBytes] of [
        [5000, 10],
        [200, 40_000],
      ] as const) {
        const way = reverse ? 'backwards' : 'forwards'
        test(`walks ${way} over ${count} entries of ${valueBytes} bytes without gap or repeat`, async (engine) => {
          await fill(engine, count, valueBytes)
          const expected = Array.from({ length: count }, (_, index) => (reverse ? count - 1 - index : index))
          const walked: number[] = []
          for await (const { key, value } of engine.iterate({ reverse })) {
            const number = Number(Buffer.from(key).toString())
            walked.push(number)
            if (value.length !== valueBytes || value[0] !== (number & 0xff))
              throw new Error(`Value of ${number} is wrong.`)
          }
          expect(walked).toEqual(expected)
          const limited = await keysOf(engine, { reverse, limit: count - 7 })
          expect(limited).toHaveLength(count - 7)
        })
      }
    }

    test('walks from small entries into large ones', async (engine) => {
      await fill(engine, 1000, 10)
      const batch = new RawWriteBatch()
      for (let number = 1000; number < 1020; number++) batch.put(numberKey(number), new Uint8Array(512 * 1024))
      await engine.write(batch)
      expect(await keysOf(engine)).toHaveLength(1020)
      expect(await keysOf(engine, { reverse: true })).toHaveLength(1020)
    })

    test('mixes single entries and pages without losing any', async (engine) => {
      await fill(engine, 1000, 10)
      const iterator = engine.iterate()
      const keys: string[] = []
      const add = (...entries: ReadonlyArray<{ key: Uint8Array }>): void => {
        for (const { key } of entries) keys.push(Buffer.from(key).toString())
      }
      for (let page = await iterator.nextPage(); page.length > 0; page = await iterator.nextPage()) {
        add(...page)
        const single = await iterator.next()
        if (single !== undefined) add(single)
      }
      expect(keys).toEqual(Array.from({ length: 1000 }, (_, number) => Buffer.from(numberKey(number)).toString()))
      expect(await iterator.next()).toBeUndefined()
      expect(await iterator.nextPage()).toEqual([])
    })

    test('sees the moment when it was made, whatever is written meanwhile', async (engine) => {
      await fill(engine, 2000, 10)
      const iterator = engine.iterate()
      const first = await iterator.next()
      await engine.write(new RawWriteBatch().deleteRange({}).put(bytes('0000new'), bytes('x')))
      let count = first === undefined ? 0 : 1
      for await (const { value } of iterator) count += value.length / 10
      expect(count).toBe(2000)
      expect(await keysOf(engine)).toEqual(['0000new'])
    })

    test('copies its bounds', async (engine) => {
      await putAll(engine, letters)
      for (const form of [bytes, (from: string) => Buffer.from(from)]) {
        const start = form('b')
        const end = form('d')
        const iterator = engine.iterate({ range: { start, end } })
        start.fill(0)
        end.fill(0xff)
        const keys: string[] = []
        for await (const { key } of iterator) keys.push(Buffer.from(key).toString())
        expect(keys).toEqual(['b', 'c'])
      }
    })

    test('lets go when the loop is left', async (engine) => {
      await fill(engine, 500, 10)
      for await (const { key } of engine.iterate()) if (key.length > 0) break
      expect((await engine.properties()).openIterators).toBe(0)
      await keysOf(engine)
      expect((await engine.properties()).openIterators).toBe(0)
    })

    test('refuses a second call while one is under way', async (engine) => {
      await fill(engine, 500, 10)
      const iterator = engine.iterate()
      const calls = await Promise.allSettled([iterator.next(), iterator.next()])
      expect(calls.map((call) => call.status)).toEqual(['fulfilled', 'rejected'])
      expect(calls[1]).toMatchObject({ reason: { code: 'INVALID_ARGUMENT' } })
      expect(await iterator.next()).toBeDefined()
      await iterator.close()
    })
  })
}
