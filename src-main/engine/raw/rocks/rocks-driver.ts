import type RocksDB from 'rocksdb-native'
import type { Disk } from '../../../env'
import { SandboxError } from '../../../base/sandbox-error'
import { plainBytes } from '../core/plain-bytes'
import type { CursorRequest, DriverProperties, RawCursor, RawDriver } from '../core/raw-driver'
import { directoryBytes } from '../directory-size'
import { rawEngineLimits } from '../limits'
import type { RocksInspection } from '../raw-engine-properties'
import type { RawWriteOperation } from '../raw-write-batch'
import { RocksCursor } from './rocks-cursor'
import { fromRocks } from './rocks-errors'
import { inspectRocks } from './rocks-inspection'
import { familyProperties, nativeProperties } from './rocks-properties'
import { RowCache } from './row-cache'

/** Some six thousand rows of usual length. */
const ROW_CACHE_BYTES = 4 * 1024 * 1024

/** Sorts before or with every key: RocksDB's ranges have no open ends. */
const beforeAllKeys = new Uint8Array([0])
/** Sorts behind every key that fits the limit. */
const behindAllKeys = new Uint8Array(rawEngineLimits.maxKeyBytes + 1).fill(0xff)

/** A snapshot of RocksDB, with the sessions that read from it, made as families are read. */
export interface RocksSnapshot {
  readonly root: RocksDB
  readonly sessions: Map<string, RocksDB>
}

/** RocksDB as a driver. Reads and writes run in libuv's thread pool; taking a snapshot and properties in the caller's. */
export class RocksDriver implements RawDriver<RocksSnapshot> {
  readonly columnFamilies: readonly string[]
  readonly directory: string
  readonly #disk: Disk
  readonly #root: RocksDB
  readonly #sessions: ReadonlyMap<string, RocksDB>
  /** Its family changes with each operation that is put into a batch; nothing else uses this session. */
  readonly #writer: RocksDB
  readonly #rows: RowCache

  /** Takes over an open database. */
  constructor(
    root: RocksDB,
    columnFamilies: readonly string[],
    directory: string,
    disk: Disk,
    rowCacheBytes = ROW_CACHE_BYTES,
  ) {
    this.#rows = new RowCache(rowCacheBytes)
    this.#root = root
    this.columnFamilies = columnFamilies
    this.directory = directory
    this.#disk = disk
    this.#sessions = new Map(columnFamilies.map((name) => [name, root.columnFamily(name)]))
    this.#writer = root.session()
  }

  async get(columnFamily: string, key: Uint8Array, at: RocksSnapshot | undefined): Promise<Uint8Array | undefined> {
    const row = at === undefined ? this.#rows.find(columnFamily, key) : undefined
    if (row !== undefined) return row
    const begun = at === undefined ? this.#rows.beginRead() : undefined
    try {
      const value = await this.#session(columnFamily, at).get(key)
      return value === null ? undefined : this.#found(begun, columnFamily, key, value)
    } catch (thrown) {
      throw fromRocks(thrown, 'read a key', this.directory)
    }
  }

  async getMany(
    columnFamily: string,
    keys: readonly Uint8Array[],
    at: RocksSnapshot | undefined,
  ): Promise<ReadonlyArray<Uint8Array | undefined>> {
    const rows = at === undefined ? this.#findAll(columnFamily, keys) : undefined
    if (rows !== undefined) return rows
    const begun = at === undefined ? this.#rows.beginRead() : undefined
    const batch = this.#session(columnFamily, at).read({ capacity: keys.length, autoDestroy: true })
    const values = keys.map((key) => batch.get(key))
    batch.tryFlush()
    try {
      return (await Promise.all(values)).map((value, position) =>
        value === null ? undefined : this.#found(begun, columnFamily, keys[position] as Uint8Array, value),
      )
    } catch (thrown) {
      await Promise.allSettled(values)
      throw fromRocks(thrown, 'read keys', this.directory)
    }
  }

  openCursor(request: CursorRequest<RocksSnapshot>): RawCursor {
    const from = request.snapshot?.root ?? this.#root
    const session = from.session({ columnFamily: request.columnFamily, snapshot: true })
    return new RocksCursor(session, request, this.directory)
  }

