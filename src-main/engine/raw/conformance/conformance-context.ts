import { afterEach, beforeEach, it } from 'vitest'
import type { IterateOptions, RawEngine, RawReader } from '../raw-engine'
import { RawWriteBatch } from '../raw-write-batch'

/** One directory, or whatever an implementation keeps its data in, for one test. */
export interface RawEngineFixture {
  /** Opens an engine on the fixture's data. Called again after a close, and while another is open to see it refused. */
  open(options?: { readonly columnFamilies?: readonly string[] }): Promise<RawEngine>
  /** Removes the data. All engines are closed by then. */
  dispose(): Promise<void>
}

/** The families that the suite's engines are opened with, besides `default`. */
export const conformanceFamilies = ['alpha', 'beta'] as const

/** What a test of the suite works with. */
export interface ConformanceContext {
  /** Opens one more engine on the test's data; closed after the test if the test did not. */
  open(columnFamilies?: readonly string[]): Promise<RawEngine>
  /**
   * A test with an open engine. One about something that the engine's manifest does not promise returns at once: there is
   * nothing to keep, which is not the same as a machine that cannot run the test.
   */
  test(title: string, body: (engine: RawEngine) => Promise<void>): void
}

/** Wires a fixture into the test runner's hooks. Called inside a `describe`. */
export function conformanceContext(createFixture: () => Promise<RawEngineFixture>): ConformanceContext {
  let fixture: RawEngineFixture | undefined
  let opened: RawEngine[] = []

  beforeEach(async () => {
    fixture = await createFixture()
    opened = []
  })
  afterEach(async () => {
    for (const engine of opened) await engine.close({ flush: false })
    await fixture?.dispose()
  })

  const open = async (columnFamilies: readonly string[] = conformanceFamilies): Promise<RawEngine> => {
    if (fixture === undefined) throw new Error('The fixture is made before each test: open inside a test only.')
    const engine = await fixture.open({ columnFamilies })
    opened.push(engine)
    return engine
  }
  return {
    open,
    test: (title, body) => {
      it(title, async () => {
        await body(await open())
      })
    },
  }
}

/** Text as bytes. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Bytes as text. */
export function text(value: Uint8Array | undefined): string | undefined {
  return value === undefined ? undefined : new TextDecoder().decode(value)
}

/** Writes text pairs into one family in one batch. */
export async function putAll(
  engine: RawEngine,
  pairs: Readonly<Record<string, string>>,
  columnFamily?: string,
): Promise<void> {
  const batch = new RawWriteBatch()
  for (const [key, value] of Object.entries(pairs)) batch.put(bytes(key), bytes(value), columnFamily)
  await engine.write(batch)
}

/** The value of a text key as text. */
export async function getText(reader: RawReader, key: string, columnFamily?: string): Promise<string | undefined> {
  return text(await reader.get(bytes(key), { columnFamily }))
}

/** The keys of a walk as text. */
export async function keysOf(reader: RawReader, options: IterateOptions = {}): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of reader.iterate(options)) keys.push(text(key) as string)
  return keys
}

/** The entries of a walk as `key=value`. */
export async function pairsOf(reader: RawReader, options: IterateOptions = {}): Promise<string[]> {
  const pairs: string[] = []
  for await (const { key, value } of reader.iterate(options)) pairs.push(`${text(key)}=${text(value)}`)
  return pairs
}

/** A key of eight digits, so that order of keys is order of numbers. */
export function numberKey(number: number): Uint8Array {
  return bytes(String(number).padStart(8, '0'))
}

/** Puts `count` entries with {@link numberKey}s and values of `valueBytes` bytes, in batches. */
export async function fill(engine: RawEngine, count: number, valueBytes: number, columnFamily?: string): Promise<void> {
  for (let from = 0; from < count; from += 500) {
    const batch = new RawWriteBatch()
    for (let number = from; number < Math.min(count, from + 500); number++) {
      batch.put(numberKey(number), new Uint8Array(valueBytes).fill(number), columnFamily)
    }
    await engine.write(batch)
  }
}
