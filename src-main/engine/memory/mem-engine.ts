import type { EngineSupport } from '../engine'
import { SingleReplicaEngine } from '../single-replica/single-replica-engine'

/** One replica over a raw engine in memory: for tests and demonstrations. Promises nothing beyond the life of the process. */
export class MemEngine extends SingleReplicaEngine {
  readonly kind = 'memory'
  readonly supports: EngineSupport = { replicated: false, durable: false }
}
