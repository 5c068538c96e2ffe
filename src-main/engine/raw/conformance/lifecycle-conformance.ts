import { describe, expect } from 'vitest'
import { RawWriteBatch } from '../raw-write-batch'
import type { RawEngine } from '../raw-engine'
import { bytes, fill, keysOf, pairsOf, putAll } from './conformance-context'
import type { ConformanceContext } from './conformance-context'

const closed = { code: 'ENGINE_CLOSED' }

/** Closing, reopening, use after close, two at once. */
export function describeLifecycle({ test, open }: ConformanceContext): void {
  describe('closing and reopening', () => {
    test('finds everything again after a close', async (engine) => {
      if (!engine.supports.persistent) return
      await fill(engine, 1000, 100)
      await putAll(engine, { a: '1' }, 'alpha')
      await engine.write(new RawWriteBatch().deleteRange({ start: bytes('00000100') }))
      await engine.close()
      const again = await open()
      expect(await keysOf(again)).toHaveLength(100)
      expect(await pairsOf(again, { columnFamily: 'alpha' })).toEqual(['a=1'])
    })

    test('finds what was flushed after a close without flush', async (engine) => {
      if (!engine.supports.persistent) return
      await putAll(engine, { a: 'flushed' })
      await engine.flush()
      await putAll(engine, { b: 'not flushed' })
      await engine.close({ flush: false })
      const again = await open()
      expect(await keysOf(again)).toEqual(again.supports.survivesProcessDeath ? ['a', 'b'] : ['a'])
    })

    test('starts empty where it keeps nothing', async (engine) => {
      if (engine.supports.persistent) return
      await putAll(engine, { a: '1' })
      await engine.close()
      expect(await keysOf(await open())).toEqual([])
    })

    test('refuses a second engine on one directory, and takes it once the first is closed', async (engine) => {
      if (!engine.supports.persistent) return
      await putAll(engine, { a: '1' })
      await expect(open()).rejects.toMatchObject({ code: 'ENGINE_LOCKED' })
      expect(await pairsOf(engine)).toEqual(['a=1'])
      await engine.close()
      expect(await pairsOf(await open())).toEqual(['a=1'])
    })

    test('refuses every call after close', async (engine) => {
      const iterator = engine.iterate()
      const snapshot = engine.snapshot()
      const stream = engine.exportRange()[Symbol.asyncIterator]()
      await engine.close()
      const calls: Array<() => unknown> = [
        () => engine.get(bytes('a')),
        () => engine.getMany([bytes('a')]),
        () => engine.write(new RawWriteBatch()),
        () => engine.flush(),
        () => engine.compact(),
        () => engine.approximateSize({}),
        () => engine.properties(),
        () => engine.inspect(),
        () => engine.incompleteIngests(),
        () => engine.discardIncompleteIngest({ id: '1', range: {}, columnFamilies: [] }),
        () => engine.ingestRange(() => engine.exportRange()),
        () => engine.iterate(),
        () => engine.snapshot(),
        () => engine.exportRange(),
        () => stream.next(),
        () => iterator.next(),
        () => iterator.nextPage(),
        () => snapshot.get(bytes('a')),
        () => snapshot.getMany([bytes('a')]),
        () => snapshot.iterate(),
      ]
      for (const call of calls) await expect((async () => call())()).rejects.toMatchObject(closed)
      await iterator.close()
      await snapshot.close()
    })

    test('closes twice with one outcome', async (engine) => {
      await Promise.all([engine.close(), engine.close()])
      await engine.close()
    })

    test('closes with iterators and snapshots open, also in the middle of a read', async (engine) => {
      await fill(engine, 2000, 100)
      const iterators = [engine.iterate(), engine.iterate({ reverse: true }), engine.snapshot().iterate()]
      await iterators[0]?.next()
      const reads = iterators.map((iterator) => iterator.nextPage())
      const unused = engine.iterate()
      const outcomes = Promise.allSettled(reads)
      await engine.close()
      for (const outcome of await outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(closed)
        else expect(outcome.value.length).toBeGreaterThan(0)
      }
      await expect(unused.next()).rejects.toMatchObject(closed)
    })

    test('lets calls under way end before it closes', async (engine) => {
      const calls = callsOfEveryKind(engine)
      const closing = engine.close()
      const outcomes = await Promise.allSettled(calls)
      expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toEqual([])
      await closing
      if (!engine.supports.persistent) return
      expect(await keysOf(await open())).toHaveLength(100)
    })

    test('closes under a load without end', async (engine) => {
      await fill(engine, 500, 50)
      const ends = Array.from({ length: 8 }, async (_, worker) => {
        for (let round = 0; ; round++) {
          await Promise.all([...callsOfEveryKind(engine, worker), keysOf(engine), keysOf(engine, { reverse: true })])
        }
      })
      const outcomes = Promise.allSettled(ends)
      await engine.iterate().nextPage()
      await engine.close()
      for (const outcome of await outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: closed })
    })
  })
}

function callsOfEveryKind(engine: RawEngine, worker = 0): Array<Promise<unknown>> {
  const calls: Array<Promise<unknown>> = []
  for (let number = 0; number < 100; number++) {
    const key = bytes(`${worker} ${number}`)
    calls.push(
      engine.write(new RawWriteBatch().put(key, new Uint8Array(1000))),
      engine.get(key),
      engine.getMany([key, key]),
    )
  }
  calls.push(engine.flush(), engine.compact(), engine.approximateSize({}), engine.properties())
  return calls
}
