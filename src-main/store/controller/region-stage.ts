/**
 * The steps of creating and deleting a region that a store takes (flows.md); their names are a contract. The engine's part of
 * a creation goes on from `raft.createPeer` with `raft.initPeer` and `raftManager.add`, that of a deletion from
 * `raftManager.remove` with `raft.closePeer`; engines without Raft have none of these.
 */
export type RegionStage =
  | 'region.validateCreate'
  | 'region.saveMeta'
  | 'raft.createPeer'
  | 'raft.initPeer'
  | 'raftManager.add'
  | 'region.updateState'
  | 'region.reportLeader'
  | 'region.validateDestroy'
  | 'region.updateMeta'
  | 'region.prepareDestroy'
  | 'raftManager.remove'
  | 'raft.closePeer'
  | 'region.reportDeleted'

/** Told of the steps of region commands. */
export interface RegionCommandObserver {
  /** A step is about to begin; it waits until what is returned resolves, so that a gate can hold it. Must not throw. */
  readonly stage?: (regionId: number, stage: RegionStage) => Promise<void> | void
}
