import type { Iterator as LevelIterator, Snapshot } from 'classic-level'
import type { Disk } from '../../../env'
import { SandboxError } from '../../../base/sandbox-error'
import { plainBytes } from '../core/plain-bytes'
import type { CursorRequest, DriverProperties, RawCursor, RawDriver } from '../core/raw-driver'
import { directoryBytes } from '../directory-size'
import { rangeContains } from '../key-range'
import type { RawEntry } from '../raw-engine'
import type { ColumnFamilyProperties } from '../raw-engine-properties'
import type { DeleteRangeOperation, RawWriteOperation } from '../raw-write-batch'
import type { ByteLevel } from './level-catalog'
import { writeVersion } from './level-catalog'
import { fromLevel } from './level-errors'
import { SharedExclusiveLock } from './shared-exclusive-lock'

const pageEntries = 512
const pageBytes = 256 * 1024
const noBytes = new Uint8Array(0)
/** Keys of so many bytes and more are copied for a write: making the array is no longer what costs. */
const longestPassing = 256
/** Behind all families: a range without a single file. */
const behindAllData = new Uint8Array([255])

/** LevelDB as a driver, families as prefixes of keys (level-catalog.ts). */
export class LevelDriver implements RawDriver<Snapshot> {
  readonly columnFamilies: readonly string[]
  readonly directory: string
  readonly #database: ByteLevel
  readonly #disk: Disk
  readonly #numbers: ReadonlyMap<string, number>
  /** By length of the key; see {@link #passing}. */
  readonly #passingKeys: Array<Uint8Array | undefined> = []
  /** A delete range reads what it deletes: no other write may come between. */
  readonly #writes = new SharedExclusiveLock()

  /** Takes over an open database. */
  constructor(database: ByteLevel, numbers: ReadonlyMap<string, number>, disk: Disk) {
    this.#database = database
    this.#numbers = numbers
    this.#disk = disk
    this.columnFamilies = [...numbers.keys()]
    this.directory = database.location
  }

  async get(columnFamily: string, key: Uint8Array, at: Snapshot | undefined): Promise<Uint8Array | undefined> {
    try {
      const stored = this.#stored(columnFamily, key)
      const value = await (at === undefined ? this.#database.get(stored) : this.#database.get(stored, { snapshot: at }))
      return value && plainBytes(value)
    } catch (thrown) {
      throw fromLevel(thrown, 'read a key', this.directory)
    }
  }

  async getMany(
    columnFamily: string,
    keys: readonly Uint8Array[],
    at: Snapshot | undefined,
  ): Promise<ReadonlyArray<Uint8Array | undefined>> {
    const stored = keys.map((key) => this.#stored(columnFamily, key))
    try {
      const values = await this.#database.getMany(stored, { snapshot: at })
      return values.map((value) => value && plainBytes(value))
    } catch (thrown) {
      throw fromLevel(thrown, 'read keys', this.directory)
    }
  }

  openCursor(request: CursorRequest<Snapshot>): RawCursor {
    const { columnFamily, start, end, reverse, limit, keysOnly, snapshot } = request
    const iterator = this.#database.iterator({
      ...this.#storedRange(columnFamily, start, end),
      reverse,
      limit,
      values: !keysOnly,
      snapshot,
      highWaterMarkBytes: pageBytes,
    })
    return new LevelCursor(iterator, this.directory)
  }

  createSnapshot(): Snapshot {
    return this.#database.snapshot()
  }

  async releaseSnapshot(snapshot: Snapshot): Promise<void> {
    await snapshot.close()
  }

