import type { Engine, EngineSupport } from '../../src-main/engine/engine'
import type { EngineReader } from '../../src-main/engine/engine-reader'
import type { EngineListener, EngineRegion, EngineRegionPeers } from '../../src-main/engine/engine-region'
import type { WriteResult } from '../../src-main/engine/write-data'
import type { RaftNodeStatus } from '../../src-main/raft/node/raft-node-status'
import { dingoError } from '../../src-main/rpc/dingo-error'
import { Errno } from '../../src-main/rpc/generated/dingodb/error_pb'

/** What of a fake engine outlives its process. */
export interface FakeEngineFiles {
  /** Regions that have a log. */
  readonly logs: Set<number>
  /** Regions that have data. */
  readonly data: Set<number>
}

/** How a fake engine behaves. */
export interface FakeEngineOptions {
  readonly storeId: number
  readonly listener?: EngineListener
  readonly files?: FakeEngineFiles
  /** Whether a replica that campaigns leads at once. Default true. */
  readonly winsElections?: boolean
  /** Called before each operation, which may wait for it or fail with it. */
  readonly before?: (operation: string, regionId: number) => Promise<void> | void
}

interface FakeReplica {
  readonly region: EngineRegion
  readonly peers: EngineRegionPeers | undefined
  leader: number
}

/** An engine that keeps no data: it remembers what it was told to do, and leads whatever it campaigns for. */
export class FakeEngine implements Engine {
  readonly kind = 'raft-kv'
  readonly supports: EngineSupport = { replicated: true, durable: true }
  readonly files: FakeEngineFiles
  /** Every operation in its order, for instance `addRegion 7`. */
  readonly operations: string[] = []
  readonly replicas = new Map<number, FakeReplica>()
  /** Regions whose replica has failed and may be added anew. */
  readonly failed = new Set<number>()
  isClosed = false
  readonly #options: FakeEngineOptions

  constructor(options: FakeEngineOptions) {
    this.#options = options
    this.files = options.files ?? { logs: new Set(), data: new Set() }
  }

  async addRegion(region: EngineRegion, peers: EngineRegionPeers | undefined): Promise<void> {
    await this.#enter('addRegion', region.id)
    if (this.replicas.has(region.id) && !this.failed.delete(region.id))
      throw dingoError(Errno.EREGION_EXIST, `Region ${String(region.id)} is up already.`)
    this.replicas.set(region.id, { region, peers, leader: 0 })
    this.files.logs.add(region.id)
    this.files.data.add(region.id)
  }

  async removeRegion(regionId: number): Promise<void> {
    await this.#enter('removeRegion', regionId)
    this.replicas.delete(regionId)
    this.files.logs.delete(regionId)
  }

  async deleteData(region: EngineRegion): Promise<void> {
    await this.#enter('deleteData', region.id)
    this.files.data.delete(region.id)
  }

  write(): Promise<WriteResult> {
    return Promise.resolve({ ts: 0n, keyStates: [] })
  }

  newReader(): Promise<EngineReader> {
    return Promise.resolve({
      kvGet: () => Promise.resolve(undefined),
      kvBatchGet: (keys) => Promise.resolve(keys.map(() => undefined)),
      scan: () => ({ next: () => Promise.resolve([]), close: () => Promise.resolve() }),
      versions: () => Promise.resolve([]),
      measure: () => Promise.resolve({ keyCount: 3, minKey: Uint8Array.of(1), maxKey: Uint8Array.of(9) }),
    })
  }

  status(regionId: number): RaftNodeStatus | undefined {
    const replica = this.replicas.get(regionId)
    if (replica === undefined) return undefined
    const { storeId } = this.#options
    return {
      raftState: replica.leader === storeId ? 'STATE_LEADER' : 'STATE_FOLLOWER',
      peerId: storeId,
      leaderPeerId: replica.leader,
      readonly: false,
      term: 1,
      committedIndex: 2,
      knownAppliedIndex: 2,
      pendingIndex: 0,
      pendingQueueSize: 0,
      applyingIndex: 2,
      firstIndex: 2,
      lastIndex: 2,
      diskIndex: 2,
      stableFollowers: new Map(),
      unstableFollowers: new Map(),
    }
  }

  async transferLeader(regionId: number, targetStoreId: number): Promise<void> {
    await this.#enter(`transferLeader to ${String(targetStoreId)}`, regionId)
    this.elect(regionId, targetStoreId)
  }

  async saveSnapshot(regionId: number): Promise<number> {
    await this.#enter('saveSnapshot', regionId)
    return 2
  }

  campaign(regionId: number): void {
    this.operations.push(`campaign ${String(regionId)}`)
    if (this.#options.winsElections !== false) this.elect(regionId, this.#options.storeId)
  }

  /** Lets a region have a leader. */
  elect(regionId: number, leader: number): void {
    const replica = this.replicas.get(regionId)
    if (replica === undefined) return
    const { listener, storeId } = this.#options
    if (replica.leader === storeId && leader !== storeId) listener?.leaderStopped?.(regionId)
    replica.leader = leader
    listener?.leaderChanged?.(regionId, leader)
    if (leader === storeId) listener?.leaderStarted?.(regionId, 1)
  }

  /** Lets a replica end by itself. */
  fail(regionId: number, error: Error): void {
    this.failed.add(regionId)
    this.#options.listener?.failed?.(regionId, error)
  }

  close(): Promise<void> {
    this.isClosed = true
    this.replicas.clear()
    return Promise.resolve()
  }

  async #enter(operation: string, regionId: number): Promise<void> {
    this.operations.push(`${operation} ${String(regionId)}`)
    await this.#options.before?.(operation, regionId)
  }
}
