import type { Clock } from '../../env/clock'
import type { FlowProbe } from '../../flow/flow-probe'
import type { ServiceHandlers } from '../../rpc/call'
import type { StoreService } from '../../rpc/generated/dingodb/store_pb'
import type { StoreMetrics } from '../inspection/store-metrics'
import type { StoreRegions } from '../region/store-region'
import type { ScanSessions } from '../scan/scan-sessions'
import type { Storage } from '../storage/storage'
import { controlConfigHandler } from './control-config-handler'
import type { VersionInfo } from './hello-handlers'
import { helloHandlers } from './hello-handlers'
import { readHandlers } from './read-handlers'
import { ReadTurns } from './read-turns'
import type { RequestsUnderWay } from './requests-under-way'
import { scanHandlers } from './scan-handlers'
import type { StoreServiceSettings } from './service-settings'
import type { StoreFigures, StoreLocations } from './store-ports'
import { writeHandlers } from './write-handlers'

/** What StoreService is made of. */
export interface StoreServiceDependencies {
  readonly regions: StoreRegions
  readonly storage: Storage
  /** This store and where the others are. */
  readonly locations: StoreLocations
  /** Whether the coordinators let nobody write, as the last heartbeat told. */
  readonly isReadOnly: () => boolean
  readonly clock: Clock
  readonly scans: ScanSessions
  /** Counts what is under way; whoever takes a region down waits on it. */
  readonly requests: RequestsUnderWay
  readonly metrics: StoreMetrics
  /** Follows requests. */
  readonly probe: FlowProbe
  readonly figures: StoreFigures
  readonly version: VersionInfo
  /** Owned by the service from then on: ControlConfig changes it. */
  readonly settings: StoreServiceSettings
}

/**
 * The raw key-value calls of a store (store.proto, StoreService). Transactions, backup and restore are not served. Checks are
 * made in DingoDB's order, with its codes and hints (dingodb.md 3.5).
 */
export function createStoreService(dependencies: StoreServiceDependencies): ServiceHandlers<typeof StoreService> {
  const context = { ...dependencies, readTurns: new ReadTurns(dependencies.clock) }
  return {
    ...helloHandlers(context),
    ...readHandlers(context),
    ...writeHandlers(context),
    ...scanHandlers(context),
    controlConfig: controlConfigHandler(dependencies.settings),
  }
}
