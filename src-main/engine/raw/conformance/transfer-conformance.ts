import { describe, expect } from 'vitest'
import { atomicIngestBytes } from '../range-transfer'
import type { RawEngine } from '../raw-engine'
import { RawWriteBatch } from '../raw-write-batch'
import { bytes, fill, keysOf, numberKey, pairsOf, putAll } from './conformance-context'
import type { ConformanceContext } from './conformance-context'

/** Export and ingest of a range. */
export function describeTransfer({ test, open }: ConformanceContext): void {
  describe('export and ingest', () => {
    test('carries a range of all families, replacing what was there and nothing around it', async (engine) => {
      await putAll(engine, { a: '1', b: '1', c: '1', d: '1' })
      await putAll(engine, { b: 'alpha' }, 'alpha')
      const stream = await collect(engine.exportRange({ range: { start: bytes('b'), end: bytes('d') } }))
      await putAll(engine, { a: '2', b: '2', bb: '2', c: '2', d: '2' })
      await putAll(engine, { a: '2', b: '2' }, 'alpha')
      await putAll(engine, { b: '2', z: '2' }, 'beta')
      const result = await engine.ingestRange(() => inChunks(stream, 1000))
      expect(result).toMatchObject({ entries: 3, bytes: 10, atomic: true })
      expect(result.range).toEqual({ start: bytes('b'), end: bytes('d') })
      expect(await pairsOf(engine)).toEqual(['a=2', 'b=1', 'c=1', 'd=2'])
      expect(await pairsOf(engine, { columnFamily: 'alpha' })).toEqual(['a=2', 'b=alpha'])
      expect(await pairsOf(engine, { columnFamily: 'beta' })).toEqual(['z=2'])
    })

    test('carries the families that are named, and only those', async (engine) => {
      await putAll(engine, { a: '1' })
      await putAll(engine, { a: '1' }, 'alpha')
      const stream = await collect(engine.exportRange({ columnFamilies: ['alpha'] }))
      await engine.write(
        new RawWriteBatch().deleteRange({}).deleteRange({}, 'alpha').put(bytes('b'), bytes('2'), 'alpha'),
      )
      expect(await engine.ingestRange(() => inChunks(stream, 7))).toMatchObject({ columnFamilies: ['alpha'] })
      expect(await pairsOf(engine)).toEqual([])
      expect(await pairsOf(engine, { columnFamily: 'alpha' })).toEqual(['a=1'])
    })

    test('carries an empty range, which empties', async (engine) => {
      const stream = await collect(engine.exportRange())
      await putAll(engine, { a: '1' })
      expect(await engine.ingestRange(() => inChunks(stream, 1))).toMatchObject({ entries: 0 })
      expect(await keysOf(engine)).toEqual([])
    })

    test('exports one moment: that of the snapshot, or of the first chunk', async (engine) => {
      await fill(engine, 2000, 50)
      const snapshot = engine.snapshot()
      await engine.write(new RawWriteBatch().put(bytes('later'), bytes('1')))
      const chunks = engine.exportRange()[Symbol.asyncIterator]()
      const started = [await chunks.next()]
      await engine.write(new RawWriteBatch().deleteRange({}))
      for (let chunk = await chunks.next(); chunk.done !== true; chunk = await chunks.next()) started.push(chunk)
      const ofStream = await collect(replay(started.map(({ value }) => value as Uint8Array)))
      const ofSnapshot = await collect(engine.exportRange({ snapshot }))
      expect(await engine.ingestRange(() => inChunks(ofStream, 65_536))).toMatchObject({ entries: 2001 })
      expect(await engine.ingestRange(() => inChunks(ofSnapshot, 65_536))).toMatchObject({ entries: 2000 })
      expect(await keysOf(snapshot)).toHaveLength(2000)
      await snapshot.close()
    })

    test('lets go of everything when an export is given up', async (engine) => {
      await fill(engine, 2000, 100)
      for await (const chunk of engine.exportRange()) if (chunk.length > 1000) break
      expect(await engine.properties()).toMatchObject({ openSnapshots: 0, openIterators: 0 })
    })

    test('carries more than one batch holds, in chunks of bounded size', async (engine) => {
      const count = 3000
      await fill(engine, count, 2000)
      let largest = 0
      for await (const chunk of engine.exportRange()) largest = Math.max(largest, chunk.length)
      expect(largest).toBeLessThan(4 * 1024 * 1024)
      const stream = await collect(engine.exportRange())
      expect(stream.length).toBeGreaterThan(atomicIngestBytes)
      await engine.write(new RawWriteBatch().deleteRange({ start: numberKey(500) }).put(bytes('extra'), bytes('1')))
      const result = await engine.ingestRange(() => inChunks(stream, 100_000))
      expect(result).toMatchObject({ entries: count, atomic: false })
      expect(await keysOf(engine)).toHaveLength(count)
      expect(await engine.incompleteIngests()).toEqual([])
    })

    test('refuses a damaged or cut stream and changes nothing', async (engine) => {
      await putAll(engine, { a: '1', b: '2' })
      const stream = await collect(engine.exportRange())
      await putAll(engine, { a: 'kept', c: 'kept' })
      const damaged: Uint8Array[] = []
      for (let at = 0; at < stream.length; at++) {
        damaged.push(
          stream.slice(0, at),
          stream.map((byte, index) => (index === at ? byte ^ 0x10 : byte)),
        )
      }
      damaged.push(Buffer.concat([stream, stream]), Buffer.concat([stream, bytes('x')]))
      for (const bad of damaged) {
        await expect(engine.ingestRange(() => inChunks(bad, 50))).rejects.toMatchObject({ code: 'ENGINE_CORRUPTION' })
      }
      expect(await pairsOf(engine)).toEqual(['a=kept', 'b=2', 'c=kept'])
      expect(await engine.incompleteIngests()).toEqual([])
    })

    test('refuses a source that gives another stream when it is read again', async (engine) => {
      await putAll(engine, { a: '1' })
      const one = await collect(engine.exportRange())
      await putAll(engine, { a: '1', b: '2' })
      const other = await collect(engine.exportRange())
      await putAll(engine, { a: 'kept', b: 'kept' })
      let passes = 0
      const source = (): AsyncIterable<Uint8Array> => inChunks(passes++ === 0 ? one : other, 50)
      await expect(engine.ingestRange(source)).rejects.toMatchObject({ code: 'ENGINE_CORRUPTION' })
      expect(await pairsOf(engine)).toEqual(['a=kept', 'b=kept'])
    })

    test('refuses a stream of unknown families, or outside the range that may be replaced', async (engine) => {
      await putAll(engine, { a: '1', x: '1' })
      const stream = await collect(engine.exportRange({ range: { start: bytes('a'), end: bytes('m') } }))
      const within = (start: string, end: string): Promise<unknown> =>
        engine.ingestRange(() => inChunks(stream, 50), { within: { start: bytes(start), end: bytes(end) } })
      await expect(within('b', 'z')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
      await expect(within('a', 'c')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
      await within('a', 'm')
      expect(() => engine.exportRange({ columnFamilies: ['nope'] })).toThrow(
        expect.objectContaining({ code: 'ENGINE_UNKNOWN_COLUMN_FAMILY' }),
      )
      expect(() => engine.exportRange({ range: { start: bytes('b'), end: bytes('a') } })).toThrow(
        expect.objectContaining({ code: 'ENGINE_INVALID_RANGE' }),
      )
    })

    test('notes a large ingest that fails half-way, so that it can be redone', async (engine) => {
      const { stream, range } = await failHalfWay(engine)
      const [note, ...others] = await engine.incompleteIngests()
      expect(others).toEqual([])
      expect(note?.range).toEqual(range)
      expect(note?.columnFamilies).toEqual(engine.columnFamilies)
      await engine.ingestRange(() => inChunks(stream, 100_000))
      expect(await engine.incompleteIngests()).toEqual([])
      expect(await keysOf(engine, { range })).toHaveLength(3000)
      await expect(engine.discardIncompleteIngest(note as NonNullable<typeof note>)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      })
      expect(await keysOf(engine, { range })).toHaveLength(3000)
    })

    test('discards a failed ingest and what it left', async (engine) => {
      const { range } = await failHalfWay(engine)
      await putAll(engine, { zzz: 'outside' })
      const [note] = await engine.incompleteIngests()
      await engine.discardIncompleteIngest(note as NonNullable<typeof note>)
      expect(await engine.incompleteIngests()).toEqual([])
      expect(await keysOf(engine, { range })).toEqual([])
      expect(await keysOf(engine)).toEqual(['zzz'])
    })

    test('remembers a failed ingest over a restart', async (engine) => {
      if (!engine.supports.persistent) return
      const { range } = await failHalfWay(engine)
      await engine.close()
      const again = await open()
      expect((await again.incompleteIngests()).map((note) => note.range)).toEqual([range])
    })

    test('refuses an overlapping ingest while one runs', async (engine) => {
      await fill(engine, 3000, 2000)
      const stream = await collect(engine.exportRange())
      const source = (): AsyncIterable<Uint8Array> => inChunks(stream, 100_000)
      let passes = 0
      const outcomes: unknown[] = []
      await engine.ingestRange(() => {
        passes += 1
        if (passes === 1) return source()
        // In the second pass the range is being replaced.
        return tap(source(), async (chunkIndex) => {
          if (chunkIndex === 5) outcomes.push(await engine.ingestRange(source).catch((error: unknown) => error))
        })
      })
      expect(outcomes).toEqual([expect.objectContaining({ code: 'INVALID_ARGUMENT' })])
      expect(await keysOf(engine)).toHaveLength(3000)
    })
  })
}

/** Begins a large ingest into a range that held other data, with a source that fails in the second pass. */
async function failHalfWay(
  engine: RawEngine,
): Promise<{ stream: Uint8Array; range: { start: Uint8Array; end: Uint8Array } }> {
  const range = { start: numberKey(0), end: numberKey(5000) }
  await fill(engine, 3000, 2000)
  const stream = await collect(engine.exportRange({ range }))
  await engine.write(new RawWriteBatch().deleteRange({}).put(numberKey(4000), bytes('old')))
  let passes = 0
  const source = (): AsyncIterable<Uint8Array> => {
    passes += 1
    return passes === 1 ? inChunks(stream, 100_000) : inChunks(stream.subarray(0, stream.length / 2), 100_000)
  }
  await expect(engine.ingestRange(source)).rejects.toMatchObject({ code: 'ENGINE_CORRUPTION' })
  const left = (await keysOf(engine)).length
  expect(left).toBeGreaterThan(0)
  expect(left).toBeLessThan(3000)
  return { stream, range }
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}

async function* inChunks(stream: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array, void> {
  for (let from = 0; from < stream.length; from += chunkBytes) yield stream.slice(from, from + chunkBytes)
}

async function* replay(chunks: Uint8Array[]): AsyncGenerator<Uint8Array, void> {
  yield* chunks
}

async function* tap(
  stream: AsyncIterable<Uint8Array>,
  each: (chunkIndex: number) => Promise<void>,
): AsyncGenerator<Uint8Array, void> {
  let chunkIndex = 0
  for await (const chunk of stream) {
    await each(chunkIndex)
    chunkIndex += 1
    yield chunk
  }
}
