import type { Snapshot } from 'classic-level'
import type { Disk } from '../../../env'
import { makeDurableDirectory } from '../../../env/durable-directory'
import { familiesToOpen } from '../column-family'
import { ManagedRawEngine } from '../core/managed-raw-engine'
import { loadBinding } from '../load-binding'
import type { RawEngineOptions, RawEngineSupport } from '../raw-engine'
import { asBytes, openCatalog } from './level-catalog'
import type { ByteLevel } from './level-catalog'
import { LevelDriver } from './level-driver'
import { fromLevelOpen } from './level-errors'

/** How to open a LevelDB engine. */
export interface RawLevelEngineOptions extends RawEngineOptions {
  /** For making the directory and for the sizes of its files; LevelDB itself always uses the machine's own disk. */
  readonly disk: Disk
  /** Bytes of the memtable before it is flushed by itself. Default 4 MiB. */
  readonly writeBufferBytes?: number | undefined
}

const support: RawEngineSupport = {
  persistent: true,
  survivesProcessDeath: true,
  syncWrites: true,
  nativeColumnFamilies: false,
  nativeDeleteRange: false,
  inspection: false,
}

/** LevelDB through classic-level. A delete range costs a read and a delete for each key; see RawEngineSupport. */
export class RawLevelEngine extends ManagedRawEngine<Snapshot> {
  private constructor(driver: LevelDriver) {
    super('LevelDB', support, driver)
  }

  /** @throws SandboxError ENGINE_NOT_AVAILABLE, ENGINE_LOCKED, ENGINE_OPEN_FAILED, INVALID_ARGUMENT, DISK_IO */
  static async open(options: RawLevelEngineOptions): Promise<RawLevelEngine> {
    const { directory, disk, writeBufferBytes } = options
    const families = familiesToOpen(options.columnFamilies ?? [])
    const { ClassicLevel } = await loadBinding('classic-level', () => import('classic-level'))
    await makeDurableDirectory(disk, directory)
    const database: ByteLevel = new ClassicLevel(directory, {
      ...asBytes,
      ...(writeBufferBytes !== undefined && { writeBufferSize: writeBufferBytes }),
    })
    try {
      await database.open()
    } catch (thrown) {
      throw fromLevelOpen(thrown, directory)
    }
    try {
      return new RawLevelEngine(new LevelDriver(database, await openCatalog(database, families), disk))
    } catch (thrown) {
      await database.close()
      throw fromLevelOpen(thrown, directory)
    }
  }
}
