import { SandboxError } from '../../../base/sandbox-error'
import { defaultColumnFamily, visibleFamilies } from '../column-family'
import type { KeyRange } from '../key-range'
import type { RangeSelection, RangeSource, IncompleteIngest, IngestOptions, IngestResult } from '../range-transfer'
import type {
  CloseOptions,
  IterateOptions,
  RawEngine,
  RawEngineSupport,
  RawIterator,
  RawSnapshot,
  ReadOptions,
  WriteOptions,
} from '../raw-engine'
import type { RawEngineProperties, RocksInspection } from '../raw-engine-properties'
import type { RawWriteBatch } from '../raw-write-batch'
import { RangeIngester } from '../range-stream/range-ingester'
import { exportSelection } from '../range-stream/range-exporter'
import { checkRange, copyRange } from '../validation'
import { HandleRegistry } from './handle-registry'
import { ManagedSnapshot } from './managed-snapshot'
import { OperationCounter } from './operation-counter'
import type { RawDriver } from './raw-driver'
import { ReadPath } from './read-path'
import type { Reader } from './read-path'

/**
 * A raw engine out of a driver. Everything that is the same for all engines is here, once: checking input, refusing use
 * after close, waiting for calls under way before native handles go, export and ingest.
 */
export class ManagedRawEngine<TSnapshot> implements RawEngine, Reader {
  readonly name: string
  readonly supports: RawEngineSupport
  readonly columnFamilies: readonly string[]
  readonly handles = new HandleRegistry()
  readonly operations = new OperationCounter()
  readonly #driver: RawDriver<TSnapshot>
  readonly #reads: ReadPath<TSnapshot>
  readonly #ingester: RangeIngester
  #closing: Promise<void> | undefined

