import type { RawEngine } from '../../engine/raw'
import type { StoreRegion, StoreRegions } from '../region/store-region'
import type { HistoryLimits } from './bounded-history'
import { MetaStorage } from './meta-storage'
import { RegionChangeRecorder } from './region-change-recorder'
import { StoreRaftMeta } from './store-raft-meta'
import type { EncodeRange } from './store-region-meta'
import { StoreRegionMeta } from './store-region-meta'
import type { StoreIdentity } from './store-server-meta'
import { StoreServerMeta } from './store-server-meta'

/** What the metadata of a store is made of. */
export interface StoreMetaManagerOptions {
  readonly identity: StoreIdentity
  readonly rawEngine: RawEngine
  readonly encodeRange: EncodeRange
  /** How many change records stay. */
  readonly changeLimits: HistoryLimits
}

/** All that a store knows of itself, its regions and the other stores (architecture.md part 4). */
export class StoreMetaManager implements StoreRegions {
  /** Access to the `meta` family, for whoever else keeps records there. */
  readonly storage: MetaStorage
  readonly server: StoreServerMeta
  readonly regions: StoreRegionMeta
  readonly raft: StoreRaftMeta
  readonly changes: RegionChangeRecorder

  constructor(options: StoreMetaManagerOptions) {
    this.storage = new MetaStorage(options.rawEngine)
    this.server = new StoreServerMeta(options.identity)
    this.regions = new StoreRegionMeta({ storage: this.storage, encodeRange: options.encodeRange })
    this.raft = new StoreRaftMeta(this.storage)
    this.changes = new RegionChangeRecorder(this.storage, options.changeLimits)
  }

  /** Reads what is on disk; once, before anything else. @throws SandboxError STORE_RECORD_DAMAGED, naming the key; ENGINE_* */
  async load(): Promise<void> {
    await Promise.all([this.regions.load(), this.changes.load()])
  }

  find(regionId: number): StoreRegion | undefined {
    return this.regions.find(regionId)
  }

  list(): readonly StoreRegion[] {
    return this.regions.list()
  }
}
