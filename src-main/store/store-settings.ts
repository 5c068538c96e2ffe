/** How a store behaves. Times in ms. */
export interface StoreSettings {
  /** How often the store reports to the coordinators. DingoDB: 10,000. */
  readonly heartbeatIntervalMs: number
  /** A heartbeat that takes longer counts as failed. */
  readonly heartbeatTimeoutMs: number
  /** The longest pause after heartbeats that failed. */
  readonly heartbeatMaxBackOffMs: number
  /** Every how many heartbeats all regions are reported (DingoDB's store_heartbeat_report_region_multiple). */
  readonly reportRegionMultiple: number
  /** How old the size and the key count of a region may be. DingoDB: 300,000. */
  readonly regionMetricsRefreshMs: number
  /** Region commands that run at a time, one a region. */
  readonly maxRunningRegionCommands: number
  /** Regions that are brought up at a time when the store starts. */
  readonly maxRegionRecoveries: number
  /** Finished commands and change records that are kept a region. */
  readonly historyPerRegion: number
  /** Finished commands and change records that are kept in all. */
  readonly historyTotal: number
  /** How often the first voter of a group that comes up asks to lead, until it has a leader. */
  readonly firstElectionRetryMs: number
  /** How long it goes on asking; then elections are left to their time-outs. */
  readonly firstElectionMs: number
}

export const defaultStoreSettings: StoreSettings = {
  heartbeatIntervalMs: 1_000,
  heartbeatTimeoutMs: 3_000,
  heartbeatMaxBackOffMs: 5_000,
  reportRegionMultiple: 3,
  regionMetricsRefreshMs: 60_000,
  maxRunningRegionCommands: 16,
  maxRegionRecoveries: 16,
  historyPerRegion: 64,
  historyTotal: 4_096,
  firstElectionRetryMs: 50,
  firstElectionMs: 1_000,
}