  createSnapshot(): RocksSnapshot {
    return { root: this.#root.session({ snapshot: true }), sessions: new Map() }
  }

  async releaseSnapshot(snapshot: RocksSnapshot): Promise<void> {
    for (const session of snapshot.sessions.values()) await session.close()
    await snapshot.root.close()
  }

  write(operations: readonly RawWriteOperation[]): Promise<void> {
    return this.#rows.during(operations, () => this.#write(operations))
  }

  async #write(operations: readonly RawWriteOperation[]): Promise<void> {
    const writer = this.#writer
    const batch = writer.write({ capacity: operations.length, autoDestroy: true })
    let family: string | undefined
    for (const operation of operations) {
      if (operation.columnFamily !== family) {
        family = operation.columnFamily
        writer._columnFamily = this.#session(family, undefined)._columnFamily
      }
      if (operation.kind === 'put') batch.tryPut(operation.key, operation.value)
      else if (operation.kind === 'delete') batch.tryDelete(operation.key)
      else batch.tryDeleteRange(operation.range.start ?? beforeAllKeys, operation.range.end ?? behindAllKeys)
    }
    try {
      await batch.flush()
    } catch (thrown) {
      throw fromRocks(thrown, 'write a batch', this.directory)
    }
  }

  /**
   * Flushes every family. With several families RocksDB syncs its closed logs before it installs a flushed file, so that a
   * batch over several families stays whole at a loss of power in between.
   */
  async flush(): Promise<void> {
    try {
      for (const session of this.#sessions.values()) await session.flush()
    } catch (thrown) {
      throw fromRocks(thrown, 'flush', this.directory)
    }
  }

  async compact(columnFamily: string, start: Uint8Array | undefined, end: Uint8Array | undefined): Promise<void> {
    const session = this.#session(columnFamily, undefined)
    try {
      if (start === undefined && end === undefined) await session.compact()
      else await session.compactRange(start ?? beforeAllKeys, end ?? behindAllKeys)
    } catch (thrown) {
      throw fromRocks(thrown, 'compact', this.directory)
    }
  }

  async approximateSize(
    columnFamily: string,
    start: Uint8Array | undefined,
    end: Uint8Array | undefined,
  ): Promise<number> {
    const session = this.#session(columnFamily, undefined)
    try {
      return await session.approximateSize(start ?? beforeAllKeys, end ?? behindAllKeys, { includeMemtables: true })
    } catch (thrown) {
      throw fromRocks(thrown, 'estimate a size', this.directory)
    }
  }

  async properties(): Promise<DriverProperties> {
    const columnFamilies = []
    const native: Record<string, string> = {}
    for (const [name, session] of this.#sessions) {
      columnFamilies.push(await familyProperties(name, session))
      for (const [property, value] of await nativeProperties(session)) native[`${name}: ${property}`] = value
    }
    return { columnFamilies, diskBytes: await directoryBytes(this.#disk, this.directory), native }
  }

  inspect(): Promise<RocksInspection> {
    return inspectRocks(this.#sessions, this.#disk, this.directory)
  }

  async close(): Promise<void> {
    try {
      await this.#root.close()
    } catch (thrown) {
      throw fromRocks(thrown, 'close', this.directory)
    }
  }

  /** All or none of them: rows that are kept are of this moment, and what is read is of a later one. */
  #findAll(columnFamily: string, keys: readonly Uint8Array[]): ReadonlyArray<Uint8Array | undefined> | undefined {
    const rows: Uint8Array[] = []
    for (const key of keys) {
      const row = this.#rows.find(columnFamily, key)
      if (row === undefined) return undefined
      rows.push(row)
    }
    return rows
  }

  #found(begun: number | undefined, columnFamily: string, key: Uint8Array, value: Uint8Array): Uint8Array {
    const bytes = plainBytes(value)
    if (begun !== undefined) this.#rows.endRead(begun, columnFamily, key, bytes)
    return bytes
  }

  #session(columnFamily: string, at: RocksSnapshot | undefined): RocksDB {
    const opened = (at?.sessions ?? this.#sessions).get(columnFamily)
    if (opened !== undefined) return opened
    if (at === undefined)
      throw new SandboxError('INTERNAL', `RocksDB has no session for the column family ${columnFamily}.`)
    const session = at.root.session({ columnFamily, snapshot: true })
    at.sessions.set(columnFamily, session)
    return session
  }
}
