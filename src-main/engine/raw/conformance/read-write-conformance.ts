import { describe, expect } from 'vitest'
import { rawEngineLimits } from '../limits'
import { RawWriteBatch } from '../raw-write-batch'
import { bytes, conformanceFamilies, getText, keysOf, pairsOf, putAll, text } from './conformance-context'
import type { ConformanceContext } from './conformance-context'

/** Single keys, batches, families, delete ranges. */
export function describeReadsAndWrites({ test, open }: ConformanceContext): void {
  describe('reads and writes', () => {
    test('gives back what was put, and nothing for what was not', async (engine) => {
      await putAll(engine, { a: '1', b: '2' })
      expect(await getText(engine, 'a')).toBe('1')
      expect(await engine.get(bytes('c'))).toBeUndefined()
    })

    test('replaces and deletes', async (engine) => {
      await putAll(engine, { a: '1', b: '2' })
      await engine.write(new RawWriteBatch().put(bytes('a'), bytes('3')).delete(bytes('b')).delete(bytes('never was')))
      expect(await pairsOf(engine)).toEqual(['a=3'])
    })

    test('reads what the last write left, however often a key was read before', async (engine) => {
      const readings: Array<[string, RawWriteBatch]> = [
        ['1', new RawWriteBatch().put(bytes('a'), bytes('1')).put(bytes('a'), bytes('other'), 'alpha')],
        ['2', new RawWriteBatch().put(bytes('a'), bytes('2'))],
        ['', new RawWriteBatch().delete(bytes('a'))],
        ['3', new RawWriteBatch().put(bytes('a'), bytes('3'))],
        ['', new RawWriteBatch().deleteRange({ start: bytes('a'), end: bytes('b') })],
        ['4', new RawWriteBatch().put(bytes('a'), bytes('4'))],
        ['', new RawWriteBatch().deleteRange({})],
      ]
      for (const [left, batch] of readings) {
        await engine.write(batch)
        const expected = left === '' ? undefined : left
        for (let reading = 0; reading < 2; reading++) {
          expect(await getText(engine, 'a')).toBe(expected)
          expect((await engine.getMany([bytes('a')])).map(text)).toEqual([expected])
          expect(await getText(engine, 'a', 'alpha')).toBe('other')
        }
      }
    })

    test('reads several keys in the order of the keys, with gaps and repeats', async (engine) => {
      await putAll(engine, { a: '1', c: '' })
      const values = await engine.getMany([bytes('c'), bytes('b'), bytes('a'), bytes('c')])
      expect(values).toEqual([new Uint8Array(0), undefined, bytes('1'), new Uint8Array(0)])
      expect(await engine.getMany([])).toEqual([])
    })

    test('keeps an empty value apart from no value', async (engine) => {
      await engine.write(new RawWriteBatch().put(bytes('empty'), new Uint8Array(0)))
      expect(await engine.get(bytes('empty'))).toEqual(new Uint8Array(0))
      expect(await pairsOf(engine)).toEqual(['empty='])
    })

    test('keeps a value of 1 MiB', async (engine) => {
      const value = new Uint8Array(1024 * 1024).map((_, index) => index * 31)
      await engine.write(new RawWriteBatch().put(bytes('large'), value))
      expect(Buffer.compare((await engine.get(bytes('large'))) ?? bytes(''), value)).toBe(0)
    })

    test('keeps keys of 64 KiB apart by their last byte', async (engine) => {
      const long = new Uint8Array(rawEngineLimits.maxKeyBytes).fill(0xff)
      const almost = long.slice()
      almost[almost.length - 1] = 0xfe
      await engine.write(new RawWriteBatch().put(long, bytes('long')).put(almost, bytes('almost')))
      expect(await engine.get(long)).toEqual(bytes('long'))
      expect(await pairsOf(engine, { range: { start: long } })).toHaveLength(1)
      await engine.write(new RawWriteBatch().deleteRange({ start: almost }))
      expect(await pairsOf(engine)).toEqual([])
    })

    test('gives plain arrays that are the caller’s own', async (engine) => {
      await putAll(engine, { a: '123' })
      const first = await engine.get(bytes('a'))
      expect(Object.getPrototypeOf(first)).toBe(Uint8Array.prototype)
      first?.fill(0)
      const [entry] = await engine.iterate().nextPage()
      entry?.key.fill(0)
      entry?.value.fill(0)
      expect(await pairsOf(engine)).toEqual(['a=123'])
    })

    test('does not hold on to the arrays it was given, Buffers included', async (engine) => {
      for (const form of [bytes, (from: string) => Buffer.from(from)]) {
        const key = form('key')
        const value = form('value')
        await engine.write(new RawWriteBatch().put(key, value))
        key.fill(0)
        value.fill(0)
        expect(await pairsOf(engine)).toEqual(['key=value'])
      }
    })

    test('takes parts of larger arrays', async (engine) => {
      const around = bytes('..key..value..')
      await engine.write(new RawWriteBatch().put(around.subarray(2, 5), around.subarray(7, 12)))
      expect(await getText(engine, 'key')).toBe('value')
    })
  })

  describe('column families', () => {
    test('lists default first, then the others by name', async (engine) => {
      expect(engine.columnFamilies).toEqual(['default', ...conformanceFamilies])
    })

    test('keeps families apart', async (engine) => {
      await putAll(engine, { a: 'default' })
      await putAll(engine, { a: 'alpha', b: 'alpha' }, 'alpha')
      await putAll(engine, { a: 'beta' }, 'beta')
      await engine.write(new RawWriteBatch().deleteRange({}, 'alpha'))
      expect(await pairsOf(engine)).toEqual(['a=default'])
      expect(await pairsOf(engine, { columnFamily: 'alpha' })).toEqual([])
      expect(await pairsOf(engine, { columnFamily: 'beta', reverse: true })).toEqual(['a=beta'])
      expect(await engine.getMany([bytes('a')], { columnFamily: 'beta' })).toEqual([bytes('beta')])
    })

    test('keeps families apart at the outermost keys', async (engine) => {
      const first = new Uint8Array([0])
      const last = new Uint8Array(300).fill(0xff)
      const batch = new RawWriteBatch()
      for (const family of engine.columnFamilies)
        batch.put(first, bytes(family), family).put(last, bytes(family), family)
      await engine.write(batch)
      for (const columnFamily of engine.columnFamilies) {
        for (const reverse of [false, true]) {
          const page = await engine.iterate({ columnFamily, reverse }).nextPage()
          expect(page.map(({ value }) => value)).toEqual([bytes(columnFamily), bytes(columnFamily)])
        }
      }
    })

    test('opens a directory with families that were not named, and with new ones', async (engine) => {
      if (!engine.supports.persistent) return
      await putAll(engine, { a: 'alpha' }, 'alpha')
      await engine.close()
      const fewer = await open(['beta', 'gamma'])
      expect(fewer.columnFamilies).toEqual(['default', 'alpha', 'beta', 'gamma'])
      expect(await getText(fewer, 'a', 'alpha')).toBe('alpha')
      await putAll(fewer, { g: 'gamma' }, 'gamma')
      await fewer.close()
      const none = await open([])
      expect(await getText(none, 'g', 'gamma')).toBe('gamma')
    })
  })

  describe('batches', () => {
    test('applies operations on one key in their order', async (engine) => {
      await putAll(engine, { a: 'before', b: 'before' })
      const batch = new RawWriteBatch()
      batch.put(bytes('a'), bytes('1')).delete(bytes('a')).put(bytes('a'), bytes('2'))
      batch.put(bytes('b'), bytes('1')).delete(bytes('b'))
      await engine.write(batch)
      expect(await pairsOf(engine)).toEqual(['a=2'])
    })

    test('applies a delete range to what stands before it in the batch and not to what follows', async (engine) => {
      await putAll(engine, { b: 'stored', c: 'stored' })
      const batch = new RawWriteBatch()
      batch.put(bytes('a'), bytes('early')).put(bytes('b'), bytes('early')).put(bytes('b'), bytes('early'), 'alpha')
      batch.deleteRange({ start: bytes('a'), end: bytes('d') })
      batch.put(bytes('c'), bytes('late'))
      await engine.write(batch)
      expect(await pairsOf(engine)).toEqual(['c=late'])
      expect(await pairsOf(engine, { columnFamily: 'alpha' })).toEqual(['b=early'])
    })

    test('writes over several families all or nothing', async (engine) => {
      await putAll(engine, { a: 'old' })
      const batch = new RawWriteBatch().put(bytes('a'), bytes('new')).put(bytes('a'), bytes('new'), 'no such family')
      await expect(engine.write(batch)).rejects.toMatchObject({ code: 'ENGINE_UNKNOWN_COLUMN_FAMILY' })
      expect(await pairsOf(engine)).toEqual(['a=old'])
      const good = new RawWriteBatch().put(bytes('a'), bytes('new')).put(bytes('a'), bytes('new'), 'alpha')
      await engine.write(good.delete(bytes('a'), 'beta'))
      expect([await getText(engine, 'a'), await getText(engine, 'a', 'alpha')]).toEqual(['new', 'new'])
    })

    test('shows a batch wholly or not at all to reads beside it', async (engine) => {
      const seen = new Set<string>()
      let writing = true
      const writer = (async () => {
        for (let round = 0; round < 100; round++) {
          const value = bytes(String(round))
          const batch = new RawWriteBatch().put(bytes('a'), value).put(bytes('b'), value, 'alpha')
          await engine.write(batch)
        }
        writing = false
      })()
      while (writing) {
        const snapshot = engine.snapshot()
        seen.add(`${(await getText(snapshot, 'a')) === (await getText(snapshot, 'b', 'alpha'))}`)
        await snapshot.close()
      }
      await writer
      expect([...seen]).toEqual(['true'])
    })

    test('writes an empty batch, and one batch twice', async (engine) => {
      await engine.write(new RawWriteBatch())
      const batch = new RawWriteBatch().put(bytes('a'), bytes('1'))
      await engine.write(batch)
      await engine.write(new RawWriteBatch().delete(bytes('a')))
      await engine.write(batch)
      expect(await pairsOf(engine)).toEqual(['a=1'])
    })

    test('takes many writes at once', async (engine) => {
      const writes = Array.from({ length: 200 }, (_, number) => putAll(engine, { [`key ${number}`]: String(number) }))
      await Promise.all(writes)
      expect(await keysOf(engine)).toHaveLength(200)
    })

    test('takes synchronous writes or refuses them, as the manifest says', async (engine) => {
      const write = engine.write(new RawWriteBatch().put(bytes('a'), bytes('1')), { sync: true })
      if (engine.supports.syncWrites) await write
      else await expect(write).rejects.toMatchObject({ code: 'ENGINE_NOT_SUPPORTED' })
      expect(await keysOf(engine)).toEqual(engine.supports.syncWrites ? ['a'] : [])
    })
  })

  describe('delete range', () => {
    const letters = { a: '1', b: '2', c: '3', d: '4' }

    test('includes the start and excludes the end', async (engine) => {
      await putAll(engine, letters)
      await engine.write(new RawWriteBatch().deleteRange({ start: bytes('b'), end: bytes('d') }))
      expect(await keysOf(engine)).toEqual(['a', 'd'])
    })

    test('takes open ends', async (engine) => {
      await putAll(engine, letters)
      await engine.write(new RawWriteBatch().deleteRange({ end: bytes('b') }))
      expect(await keysOf(engine)).toEqual(['b', 'c', 'd'])
      await engine.write(new RawWriteBatch().deleteRange({ start: bytes('c') }))
      expect(await keysOf(engine)).toEqual(['b'])
      await engine.write(new RawWriteBatch().deleteRange({}))
      expect(await keysOf(engine)).toEqual([])
    })

    test('deletes nothing in an empty range', async (engine) => {
      await putAll(engine, letters)
      await engine.write(new RawWriteBatch().deleteRange({ start: bytes('b'), end: bytes('b') }))
      expect(await keysOf(engine)).toHaveLength(4)
    })

    test('takes batches that run beside it whole or not at all', async (engine) => {
      const range = { start: bytes('b'), end: bytes('c') }
      for (let round = 0; round < 20; round++) {
        const seen = new RawWriteBatch()
        for (let number = 0; number < 500; number++) seen.put(bytes(`b${number}`), bytes('old'))
        await engine.write(seen)
        const deleting = engine.write(new RawWriteBatch().deleteRange(range))
        // From the same turn to some turns later: before, amid and after whatever the engine does for a delete range.
        for (let turn = 0; turn < round; turn++) await engine.get(bytes('b'))
        const beside = engine.write(
          new RawWriteBatch().put(bytes('b1'), bytes('new')).put(bytes('b new'), bytes('new')),
        )
        await Promise.all([deleting, beside])
        const left = await pairsOf(engine, { range })
        expect([[], ['b new=new', 'b1=new']]).toContainEqual(left)
      }
    })
  })
}
