/**
 * The steps of creating and deleting a region that a store takes (flows.md); their names are a contract. `raft.createPeer` stands for
 * the engine's part of a creation, which goes on with `raft.initPeer` and `raftManager.add`; `raftManager.remove` for its part of a
 * deletion, which goes on with `raft.closePeer`.
 */
export type RegionStage =
  | 'region.validateCreate'
  | 'region.saveMeta'
  | 'raft.createPeer'
  | 'region.updateState'
  | 'region.reportLeader'
  | 'region.validateDestroy'
  | 'region.updateMeta'
  | 'region.prepareDestroy'
  | 'raftManager.remove'
  | 'region.reportDeleted'

/** Told of the steps of region commands. */
export interface RegionCommandObserver {
  /** A step is about to begin; it waits until what is returned resolves, so that a gate can hold it. Must not throw. */
  readonly stage?: (regionId: number, stage: RegionStage) => Promise<void> | void
}
