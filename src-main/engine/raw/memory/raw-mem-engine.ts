import type { Disk } from '../../../env'
import { familiesToOpen } from '../column-family'
import { ManagedRawEngine } from '../core/managed-raw-engine'
import type { RawEngineSupport } from '../raw-engine'
import { MemoryDriver } from './memory-driver'
import type { MemorySnapshot } from './memory-driver'
import { MemoryImage } from './memory-image'
import { SortedTree } from './sorted-tree'

/** How to open a memory engine. */
export interface RawMemEngineOptions {
  /** As for every raw engine: the families to have besides `default`. */
  readonly columnFamilies?: readonly string[] | undefined
  /** Where flushes and an orderly close leave an image, and opening finds it. Without it nothing outlives the engine. */
  readonly storage?: { readonly disk: Disk; readonly directory: string } | undefined
}

/**
 * Sorted trees in memory. Uses nothing but its Env disk, gives the same results for the same calls, and at a crash loses
 * what was written since the last flush, as RocksDB may at a loss of power: the engine of the Lab and of tests.
 */
export class RawMemEngine extends ManagedRawEngine<MemorySnapshot> {
  private constructor(driver: MemoryDriver, supports: RawEngineSupport) {
    super('memory', supports, driver)
  }

  /** @throws SandboxError ENGINE_LOCKED, ENGINE_OPEN_FAILED, INVALID_ARGUMENT, DISK_IO */
  static async open(options: RawMemEngineOptions = {}): Promise<RawMemEngine> {
    const { storage } = options
    const families = familiesToOpen(options.columnFamilies ?? [])
    const image = storage && (await MemoryImage.open(storage.disk, storage.directory))
    try {
      const trees = (await image?.load()) ?? new Map<string, SortedTree>()
      for (const name of families) if (!trees.has(name)) trees.set(name, new SortedTree())
      return new RawMemEngine(new MemoryDriver(trees, image), {
        persistent: image !== undefined,
        survivesProcessDeath: false,
        syncWrites: false,
        nativeColumnFamilies: true,
        nativeDeleteRange: true,
        inspection: false,
      })
    } catch (thrown) {
      await image?.release()
      throw thrown
    }
  }
}
