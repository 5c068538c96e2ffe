/** The steps of creating and deleting a region on a store: the stages of flows.md that happen here. Their names are a contract. */
export const regionStages = [
  'region.validateCreate',
  'region.saveMeta',
  'raft.createPeer',
  'region.updateState',
  'region.reportLeader',
  'region.validateDestroy',
  'region.updateMeta',
  'region.prepareDestroy',
  'raftManager.remove',
  'region.deleteData',
  'region.reportDeleted',
] as const

/** The name of a step. */
export type RegionStage = (typeof regionStages)[number]

/** Told of the steps of region commands. */
export interface RegionCommandObserver {
  /** A step is about to begin; it waits until what is returned resolves, so that a gate can hold it. Must not throw. */
  readonly stage?: (regionId: number, stage: RegionStage) => Promise<void> | void
}
