import type RocksDB from 'rocksdb-native'
import type { Disk } from '../../../env'
import { makeDurableDirectory } from '../../../env/durable-directory'
import { familiesToOpen, isColumnFamilyName } from '../column-family'
import { ManagedRawEngine } from '../core/managed-raw-engine'
import { loadBinding } from '../load-binding'
import type { RawEngineOptions, RawEngineSupport } from '../raw-engine'
import { RocksDriver } from './rocks-driver'
import type { RocksSnapshot } from './rocks-driver'
import { familiesNotOpened, fromRocksOpen } from './rocks-errors'

/** How to open a RocksDB engine. */
export interface RawRocksEngineOptions extends RawEngineOptions {
  /** For making the directory and for the sizes of its files; RocksDB itself always uses the machine's own disk. */
  readonly disk: Disk
  /** Bytes of a family's memtable before it is flushed by itself. Default 64 MiB. */
  readonly writeBufferBytes?: number | undefined
  /** Counts events for inspection, which slows every call a little. Default false. */
  readonly statistics?: boolean | undefined
  /** Background threads for flushes and compactions. Default 2. */
  readonly backgroundJobs?: number | undefined
}

const support: RawEngineSupport = {
  persistent: true,
  survivesProcessDeath: true,
  syncWrites: false,
  nativeColumnFamilies: true,
  nativeDeleteRange: true,
  inspection: true,
}

/** The default raw engine: RocksDB through rocksdb-native, which has no fsync for a write: `flush` is the hard point. */
export class RawRocksEngine extends ManagedRawEngine<RocksSnapshot> {
  private constructor(driver: RocksDriver) {
    super('RocksDB', support, driver)
  }

  /** @throws SandboxError ENGINE_NOT_AVAILABLE, ENGINE_LOCKED, ENGINE_OPEN_FAILED, INVALID_ARGUMENT, DISK_IO */
  static async open(options: RawRocksEngineOptions): Promise<RawRocksEngine> {
    const { directory, disk } = options
    let families = familiesToOpen(options.columnFamilies ?? [])
    const binding = (await loadBinding('rocksdb-native', () => import('rocksdb-native'))).default
    await makeDurableDirectory(disk, directory)
    try {
      return await this.#openWith(binding, families, options)
    } catch (thrown) {
      // RocksDB insists on every family that the directory holds and names those it misses.
      const missing = familiesNotOpened(thrown)
      if (missing.length === 0 || !missing.every(isColumnFamilyName)) throw fromRocksOpen(thrown, directory)
      families = [...families, ...missing]
    }
    try {
      return await this.#openWith(binding, families, options)
    } catch (thrown) {
      throw fromRocksOpen(thrown, directory)
    }
  }

  static async #openWith(
    binding: typeof RocksDB,
    families: readonly string[],
    options: RawRocksEngineOptions,
  ): Promise<RawRocksEngine> {
    const root = new binding(options.directory, {
      columnFamilies: families.filter((name) => name !== 'default'),
      maxBackgroundJobs: options.backgroundJobs ?? 2,
      enableStatistics: options.statistics ?? false,
      ...(options.writeBufferBytes !== undefined && { writeBufferSize: options.writeBufferBytes }),
    })
    await root.ready()
    return new RawRocksEngine(new RocksDriver(root, families, options.directory, options.disk))
  }
}
