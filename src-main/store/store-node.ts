import type { Engine } from '../engine/engine'
import type { ServiceRegistry } from '../rpc/service-registry'
import { StoreMetaManager } from './meta/store-meta-manager'
import type { StoreRegions } from './region/store-region'
import type { StoreNodeOptions } from './store-node-options'
import { defaultStoreSettings } from './store-settings'

/**
 * A store: holds replicas of regions, serves their data, does what the coordinators tell it, and reports to them. Nothing runs
 * before {@link start}.
 */
export class StoreNode {
  readonly meta: StoreMetaManager
  readonly engine: Engine

  constructor(options: StoreNodeOptions) {
    const { env, storeId, serverLocation, raftLocation, rawEngine } = options
    const settings = { ...defaultStoreSettings, ...options.settings }
    this.meta = new StoreMetaManager({
      env,
      identity: { storeId, serverLocation, raftLocation },
      rawEngine,
      encodeRange: (range) => range,
      changeLimits: { perRegion: settings.historyPerRegion, total: settings.historyTotal },
    })
    this.engine = options.createEngine({
      rawEngine,
      listener: {},
      timestamps: { next: (after) => after + 1n },
    })
  }

  /** The regions of this store. */
  get regions(): StoreRegions {
    return this.meta.regions
  }

  /** Whether the coordinators let nobody write, as the last heartbeat told. */
  get isReadOnly(): boolean {
    return this.meta.server.isClusterReadOnly
  }

  /** Adds what this node serves to the registries of its two ports. Once, before {@link start}. */
  registerServices(_ports: { readonly server: ServiceRegistry; readonly raft: ServiceRegistry }): void {
    throw new Error('to be written')
  }

  /** Loads the metadata, brings up the regions, goes on with commands that were not finished, and begins to report. */
  async start(): Promise<void> {
    await this.meta.load()
  }

  /** Orderly: ends what is under way and closes the engine. Twice is harmless. */
  async stop(): Promise<void> {
    await this.engine.close()
  }

  /** As if the process had died: nothing is answered, sent or timed any more. {@link stop} then lets go of the rest. */
  silence(): void {
    throw new Error('to be written')
  }
}
