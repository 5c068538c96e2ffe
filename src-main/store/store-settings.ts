import type { StoreServiceSettings } from './service/service-settings'
import { defaultStoreServiceSettings } from './service/service-settings'

/** How a store behaves. Times in ms. */
export interface StoreSettings extends Readonly<StoreServiceSettings> {
  /** How often the store reports to the coordinators. DingoDB: 10,000. */
  readonly heartbeatIntervalMs: number
  /** A heartbeat that takes longer counts as failed. */
  readonly heartbeatTimeoutMs: number
  /** The longest pause after heartbeats that failed. */
  readonly heartbeatMaxBackOffMs: number
  /**
   * Every how many heartbeats all regions are reported (DingoDB's store_heartbeat_report_region_multiple). DingoDB: 3, whose
   * heartbeats are fewer. What changes is reported at once in any case.
   */
  readonly reportRegionMultiple: number
  /** How old the size and the key count of a region may be. DingoDB: 300,000. */
  readonly regionMetricsRefreshMs: number
  /** Region commands that run at a time, one a region. */
  readonly maxRunningRegionCommands: number
  /** How long requests of a region that is deleted may take before its replica's end answers them. */
  readonly destroyGraceMs: number
  /** Regions that are brought up at a time when the store starts. */
  readonly maxRegionRecoveries: number
  /** Finished commands and change records that are kept a region. */
  readonly historyPerRegion: number
  /** Finished commands and change records that are kept in all. */
  readonly historyTotal: number
  /** How long a region that was deleted stays known after the coordinators have taken note of it. */
  readonly deletedRetentionMs: number
  /** The pause after which a replica that ended because the disk was full is brought up again; it doubles each time. */
  readonly regionRevivalMs: number
  /** The longest such pause. */
  readonly regionRevivalMaxMs: number
  /** The pause after which the first voter of a group that comes up asks again to lead; it doubles each time. */
  readonly firstElectionRetryMs: number
  /** The longest such pause; then elections are left to their time-outs. */
  readonly firstElectionMaxRetryMs: number
}

export const defaultStoreSettings: StoreSettings = {
  ...defaultStoreServiceSettings,
  heartbeatIntervalMs: 1_000,
  heartbeatTimeoutMs: 3_000,
  heartbeatMaxBackOffMs: 5_000,
  reportRegionMultiple: 5,
  regionMetricsRefreshMs: 60_000,
  maxRunningRegionCommands: 16,
  destroyGraceMs: 500,
  maxRegionRecoveries: 16,
  historyPerRegion: 64,
  historyTotal: 4_096,
  deletedRetentionMs: 3_600_000,
  regionRevivalMs: 1_000,
  regionRevivalMaxMs: 30_000,
  firstElectionRetryMs: 10,
  firstElectionMaxRetryMs: 800,
}
