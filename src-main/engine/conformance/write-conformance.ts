import { describe, expect } from 'vitest'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { ConformanceTest } from './conformance-context'
import { bytes, compareAndSet, deleteKeys, deleteRange, expectErrno, put, putIfAbsent } from './conformance-context'

/** What each change means (DingoDB's semantics). */
export function describeWrites(test: ConformanceTest): void {
  describe('writes', () => {
    test('put sets and replaces, with growing timestamps', async (context) => {
      const region = await context.addRegion()
      const first = await context.write(region, put({ b: '1', c: '1' }))
      const second = await context.write(region, put({ b: '2' }))
      expect(second.ts).toBeGreaterThan(first.ts)
      expect(first.keyStates).toEqual([])
      expect(await context.pairs(region)).toEqual(['b=2', 'c=1'])
      expect(await context.get(region, 'd')).toBeUndefined()
    })

    test('an empty value is a value', async (context) => {
      const region = await context.addRegion()
      await context.write(region, put({ b: '' }))
      expect(await context.get(region, 'b')).toBe('')
    })

    test('nothing to write is written at once', async (context) => {
      const region = await context.addRegion()
      expect(await context.write(region)).toMatchObject({ keyStates: [] })
    })

    test('put if absent sets what is not there', async (context) => {
      const region = await context.addRegion()
      await context.write(region, put({ b: 'old' }))
      expect((await context.write(region, putIfAbsent({ b: 'new', c: 'new' }, false))).keyStates).toEqual([false, true])
      expect(await context.pairs(region)).toEqual(['b=old', 'c=new'])
    })

    test('put if absent, atomic, sets all or none', async (context) => {
      const region = await context.addRegion()
      await context.write(region, put({ b: 'old' }))
      const refused = await context.write(region, putIfAbsent({ c: 'new', b: 'new' }, true))
      expect(refused.keyStates).toEqual([false, false])
      expect(await context.pairs(region)).toEqual(['b=old'])
      expect((await context.write(region, putIfAbsent({ c: 'new', d: 'new' }, true))).keyStates).toEqual([true, true])
      expect(await context.pairs(region)).toEqual(['b=old', 'c=new', 'd=new'])
    })

    test('put if absent takes what is deleted or expired for absent', async (context) => {
      const region = await context.addRegion()
      await context.write(region, put({ b: 'old' }), put({ c: 'old' }, context.fixture.nowMs() + 1000))
      await context.write(region, deleteKeys('b'))
      expect((await context.write(region, putIfAbsent({ c: 'new' }, false))).keyStates).toEqual([false])
      await context.fixture.advance(1001)
      expect((await context.write(region, putIfAbsent({ b: 'new', c: 'new' }, true))).keyStates).toEqual([true, true])
      expect(await context.pairs(region)).toEqual(['b=new', 'c=new'])
    })

    test('compare and set compares each key for itself', async (context) => {
      const region = await context.addRegion()
      await context.write(region, put({ b: '1', c: '1', d: '1', e: '' }))
      const changes = { b: ['1', '2'], c: ['x', '2'], d: ['1', ''], e: ['', '2'], f: ['', '2'], g: ['x', '2'] } as const
      const { keyStates } = await context.write(region, compareAndSet(changes, false))
      // An empty expected value says that the key is not there; an empty value that is there is not nothing.
      expect(keyStates).toEqual([true, false, true, false, true, false])
      expect(await context.pairs(region)).toEqual(['b=2', 'c=1', 'e=', 'f=2'])
    })

    test('compare and set, atomic, sets all or none', async (context) => {
      const region = await context.addRegion()
      await context.write(region, put({ b: '1', c: '1' }))
      const refused = await context.write(region, compareAndSet({ b: ['1', '2'], c: ['x', '2'] }, true))
      expect(refused.keyStates).toEqual([false, false])
      expect(await context.pairs(region)).toEqual(['b=1', 'c=1'])
      const set = await context.write(region, compareAndSet({ b: ['1', '2'], c: ['1', ''], d: ['', '3'] }, true))
      expect(set.keyStates).toEqual([true, true, true])
      expect(await context.pairs(region)).toEqual(['b=2', 'd=3'])
    })

    test('compare and set, atomic, fails for a missing key, and with it all that came along', async (context) => {
      const region = await context.addRegion()
      await context.write(region, put({ b: '1' }))
      const missing = compareAndSet({ b: ['1', '2'], c: ['x', '2'] }, true)
      await expectErrno(context.write(region, put({ a: 'along' }), missing), Errno.EKEY_NOT_FOUND)
      expect(await context.pairs(region)).toEqual(['b=1'])
      await context.write(region, put({ c: '1' }))
      expect(await context.pairs(region)).toEqual(['b=1', 'c=1'])
    })

    test('delete tells what was there', async (context) => {
      const region = await context.addRegion()
      await context.write(region, put({ b: '1', c: '1' }))
      expect((await context.write(region, deleteKeys('b', 'd', 'b'))).keyStates).toEqual([true, false, false])
      expect((await context.write(region, deleteKeys('b'))).keyStates).toEqual([false])
      expect(await context.pairs(region)).toEqual(['c=1'])
    })

    test('delete range leaves no version behind', async (context) => {
      const region = await context.addRegion()
      const { ts } = await context.write(region, put({ b: '1', c: '1', d: '1' }))
      await context.write(region, put({ c: '2' }), deleteKeys('d'))
      await context.write(region, deleteRange('b', 'c~'))
      expect(await context.pairs(region)).toEqual([])
      expect(await context.pairs(region, region.range, ts)).toEqual(['d=1'])
      const versions = await (await context.reader(region)).versions(region.range)
      expect(versions.map(({ kind }) => kind)).toEqual(['delete', 'put'])
    })

    test('the changes of one write happen in their order, all together', async (context) => {
      const region = await context.addRegion()
      const { keyStates } = await context.write(
        region,
        put({ b: '1' }),
        putIfAbsent({ b: '2', c: '2' }, false),
        compareAndSet({ c: ['2', '3'] }, false),
        deleteKeys('b'),
        deleteRange('x', 'y'),
      )
      expect(keyStates).toEqual([false, true, true, true])
      expect(await context.pairs(region)).toEqual(['c=3'])
    })

    test('writes that come together and depend on each other see each other', async (context) => {
      const region = await context.addRegion()
      const writes = Array.from({ length: 40 }, (_, number) =>
        context.write(region, compareAndSet({ b: [number === 0 ? '' : String(number), String(number + 1)] }, false)),
      )
      const results = await Promise.all(writes)
      expect(results.every(({ keyStates }) => keyStates[0])).toBe(true)
      expect(await context.get(region, 'b')).toBe('40')
      const contenders = Array.from({ length: 20 }, () => context.write(region, putIfAbsent({ c: 'x' }, false)))
      const won = (await Promise.all(contenders)).filter(({ keyStates }) => keyStates[0])
      expect(won).toHaveLength(1)
    })

    test('a delete range between two writes that come together is seen by the second', async (context) => {
      const region = await context.addRegion()
      await context.write(region, put({ b: '1' }))
      const [, , last] = await Promise.all([
        context.write(region, putIfAbsent({ c: '1' }, false)),
        context.write(region, deleteRange('b', 'd')),
        context.write(region, putIfAbsent({ b: '2', c: '2' }, true)),
      ])
      expect(last.keyStates).toEqual([true, true])
      expect(await context.pairs(region)).toEqual(['b=2', 'c=2'])
    })

    test('what no replica could apply is refused, and the region goes on', async (context) => {
      const region = await context.addRegion()
      await expectErrno(context.write(region, put({ '': 'x' })), Errno.EKEY_EMPTY)
      const huge = { key: new Uint8Array(70_000), value: bytes('x') }
      await expectErrno(context.write(region, { kind: 'put', entries: [huge] }), Errno.EILLEGAL_PARAMTETERS)
      await expectErrno(context.write(region, deleteRange('d', 'b')), Errno.ERANGE_INVALID)
      await context.write(region, put({ b: '1' }))
      expect(await context.get(region, 'b')).toBe('1')
    })
  })
}
