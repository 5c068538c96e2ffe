import { describe, expect } from 'vitest'
import { rawEngineLimits } from '../limits'
import type { RawEngine } from '../raw-engine'
import { RawWriteBatch } from '../raw-write-batch'
import { bytes, fill, getText, keysOf, numberKey, putAll } from './conformance-context'
import type { ConformanceContext } from './conformance-context'

/** Sizes, properties, and what bad input gives. */
export function describeFiguresAndErrors({ test }: ConformanceContext): void {
  describe('figures', () => {
    test('estimates the size of a range once it is flushed', async (engine) => {
      await fill(engine, 2000, 500)
      await engine.flush()
      const whole = await engine.approximateSize({})
      const half = await engine.approximateSize({ start: numberKey(1000) })
      const nothing = await engine.approximateSize({ start: bytes('x') })
      // Values repeat one byte, so an engine that compresses needs a fraction; a family beside it needs nothing.
      expect(whole).toBeGreaterThan(20_000)
      expect(whole).toBeLessThan(4_000_000)
      expect(half).toBeLessThan(whole * 0.75)
      expect(nothing).toBeLessThan(whole * 0.1)
      expect(await engine.approximateSize({}, { columnFamily: 'alpha' })).toBeLessThan(whole * 0.1)
    })

    test('tells properties of every family', async (engine) => {
      await putAll(engine, { a: '1' })
      const properties = await engine.properties()
      expect(properties.engine).toBe(engine.name)
      expect(properties.columnFamilies.map(({ name }) => name).sort()).toEqual([...engine.columnFamilies].sort())
      expect(properties).toMatchObject({ openIterators: 0, openSnapshots: 0, operationsUnderWay: 0 })
      expect(properties.directory === undefined).toBe(!engine.supports.persistent)
      if (engine.supports.persistent) {
        await engine.flush()
        expect((await engine.properties()).diskBytes).toBeGreaterThan(0)
      }
    })

    test('keeps its data through compaction', async (engine) => {
      await fill(engine, 1000, 100)
      await engine.flush()
      await engine.write(new RawWriteBatch().deleteRange({ start: numberKey(500) }))
      await engine.compact({ range: { start: numberKey(100), end: numberKey(900) } })
      await engine.compact()
      await engine.compact({ columnFamily: 'beta' })
      expect(await keysOf(engine)).toHaveLength(500)
    })

    test('inspects its inside, or says that it cannot', async (engine) => {
      const inspection = engine.inspect()
      if (!engine.supports.inspection) {
        await expect(inspection).rejects.toMatchObject({ code: 'ENGINE_NOT_SUPPORTED' })
        return
      }
      const names = (await inspection).columnFamilies.map(({ name }) => name)
      expect(names).toEqual(expect.arrayContaining([...engine.columnFamilies]))
    })
  })

  describe('bad input', () => {
    const empty = new Uint8Array(0)
    const tooLong = new Uint8Array(rawEngineLimits.maxKeyBytes + 1)
    const inverted = { start: bytes('b'), end: bytes('a') }
    const notBytes = 'text' as unknown as Uint8Array
    const cases: Array<[title: string, code: string, call: (engine: RawEngine) => unknown]> = [
      ['get of an empty key', 'ENGINE_INVALID_KEY', (engine) => engine.get(empty)],
      ['get of a key that is too long', 'ENGINE_INVALID_KEY', (engine) => engine.get(tooLong)],
      ['get of text', 'INVALID_ARGUMENT', (engine) => engine.get(notBytes)],
      ['one empty key among several', 'ENGINE_INVALID_KEY', (engine) => engine.getMany([bytes('a'), empty])],
      ['put of an empty key', 'ENGINE_INVALID_KEY', () => new RawWriteBatch().put(empty, bytes('x'))],
      ['put of a key that is too long', 'ENGINE_INVALID_KEY', () => new RawWriteBatch().put(tooLong, bytes('x'))],
      ['put of a text value', 'INVALID_ARGUMENT', () => new RawWriteBatch().put(bytes('a'), notBytes)],
      [
        'put of a value that is too long',
        'ENGINE_INVALID_VALUE',
        () => new RawWriteBatch().put(bytes('a'), new Uint8Array(rawEngineLimits.maxValueBytes + 1)),
      ],
      ['delete of an empty key', 'ENGINE_INVALID_KEY', () => new RawWriteBatch().delete(empty)],
      ['delete of an inverted range', 'ENGINE_INVALID_RANGE', () => new RawWriteBatch().deleteRange(inverted)],
      ['delete up to an empty bound', 'ENGINE_INVALID_KEY', () => new RawWriteBatch().deleteRange({ end: empty })],
      ['walk over an inverted range', 'ENGINE_INVALID_RANGE', (engine) => engine.iterate({ range: inverted })],
      ['walk from an empty bound', 'ENGINE_INVALID_KEY', (engine) => engine.iterate({ range: { start: empty } })],
      ['walk with a negative limit', 'INVALID_ARGUMENT', (engine) => engine.iterate({ limit: -1 })],
      ['walk with half a limit', 'INVALID_ARGUMENT', (engine) => engine.iterate({ limit: 1.5 })],
      ['size of an inverted range', 'ENGINE_INVALID_RANGE', (engine) => engine.approximateSize(inverted)],
      ['compaction of an inverted range', 'ENGINE_INVALID_RANGE', (engine) => engine.compact({ range: inverted })],
    ]
    const unknownFamily: Array<[title: string, call: (engine: RawEngine) => unknown]> = [
      ['get', (engine) => engine.get(bytes('a'), { columnFamily: 'nope' })],
      ['get of several', (engine) => engine.getMany([], { columnFamily: 'nope' })],
      ['walk', (engine) => engine.iterate({ columnFamily: 'nope' })],
      ['write', (engine) => engine.write(new RawWriteBatch().put(bytes('a'), bytes('x'), 'nope'))],
      ['delete range', (engine) => engine.write(new RawWriteBatch().deleteRange({}, 'nope'))],
      ['size', (engine) => engine.approximateSize({}, { columnFamily: 'nope' })],
      ['compaction', (engine) => engine.compact({ columnFamily: 'nope' })],
      ['the engine’s own family', (engine) => engine.get(bytes('a'), { columnFamily: '__engine' })],
    ]
    for (const [title, call] of unknownFamily) {
      cases.push([`an unknown column family: ${title}`, 'ENGINE_UNKNOWN_COLUMN_FAMILY', call])
    }

    test('gives its code and changes nothing', async (engine) => {
      await putAll(engine, { a: '1' })
      for (const [title, code, call] of cases) {
        const outcome = await (async () => call(engine))().then(
          () => 'no error',
          (error: { code?: string }) => error.code,
        )
        expect([title, outcome]).toEqual([title, code])
      }
      expect(await keysOf(engine)).toEqual(['a'])
      expect(await engine.properties()).toMatchObject({ openIterators: 0, operationsUnderWay: 0 })
    })

    test('leaves a batch as it was', async (engine) => {
      const batch = new RawWriteBatch().put(bytes('a'), bytes('1'))
      expect(() => batch.put(empty, bytes('x'))).toThrow()
      expect(() => batch.deleteRange(inverted)).toThrow()
      expect([batch.length, batch.byteLength, batch.deletesRanges]).toEqual([1, 2, false])
      await engine.write(batch)
      expect(await getText(engine, 'a')).toBe('1')
      batch.clear()
      expect([batch.length, batch.byteLength]).toEqual([0, 0])
    })
  })
}
