import { SandboxError } from '../../../base/sandbox-error'
import { defaultColumnFamily, systemColumnFamily, visibleFamilies } from '../column-family'
import type { IterateOptions, RawEntry, RawIterator, ReadOptions } from '../raw-engine'
import type { KeyRange } from '../key-range'
import { checkKey, checkLimit, checkRange, copyRange } from '../validation'
import type { HandleOwner } from './handle-registry'
import { ManagedIterator } from './managed-iterator'
import type { OperationCounter } from './operation-counter'
import type { RawCursor, RawDriver } from './raw-driver'

const noKeys: ReadonlyArray<Uint8Array | undefined> = []

/** The walk over nothing. */
const emptyCursor: RawCursor = { readPage: async () => [], close: async () => undefined }

/** An engine or a snapshot, as what reads count on. */
export interface Reader extends HandleOwner {
  /** The calls under way that it must wait for before it is released. */
  readonly operations: OperationCounter
}

/** The reads that an engine and its snapshots share: check, count, ask the driver. */
export class ReadPath<TSnapshot> {
  readonly #driver: RawDriver<TSnapshot>
  readonly #families: ReadonlySet<string>

  constructor(driver: RawDriver<TSnapshot>) {
    this.#driver = driver
    this.#families = new Set(driver.columnFamilies.filter((name) => name !== systemColumnFamily))
  }

  /** @throws SandboxError ENGINE_UNKNOWN_COLUMN_FAMILY */
  checkFamily(name: string): void {
    if (this.#families.has(name)) return
    const known = visibleFamilies(this.#families)
    const message = `There is no column family "${name}": the engine was opened with ${known.join(', ')}.`
    throw new SandboxError('ENGINE_UNKNOWN_COLUMN_FAMILY', message, { details: { columnFamily: name, known } })
  }

  /** @param reader who is read from: it must be usable, and is not released before the read has ended */
  async get(
    reader: Reader,
    key: Uint8Array,
    options: ReadOptions | undefined,
    at: TSnapshot | undefined,
  ): Promise<Uint8Array | undefined> {
    reader.assertUsable()
    const family = options?.columnFamily ?? defaultColumnFamily
    this.checkFamily(family)
    checkKey(key)
    reader.operations.enter()
    try {
      return await this.#driver.get(family, key, at)
    } finally {
      reader.operations.leave()
    }
  }

  /** @param reader as for {@link get} */
  async getMany(
    reader: Reader,
    keys: readonly Uint8Array[],
    options: ReadOptions | undefined,
    at: TSnapshot | undefined,
  ): Promise<ReadonlyArray<Uint8Array | undefined>> {
    reader.assertUsable()
    const family = options?.columnFamily ?? defaultColumnFamily
    this.checkFamily(family)
    for (const key of keys) checkKey(key)
    if (keys.length === 0) return noKeys
    return reader.operations.run(() => this.#driver.getMany(family, keys, at))
  }

  iterate(options: IterateOptions, at: TSnapshot | undefined, owner: HandleOwner): RawIterator {
    const { columnFamily = defaultColumnFamily, range = {}, reverse = false, keysOnly = false } = options
    const limit = options.limit ?? Infinity
    this.checkFamily(columnFamily)
    checkRange(range)
    checkLimit(limit)
    if (limit === 0) return new ManagedIterator(owner, emptyCursor)
    // Libraries read the bounds for as long as the walk lasts: they get bounds of their own.
    const { start, end } = copyRange(range)
    const request = { columnFamily, start, end, reverse, limit, keysOnly }
    return new ManagedIterator(owner, this.#driver.openCursor({ ...request, snapshot: at }))
  }

  /** All entries of a small range of any family, the system family included. */
  async readAll(columnFamily: string, range: KeyRange): Promise<RawEntry[]> {
    const { start, end } = range
    const whole = { columnFamily, start, end, reverse: false, limit: Infinity, keysOnly: false, snapshot: undefined }
    const cursor = this.#driver.openCursor(whole)
    const entries: RawEntry[] = []
    try {
      for (let page = await cursor.readPage(); page.length > 0; page = await cursor.readPage()) entries.push(...page)
    } finally {
      await cursor.close()
    }
    return entries
  }
}
