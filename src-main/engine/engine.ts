import type { OnNodeStep } from '../raft/node/raft-node-manager'
import type { RaftNodeStatus } from '../raft/node/raft-node-status'
import type { EngineContext } from './engine-context'
import type { EngineRegion, EngineRegionPeers } from './engine-region'
import type { EngineReader } from './engine-reader'
import type { WriteData, WriteResult } from './write-data'

/** What an engine can do beyond what all can. Callers branch on this, never on the name. */
export interface EngineSupport {
  /** Regions have more than one replica; else peers, leaders and Raft status are those of the one replica. */
  readonly replicated: boolean
  /** What is acknowledged survives the loss of power. */
  readonly durable: boolean
}

/** Which stored engine a region asks for (common.proto, StorageEngine). */
export type EngineKind = 'raft-kv' | 'rocks' | 'memory'

/**
 * What Storage talks to (architecture.md part 4): regions of a store, written and read by context. All regions of a node
 * share one raw engine.
 */
export interface Engine {
  readonly kind: EngineKind
  readonly supports: EngineSupport

  /**
   * Brings up this store's replica of a region: from what is stored, or as a founding member of its group. It takes the place
   * of one that has failed. Whether it asks to lead before an election timeout is left to {@link campaign}.
   *
   * @param peers with whom the group was founded; undefined for a replica that joins a running group
   * @param onStep told of the steps `raft.initPeer` and `raftManager.add`, by engines that have them
   * @throws SandboxError DINGODB_ERROR EREGION_EXIST, ERAFT_INIT
   */
  addRegion(region: EngineRegion, peers: EngineRegionPeers | undefined, onStep?: OnNodeStep): Promise<void>
  /**
   * Takes the replica down: what waits is answered, the log and the snapshots are removed. The data stays until
   * {@link deleteData}. Of a region that is not up, what an earlier removal may have left is removed.
   *
   * @param onStep told of the step `raft.closePeer`, by engines that have it
   * @throws SandboxError DINGODB_ERROR EREGION_EXIST while the region is being added or removed; DISK_*
   */
  removeRegion(regionId: number, onStep?: OnNodeStep): Promise<void>
  /** Deletes a removed region's data and what is kept of how far it was applied, in one batch. */
  deleteData(region: EngineRegion): Promise<void>

  /**
   * Applies a change, once it is durable on a quorum (architecture.md rule 5).
   *
   * @throws SandboxError DINGODB_ERROR: ERAFT_NOT_FOUND, ERAFT_NOTLEADER (storeId is the leader's, if known), ERAFT_COMMITLOG (the
   * outcome is unknown), EREGION_UNAVAILABLE and EREGION_VERSION (found when it was applied), EREQUEST_FULL,
   * ETSO_NOT_AVAILABLE, EKEY_NOT_FOUND (atomic compare-and-set), ESYSTEM_DISK_CAPACITY_FULL
   */
  write(context: EngineContext, data: WriteData): Promise<WriteResult>
  /**
   * A reader that has proved that it may answer, in the way that the context's read mode says.
   *
   * @throws SandboxError DINGODB_ERROR: ERAFT_NOT_FOUND, ERAFT_NOTLEADER, ERAFT_NOT_CONSISTENT_READ (leads, and has not yet applied what its predecessors acknowledged)
   */
  newReader(context: EngineContext): Promise<EngineReader>

  /** The replica in the terms of BRaftStatus; undefined if there is none here. */
  status(regionId: number): RaftNodeStatus | undefined
  /** Hands leadership to another peer. @throws SandboxError DINGODB_ERROR ERAFT_TRANSFER_LEADER, ERAFT_NOTLEADER, ERAFT_NOT_FOUND */
  transferLeader(regionId: number, targetStoreId: number): Promise<void>
  /** Saves a snapshot of the region and cuts its log behind it. @returns the index it ends at @throws SandboxError DINGODB_ERROR ERAFT_NOT_NEED_SNAPSHOT, ERAFT_SAVE_SNAPSHOT, ERAFT_NOT_FOUND */
  saveSnapshot(regionId: number): Promise<number>
  /** Campaigns now, if the replica may. Harmless otherwise. */
  campaign(regionId: number): void

  /** Answers what waits and stops all replicas. The raw engine is its owner's to close. Twice is harmless. */
  close(): Promise<void>
}
