import { describe, expect } from 'vitest'
import { compareBytes } from '../raw/key-range'
import type { ConformanceTest } from './conformance-context'
import { bytes, deleteKeys, put, text } from './conformance-context'

/** What readers see. */
export function describeReads(test: ConformanceTest): void {
  describe('reads', () => {
    test('at a timestamp see what was newest then', async (context) => {
      const region = await context.addRegion()
      const first = await context.write(region, put({ b: '1', c: '1' }))
      const second = await context.write(region, put({ b: '2' }), deleteKeys('c'))
      expect(await context.get(region, 'b', first.ts)).toBe('1')
      expect(await context.get(region, 'b', second.ts)).toBe('2')
      expect(await context.get(region, 'b', first.ts - 1n)).toBeUndefined()
      expect(await context.pairs(region, region.range, first.ts)).toEqual(['b=1', 'c=1'])
      expect(await context.pairs(region, region.range, second.ts)).toEqual(['b=2'])
    })

    test('of several keys give their values in order', async (context) => {
      const region = await context.addRegion()
      const { ts } = await context.write(region, put({ b: '1', c: '1' }))
      await context.write(region, deleteKeys('c'))
      const reader = await context.reader(region)
      const keys = ['c', 'b', 'x', 'b'].map(bytes)
      expect((await reader.kvBatchGet(keys)).map(text)).toEqual([undefined, '1', undefined, '1'])
      expect((await reader.kvBatchGet(keys, ts)).map(text)).toEqual(['1', '1', undefined, '1'])
      expect(await reader.kvBatchGet([])).toEqual([])
    })

    test('see values until they expire', async (context) => {
      const region = await context.addRegion()
      await context.write(region, put({ b: 'stays' }))
      await context.write(region, put({ b: 'goes', c: 'goes' }, context.fixture.nowMs() + 5000))
      expect(await context.pairs(region)).toEqual(['b=goes', 'c=goes'])
      await context.fixture.advance(5001)
      // What expires hides what was before it, as a deletion does.
      expect(await context.pairs(region)).toEqual([])
      expect(await context.get(region, 'b')).toBeUndefined()
    })

    test('walk page by page, within limits of count and bytes', async (context) => {
      const region = await context.addRegion()
      await context.write(region, put({ b: 'x'.repeat(50), c: 'x'.repeat(50), d: 'x', e: 'x', f: 'x' }))
      const scan = (await context.reader(region)).scan({ range: region.range })
      const keysOf = async (count: number, limit: number) => (await scan.next(count, limit)).map(({ key }) => text(key))
      expect(await keysOf(10, 1)).toEqual(['b'])
      expect(await keysOf(2, 1000)).toEqual(['c', 'd'])
      await context.write(region, put({ e2: 'late', f: 'late' }))
      const rest = await scan.next(10, 1000)
      expect(rest.map(({ key, value }) => [text(key), text(value)])).toEqual([
        ['e', 'x'],
        ['f', 'x'],
      ])
      expect(await scan.next(10, 1000)).toEqual([])
      await scan.close()
      await scan.close()
    })

    test('walk over long ranges with many versions', async (context) => {
      const region = await context.addRegion()
      const keys = Array.from({ length: 300 }, (_, number) => `k${String(number).padStart(3, '0')}`)
      for (const round of ['1', '2', '3'])
        await context.write(region, put(Object.fromEntries(keys.map((key) => [key, round]))))
      await context.write(region, deleteKeys(...keys.filter((_, number) => number % 2 === 0)))
      const expected = keys.filter((_, number) => number % 2 === 1)
      expect(await context.pairs(region)).toEqual(expected.map((key) => `${key}=3`))
      const figures = await (await context.reader(region)).measure(region.range)
      expect(figures.keyCount).toBe(150)
      expect([text(figures.minKey), text(figures.maxKey)]).toEqual(['k001', 'k299'])
      const some = { startKey: bytes('k010'), endKey: bytes('k014') }
      expect(await context.pairs(region, some)).toEqual(['k011=3', 'k013=3'])
    })

    test('count the beginning of a range within a limit of bytes, older versions and deleted keys left out', async (context) => {
      const region = await context.addRegion()
      for (const round of ['1', '2']) {
        await context.write(region, put({ b: round.repeat(100), c: round.repeat(100), d: round, e: round, f: round }))
      }
      await context.write(region, deleteKeys('b', 'f'))
      const reader = await context.reader(region)
      const start = await reader.measure(region.range, { maxBytes: 400 })
      expect([start.keyCount, text(start.minKey), text(start.maxKey), text(start.endKey)]).toEqual([1, 'c', 'e', 'd'])
      const all = await reader.measure(region.range, { maxBytes: 10_000 })
      expect([all.keyCount, text(all.minKey), text(all.maxKey), all.endKey]).toEqual([3, 'c', 'e', undefined])
    })

    test('tell keys apart that end in the least and the greatest bytes', async (context) => {
      const region = await context.addRegion()
      const tails = [[], [0], [0, 0], [0xfe], [0xff], [0xff, 0], ...[7, 8, 9, 16].map((count) => ff(count))]
      const keys = tails.map((tail) => Uint8Array.of(0x62, ...tail))
      await context.write(region, {
        kind: 'put',
        entries: keys.map((key, position) => ({ key, value: Uint8Array.of(position) })),
      })
      const reader = await context.reader(region)
      const scan = reader.scan({ range: region.range })
      const inOrder = [...keys].sort((left, right) => compareBytes(left, right))
      expect((await scan.next(100, 10_000)).map(({ key }) => key)).toEqual(inOrder)
      await scan.close()
      expect(await reader.kvBatchGet(keys)).toEqual(keys.map((_, position) => Uint8Array.of(position)))
      for (const [position, key] of keys.entries()) expect(await reader.kvGet(key)).toEqual(Uint8Array.of(position))
      const [startKey, endKey] = [Uint8Array.of(0x62, ...ff(8)), Uint8Array.of(0x62, ...ff(16))]
      await context.write(region, { kind: 'delete-range', ranges: [{ startKey, endKey }] })
      const left = await (await context.reader(region)).measure(region.range)
      expect(left).toEqual({ keyCount: keys.length - 2, minKey: keys[0], maxKey: endKey })
    })

    test('without values leave them out', async (context) => {
      const region = await context.addRegion()
      await context.write(region, put({ b: '1', c: '1' }))
      await context.write(region, deleteKeys('c'))
      const scan = (await context.reader(region)).scan({ range: region.range, keysOnly: true })
      expect(await scan.next(10, 1000)).toEqual([{ key: bytes('b'), value: bytes('') }])
      await scan.close()
    })

    test('for inspection show every version', async (context) => {
      const region = await context.addRegion()
      const expiresAtMs = context.fixture.nowMs() + 60_000
      const first = await context.write(region, put({ b: '1' }))
      const second = await context.write(region, put({ b: '2' }, expiresAtMs))
      const third = await context.write(region, deleteKeys('b'))
      await context.write(region, put({ c: '1' }))
      const reader = await context.reader(region)
      const versions = await reader.versions(region.range)
      expect(versions.slice(0, 3)).toEqual([
        { key: bytes('b'), value: bytes(''), ts: third.ts, kind: 'delete' },
        { key: bytes('b'), value: bytes('2'), ts: second.ts, kind: 'put-with-ttl', expiresAtMs },
        { key: bytes('b'), value: bytes('1'), ts: first.ts, kind: 'put' },
      ])
      expect(await reader.versions(region.range, { offset: 1, limit: 2 })).toEqual(versions.slice(1, 3))
      expect(await reader.versions(region.range, { offset: 9 })).toEqual([])
      expect(await reader.measure({ startKey: bytes('x'), endKey: bytes('y') })).toEqual({ keyCount: 0 })
    })

    test('in every mode see what was acknowledged', async (context) => {
      const region = await context.addRegion()
      for (const mode of ['read-index', 'lease', 'leader'] as const) {
        await context.write(region, put({ b: mode }))
        const reader = await context.reader(region, mode)
        expect(text(await reader.kvGet(bytes('b')))).toBe(mode)
      }
    })
  })
}

function ff(count: number): readonly number[] {
  return new Array<number>(count).fill(0xff)
}
