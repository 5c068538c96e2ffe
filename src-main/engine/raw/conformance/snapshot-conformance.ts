import { describe, expect } from 'vitest'
import type { RawReader } from '../raw-engine'
import { RawWriteBatch } from '../raw-write-batch'
import { bytes, fill, getText, keysOf, pairsOf, putAll, text } from './conformance-context'
import type { ConformanceContext } from './conformance-context'

/** Snapshots do not move. */
export function describeSnapshots({ test }: ConformanceContext): void {
  describe('snapshots', () => {
    test('are not moved by later writes, in any family', async (engine) => {
      await putAll(engine, { a: '1', b: '1' })
      await putAll(engine, { a: '1' }, 'alpha')
      const snapshot = engine.snapshot()
      const batch = new RawWriteBatch().put(bytes('a'), bytes('2')).delete(bytes('b')).put(bytes('c'), bytes('2'))
      await engine.write(batch.deleteRange({}, 'alpha').put(bytes('z'), bytes('2'), 'beta'))
      await engine.flush()
      await engine.compact()
      expect(await pairsOf(snapshot)).toEqual(['a=1', 'b=1'])
      expect(await pairsOf(snapshot, { reverse: true })).toEqual(['b=1', 'a=1'])
      expect(await pairsOf(snapshot, { columnFamily: 'alpha' })).toEqual(['a=1'])
      expect(await pairsOf(snapshot, { columnFamily: 'beta' })).toEqual([])
      expect(await getText(snapshot, 'a')).toBe('1')
      expect(await getText(snapshot, 'a', 'alpha')).toBe('1')
      expect(await snapshot.getMany([bytes('a'), bytes('c')])).toEqual([bytes('1'), undefined])
      expect(await pairsOf(engine)).toEqual(['a=2', 'c=2'])
      await snapshot.close()
    })

    test('and the engine read each key as of their own moment, whoever read it before', async (engine) => {
      await putAll(engine, { a: '1', b: '1' })
      const snapshot = engine.snapshot()
      await putAll(engine, { a: '2', b: '2' })
      const both = async (reader: RawReader) => [
        await getText(reader, 'a'),
        ...(await reader.getMany([bytes('b')])).map(text),
      ]
      for (let reading = 0; reading < 2; reading++) {
        expect(await both(snapshot)).toEqual(['1', '1'])
        expect(await both(engine)).toEqual(['2', '2'])
      }
      await putAll(engine, { a: '3', b: '3' })
      for (let reading = 0; reading < 2; reading++) {
        expect(await both(engine)).toEqual(['3', '3'])
        expect(await both(snapshot)).toEqual(['1', '1'])
      }
      await snapshot.close()
    })

    test('of different moments stand side by side', async (engine) => {
      const snapshots = []
      for (let moment = 0; moment < 20; moment++) {
        snapshots.push(engine.snapshot())
        await putAll(engine, { [`key ${String(moment).padStart(2, '0')}`]: 'x', same: String(moment) })
      }
      for (const [moment, snapshot] of snapshots.entries()) {
        expect(await getText(snapshot, 'same')).toBe(moment === 0 ? undefined : String(moment - 1))
        expect(await keysOf(snapshot)).toHaveLength(moment === 0 ? 0 : moment + 1)
        await snapshot.close()
      }
    })

    test('keep a long walk whole while everything under it changes', async (engine) => {
      await fill(engine, 3000, 20)
      const snapshot = engine.snapshot()
      const iterator = snapshot.iterate({ reverse: true })
      await iterator.next()
      await engine.write(new RawWriteBatch().deleteRange({}))
      await fill(engine, 100, 5)
      let count = 1
      for await (const { value } of iterator) count += value.length === 20 ? 1 : 0
      expect(count).toBe(3000)
      await snapshot.close()
    })

    test('are counted, and gone when closed', async (engine) => {
      const snapshot = engine.snapshot()
      const iterator = snapshot.iterate()
      expect(await engine.properties()).toMatchObject({ openSnapshots: 1, openIterators: 1 })
      await snapshot.close()
      await snapshot.close()
      expect(await engine.properties()).toMatchObject({ openSnapshots: 0, openIterators: 0 })
      await expect(iterator.next()).rejects.toMatchObject({ code: 'ENGINE_HANDLE_CLOSED' })
    })

    test('refuse use after close', async (engine) => {
      await fill(engine, 300, 10)
      const snapshot = engine.snapshot()
      const under = snapshot.get(bytes('00000001'))
      const closing = snapshot.close()
      expect(await under).toHaveLength(10)
      await closing
      const closed = { code: 'ENGINE_HANDLE_CLOSED' }
      await expect(snapshot.get(bytes('a'))).rejects.toMatchObject(closed)
      await expect(snapshot.getMany([bytes('a')])).rejects.toMatchObject(closed)
      expect(() => snapshot.iterate()).toThrow(expect.objectContaining(closed))
    })
  })
}
