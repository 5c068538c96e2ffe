import type { RawEngine } from '../engine/raw'
import { RawLevelEngine } from '../engine/raw/level/raw-level-engine'
import { RawMemEngine } from '../engine/raw/memory/raw-mem-engine'
import { RawRocksEngine } from '../engine/raw/rocks/raw-rocks-engine'
import type { Disk } from '../env'
import type { RawEngineName } from './raw-engine-registry'

/** How to open the raw engine of a node. */
export interface OpenRawEngineOptions {
  readonly disk: Disk
  /** A Disk path; made if need be. The memory engine leaves its image there when it is flushed. */
  readonly directory: string
  /** The families to have besides `default`. */
  readonly columnFamilies: readonly string[]
}

/** Opens a raw engine by its name. @throws SandboxError ENGINE_NOT_AVAILABLE, ENGINE_LOCKED, ENGINE_OPEN_FAILED, DISK_* */
export function openRawEngine(name: RawEngineName, options: OpenRawEngineOptions): Promise<RawEngine> {
  const { disk, directory, columnFamilies } = options
  switch (name) {
    case 'rocksdb':
      return RawRocksEngine.open(options)
    case 'level':
      return RawLevelEngine.open(options)
    case 'memory':
      return RawMemEngine.open({ columnFamilies, storage: { disk, directory } })
  }
}
