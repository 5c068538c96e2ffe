import type { EngineSupport } from '../engine'
import type { SingleReplicaEngineOptions } from '../single-replica/single-replica-engine'
import { SingleReplicaEngine } from '../single-replica/single-replica-engine'

/**
 * One replica straight to the raw engine of the store (MonoStoreEngine of dingo-store), for data that may be lost with its
 * disk. Durable at a loss of power only where the raw engine can sync a write; with RocksDB, whose binding cannot, what is
 * acknowledged survives the death of the process and, at a loss of power, what was flushed before.
 */
export class RocksEngine extends SingleReplicaEngine {
  readonly kind = 'rocks'
  readonly supports: EngineSupport

  constructor(options: SingleReplicaEngineOptions) {
    super(options)
    this.supports = { replicated: false, durable: options.rawEngine.supports.syncWrites }
  }
}
