/** How a coordinator works. Leave out what is not to differ from {@link DEFAULT_COORDINATOR_SETTINGS}. */
export interface CoordinatorSettings {
  /** Ms without a heartbeat after which a store is OFFLINE. Default 10,000. */
  readonly storeOfflineMs: number
  /** Ms between two looks at the open jobs; a new job is looked at at once. Without open jobs nothing runs. Default 1,000. */
  readonly jobIntervalMs: number
  /** Ms after which a store that did not answer a pushed command is asked again. Default 30,000. */
  readonly pushTimeoutMs: number
  /** Ms after which a delivered deletion whose end was not reported is pushed again. Default 5,000. */
  readonly deleteConfirmMs: number
  /** Errors of a store after which a command is given up; deletions are never given up. Default 5. */
  readonly taskRetryCount: number
  /** Replicas of a region when its creator names no number. Default 3. */
  readonly defaultReplicaCount: number
  /** Regions in the cluster, at most. Default 40,000. */
  readonly maxRegionCount: number
  /** Ended jobs that are kept, the oldest go first. Default 1,000. */
  readonly maxArchivedJobs: number
  /** Ms for which deleted tables and regions stay known, a region at least until all its stores have deleted it. Default a day. */
  readonly deletedRetentionMs: number
  /** Ms of timestamps that are reserved through Raft at once. Default 3,000. */
  readonly timestampReserveMs: number
  /**
   * `linearizable`: reads prove leadership through Raft before they are answered. `leader`: whoever believes to lead
   * answers, as DingoDB does; a leader that was deposed and does not know may then answer with old metadata. Default `linearizable`.
   */
  readonly readMode: 'linearizable' | 'leader'
  /** Whether those proofs may rest on a leader's lease instead of asking a quorum each time. The same on all coordinators. Default false. */
  readonly usesLeases: boolean
  /** Ms between the first coordinator's attempts to get a cluster going that starts while nobody leads. Default 100. */
  readonly foundingCampaignMs: number
  /** The pause after which a coordinator that ended because the disk was full takes part again; it doubles each time. Default 1,000. */
  readonly reopenMs: number
  /** The longest such pause, in ms. Default 30,000. */
  readonly reopenMaxMs: number
}

/** What holds for a coordinator that is told nothing else. */
export const DEFAULT_COORDINATOR_SETTINGS: CoordinatorSettings = {
  storeOfflineMs: 10_000,
  jobIntervalMs: 1_000,
  pushTimeoutMs: 30_000,
  deleteConfirmMs: 5_000,
  taskRetryCount: 5,
  defaultReplicaCount: 3,
  maxRegionCount: 40_000,
  maxArchivedJobs: 1_000,
  deletedRetentionMs: 86_400_000,
  timestampReserveMs: 3_000,
  readMode: 'linearizable',
  usesLeases: false,
  foundingCampaignMs: 100,
  reopenMs: 1_000,
  reopenMaxMs: 30_000,
}