  async write(operations: readonly RawWriteOperation[], sync: boolean): Promise<void> {
    try {
      if (operations.some(isDeleteRange)) {
        await this.#writes.exclusive(async () => this.#apply(await this.#resolveRanges(operations), sync))
        return
      }
      if (!this.#writes.tryShare()) await this.#writes.share()
      try {
        await this.#apply(operations, sync)
      } finally {
        this.#writes.releaseShare()
      }
    } catch (thrown) {
      throw fromLevel(thrown, 'write a batch', this.directory)
    }
  }

  /**
   * LevelDB has no flush, and a synchronous write syncs only the newest log. Compacting a range, even an empty one, first
   * writes the memtable into a table file and syncs that; the log holds nothing of value then. It does not say when that
   * failed, but a write behind it does: LevelDB refuses all writes when a table file could not be made. Where it could begin no new
   * log, the memtable stayed in the newest one, which the write makes durable.
   */
  async flush(): Promise<void> {
    try {
      await this.#database.compactRange(behindAllData, behindAllData)
      await writeVersion(this.#database)
    } catch (thrown) {
      throw fromLevel(thrown, 'flush', this.directory)
    }
  }

  async compact(columnFamily: string, start: Uint8Array | undefined, end: Uint8Array | undefined): Promise<void> {
    const { gte, lt } = this.#storedRange(columnFamily, start, end)
    try {
      await this.#database.compactRange(gte, lt)
    } catch (thrown) {
      throw fromLevel(thrown, 'compact', this.directory)
    }
  }

  async approximateSize(
    columnFamily: string,
    start: Uint8Array | undefined,
    end: Uint8Array | undefined,
  ): Promise<number> {
    const { gte, lt } = this.#storedRange(columnFamily, start, end)
    try {
      return await this.#database.approximateSize(gte, lt)
    } catch (thrown) {
      throw fromLevel(thrown, 'estimate a size', this.directory)
    }
  }

  async properties(): Promise<DriverProperties> {
    const columnFamilies: ColumnFamilyProperties[] = []
    for (const name of this.columnFamilies) {
      columnFamilies.push({ name, storedBytes: await this.approximateSize(name, undefined, undefined) })
    }
    const names = ['leveldb.stats', 'leveldb.sstables', 'leveldb.approximate-memory-usage']
    const native = Object.fromEntries(names.map((name) => [name, this.#database.getProperty(name)]))
    return { columnFamilies, diskBytes: await directoryBytes(this.#disk, this.directory), native }
  }

  async close(): Promise<void> {
    try {
      await this.#database.close()
    } catch (thrown) {
      throw fromLevel(thrown, 'close', this.directory)
    }
  }

  /** A chained batch takes operations one by one; an array batch would copy each with all options first, at twice the cost. */
  #apply(operations: readonly RawWriteOperation[], sync: boolean): Promise<void> {
    const batch = this.#database.batch()
    for (const operation of operations) {
      if (operation.kind === 'put') batch.put(this.#passing(operation.columnFamily, operation.key), operation.value)
      else if (operation.kind === 'delete') batch.del(this.#passing(operation.columnFamily, operation.key))
    }
    return sync ? batch.write({ sync }) : batch.write()
  }

  /** The batch with a delete for each key instead of each delete range: those stored and those put earlier in the batch. */
  async #resolveRanges(operations: readonly RawWriteOperation[]): Promise<RawWriteOperation[]> {
    const resolved: RawWriteOperation[] = []
    for (const [index, operation] of operations.entries()) {
      if (!isDeleteRange(operation)) {
        resolved.push(operation)
        continue
      }
      const { columnFamily, range } = operation
      const stored = this.#storedRange(columnFamily, range.start, range.end)
      const iterator = this.#database.keys({ ...stored, highWaterMarkBytes: pageBytes })
      try {
        for (let keys = await iterator.nextv(pageEntries); keys.length > 0; keys = await iterator.nextv(pageEntries)) {
          for (const key of keys) resolved.push({ kind: 'delete', columnFamily, key: key.subarray(1) })
        }
      } finally {
        await iterator.close()
      }
      for (const earlier of operations.slice(0, index)) {
        if (earlier.kind !== 'put' || earlier.columnFamily !== columnFamily) continue
        if (rangeContains(range, earlier.key)) resolved.push({ kind: 'delete', columnFamily, key: earlier.key })
      }
    }
    return resolved
  }

  /** As {@link #stored}, in an array that the next key of this length reuses: a chained batch copies a key when it takes it. */
  #passing(columnFamily: string, key: Uint8Array): Uint8Array {
    if (key.length >= longestPassing) return this.#stored(columnFamily, key)
    const passing = (this.#passingKeys[key.length] ??= new Uint8Array(key.length + 1))
    passing[0] = this.#number(columnFamily)
    passing.set(key, 1)
    return passing
  }

  #stored(columnFamily: string, key: Uint8Array): Uint8Array {
    // Not zeroed, since every byte is set, and out of Node's pool where short.
    const stored = Buffer.allocUnsafe(key.length + 1)
    stored[0] = this.#number(columnFamily)
    stored.set(key, 1)
    return stored
  }

  #storedRange(
    columnFamily: string,
    start: Uint8Array | undefined,
    end: Uint8Array | undefined,
  ): { gte: Uint8Array; lt: Uint8Array } {
    const number = this.#number(columnFamily)
    return {
      gte: start === undefined ? new Uint8Array([number]) : this.#stored(columnFamily, start),
      lt: end === undefined ? new Uint8Array([number + 1]) : this.#stored(columnFamily, end),
    }
  }

  #number(columnFamily: string): number {
    const number = this.#numbers.get(columnFamily)
    if (number === undefined)
      throw new SandboxError('INTERNAL', `LevelDB has no number for the family ${columnFamily}.`)
    return number
  }
}

function isDeleteRange(operation: RawWriteOperation): operation is DeleteRangeOperation {
  return operation.kind === 'delete-range'
}

/** A walk that takes the family's prefix off again. LevelDB bounds a page by entries and by bytes. */
class LevelCursor implements RawCursor {
  readonly #iterator: LevelIterator<ByteLevel, Uint8Array, Uint8Array>
  readonly #directory: string

  constructor(iterator: LevelIterator<ByteLevel, Uint8Array, Uint8Array>, directory: string) {
    this.#iterator = iterator
    this.#directory = directory
  }

  async readPage(): Promise<readonly RawEntry[]> {
    try {
      const page = await this.#iterator.nextv(pageEntries)
      const entries: RawEntry[] = []
      // Without values LevelDB gives none, whatever its types say.
      for (const [key, value] of page as ReadonlyArray<[Uint8Array, Uint8Array | undefined]>) {
        // A view, because the prefix is no part of the key.
        const ownKey = new Uint8Array(key.buffer, key.byteOffset + 1, key.length - 1)
        entries.push({ key: ownKey, value: value === undefined ? noBytes : plainBytes(value) })
      }
      return entries
    } catch (thrown) {
      throw fromLevel(thrown, 'read a range', this.#directory)
    }
  }

  async close(): Promise<void> {
    await this.#iterator.close()
  }
}