  constructor(name: string, supports: RawEngineSupport, driver: RawDriver<TSnapshot>) {
    this.name = name
    this.supports = supports
    this.columnFamilies = visibleFamilies(driver.columnFamilies)
    this.#driver = driver
    this.#reads = new ReadPath(driver)
    this.#ingester = new RangeIngester({
      checkFamily: (family) => this.#reads.checkFamily(family),
      write: (operations) => this.#run(() => driver.write(operations, false)),
      readAll: (family, range) => this.#run(() => this.#reads.readAll(family, range)),
    })
  }

  get(key: Uint8Array, options?: ReadOptions): Promise<Uint8Array | undefined> {
    return this.#reads.get(this, key, options, undefined)
  }

  getMany(keys: readonly Uint8Array[], options?: ReadOptions): Promise<ReadonlyArray<Uint8Array | undefined>> {
    return this.#reads.getMany(this, keys, options, undefined)
  }

  iterate(options: IterateOptions = {}): RawIterator {
    this.assertUsable()
    return this.#reads.iterate(options, undefined, this)
  }

  snapshot(): RawSnapshot {
    return this.#takeSnapshot()
  }

  async write(batch: RawWriteBatch, options: WriteOptions = {}): Promise<void> {
    this.assertUsable()
    const sync = options.sync ?? false
    if (sync && !this.supports.syncWrites)
      throw this.#notSupported('synchronous writes', 'flush after the write instead')
    let checked: string | undefined
    for (const { columnFamily } of batch.operations) {
      if (columnFamily === checked) continue
      this.#reads.checkFamily(columnFamily)
      checked = columnFamily
    }
    if (batch.length === 0) return
    this.operations.enter()
    try {
      await this.#driver.write(batch.operations, sync)
    } finally {
      this.operations.leave()
    }
  }

  async flush(): Promise<void> {
    await this.#run(() => this.#driver.flush())
  }

  async compact(options: { readonly range?: KeyRange | undefined } & ReadOptions = {}): Promise<void> {
    const { range = {}, columnFamily = defaultColumnFamily } = options
    const { start, end } = this.#checkedRange(range, columnFamily)
    await this.#run(() => this.#driver.compact(columnFamily, start, end))
  }

  async approximateSize(range: KeyRange, options: ReadOptions = {}): Promise<number> {
    const { columnFamily = defaultColumnFamily } = options
    const { start, end } = this.#checkedRange(range, columnFamily)
    return this.#run(() => this.#driver.approximateSize(columnFamily, start, end))
  }

  exportRange(
    selection: RangeSelection & { readonly snapshot?: RawSnapshot | undefined } = {},
  ): AsyncIterable<Uint8Array> {
    this.assertUsable()
    const range = copyRange(selection.range ?? {})
    checkRange(range)
    const columnFamilies = [...new Set(selection.columnFamilies ?? this.columnFamilies)]
    for (const family of columnFamilies) this.#reads.checkFamily(family)
    const given = selection.snapshot
    if (given !== undefined && !(given instanceof ManagedSnapshot && given.isOf(this))) {
      throw new SandboxError('INVALID_ARGUMENT', 'The snapshot is of another engine: take one of the engine to export.')
    }
    return exportSelection({ range, columnFamilies }, given ?? (() => this.#takeSnapshot()))
  }

  async ingestRange(source: RangeSource, options: IngestOptions = {}): Promise<IngestResult> {
    this.assertUsable()
    if (options.within !== undefined) checkRange(options.within)
    return this.#ingester.ingest(source, options)
  }

  async incompleteIngests(): Promise<readonly IncompleteIngest[]> {
    this.assertUsable()
    return this.#ingester.incomplete()
  }

  async discardIncompleteIngest(ingest: IncompleteIngest): Promise<void> {
    this.assertUsable()
    await this.#ingester.discard(ingest)
  }

  async properties(): Promise<RawEngineProperties> {
    const operationsUnderWay = this.operations.underWay
    const { columnFamilies, diskBytes, native } = await this.#run(() => this.#driver.properties())
    const snapshots = [...this.handles].filter((handle) => handle instanceof ManagedSnapshot)
    const iteratorsOfSnapshots = snapshots.reduce((sum, snapshot) => sum + snapshot.handles.size, 0)
    const directory = this.#driver.directory
    return {
      engine: this.name,
      ...(directory !== undefined && { directory }),
      columnFamilies: columnFamilies.filter(({ name }) => this.columnFamilies.includes(name)),
      ...(diskBytes !== undefined && { diskBytes }),
      openSnapshots: snapshots.length,
      openIterators: this.handles.size - snapshots.length + iteratorsOfSnapshots,
      operationsUnderWay,
      native,
    }
  }

  async inspect(): Promise<RocksInspection> {
    return this.#run(async () => {
      const inspection = await this.#driver.inspect?.()
      if (inspection === undefined) throw this.#notSupported('inspection', 'ask for its properties instead')
      return inspection
    })
  }

  close(options: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(options.flush ?? true)
    return this.#closing
  }

  /** @throws SandboxError ENGINE_CLOSED */
  assertUsable(): void {
    if (this.#closing === undefined) return
    const directory = this.#driver.directory
    const where = directory === undefined ? '' : ` in ${directory}`
    const message = `The ${this.name} engine${where} is closed: open it again.`
    throw new SandboxError('ENGINE_CLOSED', message, directory === undefined ? {} : { details: { directory } })
  }

  async #run<T>(call: () => Promise<T>): Promise<T> {
    this.assertUsable()
    return this.operations.run(call)
  }

  #takeSnapshot(): ManagedSnapshot<TSnapshot> {
    this.assertUsable()
    const native = this.#driver.createSnapshot()
    return new ManagedSnapshot(this, this.#reads, native, (released) => this.#driver.releaseSnapshot(released))
  }

  #checkedRange(range: KeyRange, columnFamily: string): KeyRange {
    this.assertUsable()
    this.#reads.checkFamily(columnFamily)
    checkRange(range)
    return copyRange(range)
  }

  #notSupported(what: string, instead: string): SandboxError {
    return new SandboxError('ENGINE_NOT_SUPPORTED', `The ${this.name} engine has no ${what}: ${instead}.`)
  }

  /** Every step is tried whatever the steps before it did, so that the directory is let go; the first failure is thrown. */
  async #close(flush: boolean): Promise<void> {
    const failures: unknown[] = []
    const attempt = async (step: () => Promise<void>): Promise<void> => {
      try {
        await step()
      } catch (thrown) {
        failures.push(thrown)
      }
    }
    await attempt(() => this.handles.closeAll())
    await this.operations.idle()
    if (flush) await attempt(() => this.#driver.flush())
    await attempt(() => this.#driver.close())
    if (failures.length > 0) throw SandboxError.from(failures[0], 'ENGINE_IO')
  }
}
