import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { IterateOptions, KeyRange, RawEngine, RawReader, RawSnapshot } from '../../../src-main/engine/raw'
import { RawWriteBatch } from '../../../src-main/engine/raw'
import type { RawEngineFixture } from '../../../src-main/engine/raw/conformance/raw-engine-conformance'
import { compareBytes } from '../../../src-main/engine/raw/key-range'
import { RawMemEngine } from '../../../src-main/engine/raw/memory/raw-mem-engine'
import { requireCapabilityOfAll } from '../../support/capabilities'
import { levelFixture, rocksFixture } from './support/fixtures'

// RawMemEngine is the model: whatever is done to both, both must show the same.

const families = ['default', 'alpha', 'beta']
/** Few different keys, so that operations meet; bytes at both ends of the order, prefixes of each other. */
const key = fc
  .array(fc.constantFrom(0, 1, 0x7f, 0x80, 0xfe, 0xff), { minLength: 1, maxLength: 4 })
  .map((bytes) => Uint8Array.from(bytes))
const value = fc.uint8Array({ maxLength: 40 })
const family = fc.constantFrom(...families)
const range: fc.Arbitrary<KeyRange> = fc
  .tuple(fc.option(key, { nil: undefined }), fc.option(key, { nil: undefined }))
  .map(([start, end]) =>
    start !== undefined && end !== undefined && compareBytes(start, end) > 0
      ? { start: end, end: start }
      : { start, end },
  )

const change = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('put' as const), key, value, family }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), key, family }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete-range' as const), range, family }) },
)

const walk: fc.Arbitrary<IterateOptions> = fc.record({
  range,
  columnFamily: family,
  reverse: fc.boolean(),
  limit: fc.option(fc.nat(20), { nil: undefined }),
  keysOnly: fc.boolean(),
})

const action = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constant('write' as const), changes: fc.array(change, { maxLength: 12 }) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('walk' as const), walk, at: fc.nat(3) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('get' as const), keys: fc.array(key), family, at: fc.nat(3) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('snapshot' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('flush' as const), compact: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const), flush: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('carry' as const), range, family }) },
)
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never

/** An engine and the model beside it, doing the same. */
class Pair {
  engine: RawEngine
  readonly model: RawEngine
  readonly #fixture: RawEngineFixture
  #snapshots: Array<[engine: RawSnapshot, model: RawSnapshot]> = []

  constructor(engine: RawEngine, model: RawEngine, fixture: RawEngineFixture) {
    this.engine = engine
    this.model = model
    this.#fixture = fixture
  }

  async run(step: Action): Promise<void> {
    switch (step.kind) {
      case 'write': {
        const batch = new RawWriteBatch()
        for (const each of step.changes) {
          if (each.kind === 'put') batch.put(each.key, each.value, each.family)
          else if (each.kind === 'delete') batch.delete(each.key, each.family)
          else batch.deleteRange(each.range, each.family)
        }
        await this.engine.write(batch)
        await this.model.write(batch)
        return
      }
      case 'walk': {
        const [engine, model] = this.#at(step.at)
        expect(await collect(engine, step.walk)).toEqual(await collect(model, step.walk))
        return
      }
      case 'get': {
        const [engine, model] = this.#at(step.at)
        const options = { columnFamily: step.family }
        expect(await engine.getMany(step.keys, options)).toEqual(await model.getMany(step.keys, options))
        for (const each of step.keys) expect(await engine.get(each, options)).toEqual(await model.get(each, options))
        return
      }
      case 'snapshot':
        this.#snapshots.push([this.engine.snapshot(), this.model.snapshot()])
        return
      case 'forget': {
        const [engine, model] = this.#snapshots.shift() ?? []
        await Promise.all([engine?.close(), model?.close()])
        return
      }
      case 'flush':
        await this.engine.flush()
        if (step.compact) await this.engine.compact()
        return
      case 'reopen':
        // The model stays: what was written must survive even where nothing was flushed.
        for (const [, model] of this.#snapshots) await model.close()
        this.#snapshots = []
        await this.engine.close({ flush: step.flush })
        this.engine = await this.#fixture.open({ columnFamilies: families.slice(1) })
        return
      case 'carry': {
        // Each takes in what the other exported, which must be the same in both.
        const selection = { range: step.range, columnFamilies: [step.family] }
        const [fromEngine, fromModel] = [this.engine.snapshot(), this.model.snapshot()]
        const results = [
          await this.engine.ingestRange(() => this.model.exportRange({ ...selection, snapshot: fromModel })),
          await this.model.ingestRange(() => this.engine.exportRange({ ...selection, snapshot: fromEngine })),
        ]
        expect(results[0]).toEqual(results[1])
        await Promise.all([fromEngine.close(), fromModel.close()])
      }
    }
  }

  /** The engines as they are now, or one of the snapshots. */
  #at(index: number): [RawReader, RawReader] {
    return this.#snapshots[index] ?? [this.engine, this.model]
  }
}

async function collect(reader: RawReader, options: IterateOptions): Promise<string[]> {
  const entries: string[] = []
  for await (const entry of reader.iterate(options)) {
    entries.push(`${Buffer.from(entry.key).toString('hex')}=${Buffer.from(entry.value).toString('hex')}`)
  }
  return entries
}

describe.each([
  ['RawRocksEngine', rocksFixture],
  ['RawLevelEngine', levelFixture],
])('%s against RawMemEngine', (_, createFixture) => {
  if (createFixture === rocksFixture) requireCapabilityOfAll('rocksdb')
  const cleanup: Array<() => Promise<void>> = []
  afterEach(async () => {
    for (const step of cleanup.splice(0).reverse()) await step()
  })

  it('shows the same after any operations', async () => {
    const everything = async (pair: Pair): Promise<void> => {
      for (const columnFamily of families) {
        expect(await collect(pair.engine, { columnFamily })).toEqual(await collect(pair.model, { columnFamily }))
      }
    }
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 60 }), async (steps) => {
        const fixture = await createFixture()
        const engine = await fixture.open({ columnFamilies: families.slice(1) })
        const pair = new Pair(engine, await RawMemEngine.open({ columnFamilies: families.slice(1) }), fixture)
        try {
          for (const step of steps) await pair.run(step)
          await everything(pair)
        } finally {
          await pair.engine.close()
          await pair.model.close()
          await fixture.dispose()
        }
      }),
      { numRuns: 60 },
    )
  })
})
