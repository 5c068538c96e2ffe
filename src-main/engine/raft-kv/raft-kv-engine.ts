import { SandboxError } from '../../base/sandbox-error'
import type { Env } from '../../env'
import type { FlowProbe } from '../../flow/flow-probe'
import { noProbe } from '../../flow/flow-probe'
import type { OnNodeStep, RaftNodeManager } from '../../raft/node/raft-node-manager'
import type { RaftNodeStatus } from '../../raft/node/raft-node-status'
import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { checkDatums } from '../command/check-datums'
import type { Engine, EngineSupport } from '../engine'
import type { EngineContext, ReadMode } from '../engine-context'
import { engineClosed, givenUp, notLeader, regionExists, replicaNotFound } from '../engine-errors'
import type { EngineReader } from '../engine-reader'
import type { EngineListener, EngineRegion, EngineRegionPeers } from '../engine-region'
import type { ReadProof } from '../followed-reader'
import { followReader } from '../followed-reader'
import { MvccStore } from '../mvcc/mvcc-store'
import type { RawEngine } from '../raw/raw-engine'
import { deleteRegionData } from '../region/region-data'
import type { TimestampProvider } from '../timestamp-provider'
import type { WriteData, WriteResult } from '../write-data'
import { refusalError } from './proposal-outcome'
import { RegionReplica } from './region-replica'

/** What a {@link RaftKvEngine} is made of. All of it outlives the engine; its owner closes it afterwards. */
export interface RaftKvEngineOptions {
  readonly env: Pick<Env, 'clock'>
  /** Has the family `meta`, and those of DingoDB's families that data is to be kept in. */
  readonly rawEngine: RawEngine
  /** Its node id is this store's id. */
  readonly raftManager: RaftNodeManager
  readonly timestamps: TimestampProvider
  /**
   * How reads prove themselves unless their context says otherwise. Default `read-index`. Groups promise leases only if it is
   * `lease`: else a read that asks for a lease goes by ReadIndex, which promises no less.
   */
  readonly readMode?: ReadMode
  readonly listener?: EngineListener
  /** Follows operations. Default: nobody does. */
  readonly probe?: FlowProbe
  /** How long a write waits at most for a new leader to become ready, in ms. Default 3000. */
  readonly leaderWaitMs?: number
}

const DEFAULT_LEADER_WAIT_MS = 3000

/** The replicated engine (RaftStoreEngine of dingo-store): a Raft group a region, all of them over one raw engine. */
export class RaftKvEngine implements Engine {
  readonly kind = 'raft-kv'
  readonly supports: EngineSupport = { replicated: true, durable: true }
  readonly #options: RaftKvEngineOptions
  readonly #store: MvccStore
  readonly #readMode: ReadMode
  readonly #replicas = new Map<number, RegionReplica>()
  /** Regions that are being added or removed. */
  readonly #changing = new Set<number>()
  #closing: Promise<void> | undefined

  constructor(options: RaftKvEngineOptions) {
    this.#options = options
    this.#store = new MvccStore(options.rawEngine)
    this.#readMode = options.readMode ?? 'read-index'
  }

  async addRegion(region: EngineRegion, peers: EngineRegionPeers | undefined, onStep?: OnNodeStep): Promise<void> {
    const before = this.#replicas.get(region.id)
    if (before !== undefined && before.failure === undefined) throw regionExists(region.id)
    await this.#exclusively(region.id, async () => {
      // It stays where it is until the next one is up, to say why it does not answer.
      await before?.end({ deleteFiles: false })
      const replica = await this.#open(region, peers, onStep)
      if (this.#closing !== undefined) {
        await replica.end({ deleteFiles: false })
        throw engineClosed()
      }
      this.#replicas.set(region.id, replica)
    })
  }

  async removeRegion(regionId: number, onStep?: OnNodeStep): Promise<void> {
    await this.#exclusively(regionId, async () => {
      const replica = this.#replicas.get(regionId)
      // From now on nothing new finds it; what waits is answered when the node stops.
      this.#replicas.delete(regionId)
      if (replica === undefined) {
        await onStep?.('raft.closePeer')
        await this.#options.raftManager.removeFiles(regionId)
      } else await replica.end({ deleteFiles: true, onStep })
    })
  }

  async deleteData(region: EngineRegion): Promise<void> {
    if (this.#replicas.has(region.id)) throw regionExists(region.id)
    await this.#exclusively(region.id, () => deleteRegionData(this.#store, region))
  }

  async write(context: EngineContext, { datums }: WriteData): Promise<WriteResult> {
    const replica = this.#replica(context.regionId)
    if (datums.length === 0) return { ts: 0n, keyStates: [] }
    if (context.signal?.aborted === true) throw givenUp(context.regionId)
    checkDatums(datums)
    return replica.write(context, datums)
  }

  newReader(context: EngineContext): Promise<EngineReader> {
    const mode = context.readMode ?? this.#readMode
    return context.trace === undefined
      ? this.#newReader(context.regionId, mode)
      : followReader(context.trace, mode, (proven) => this.#newReader(context.regionId, mode, proven))
  }

  status(regionId: number): RaftNodeStatus | undefined {
    return this.#replicas.get(regionId)?.node.status()
  }

  async transferLeader(regionId: number, targetStoreId: number): Promise<void> {
    const result = await this.#replica(regionId).node.transferLeadership(targetStoreId)
    if (result.kind === 'transferred') return
    const { code, message } = result
    if (code === 'NOT_A_MEMBER' || code === 'TRANSFER_FAILED') {
      throw dingoError(Errno.ERAFT_TRANSFER_LEADER, message, { details: { regionId, targetStoreId } })
    }
    throw refusalError(regionId, result, undefined)
  }

  async saveSnapshot(regionId: number): Promise<number> {
    const { node } = this.#replica(regionId)
    if (node.applied.index === 0) {
      const message = `Nothing of region ${String(regionId)} is applied here yet, so there is nothing to save.`
      throw dingoError(Errno.ERAFT_NOT_NEED_SNAPSHOT, message, { details: { regionId } })
    }
    let saved
    try {
      saved = await node.saveSnapshot()
    } catch (error) {
      if (SandboxError.is(error, 'RAFT_NODE_STOPPED')) throw replicaNotFound(regionId)
      throw error
    }
    if (saved !== undefined) return saved.index
    const message = `No snapshot of region ${String(regionId)} was saved: the node's warnings say why. Try again.`
    throw dingoError(Errno.ERAFT_SAVE_SNAPSHOT, message, { details: { regionId } })
  }

  campaign(regionId: number): void {
    this.#replicas.get(regionId)?.node.campaign()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #newReader(regionId: number, mode: ReadMode, proven?: (proof: ReadProof) => void): Promise<EngineReader> {
    const replica = this.#replica(regionId)
    const proof = await this.#proveReadable(replica, mode)
    if (proof !== undefined) proven?.(proof)
    // The region may have been removed, or removed and added anew, while the proof was under way.
    if (this.#replicas.get(regionId) !== replica) throw replicaNotFound(regionId)
    const { clock } = this.#options.env
    return this.#store.reader(() => clock.wallTimeMs())
  }

  async #open(
    region: EngineRegion,
    peers: EngineRegionPeers | undefined,
    onStep: OnNodeStep | undefined,
  ): Promise<RegionReplica> {
    const { env, raftManager, timestamps, listener = {}, probe = noProbe, leaderWaitMs } = this.#options
    try {
      return await RegionReplica.open({
        region,
        peers,
        onStep,
        clock: env.clock,
        store: this.#store,
        raftManager,
        timestamps,
        listener,
        probe,
        usesLeases: this.#readMode === 'lease',
        leaderWaitMs: leaderWaitMs ?? DEFAULT_LEADER_WAIT_MS,
      })
    } catch (thrown) {
      const cause = SandboxError.from(thrown)
      if (cause.code === 'RAFT_NODE_EXISTS') throw regionExists(region.id)
      const message = `The replica of region ${String(region.id)} cannot be brought up: ${cause.message}`
      throw dingoError(Errno.ERAFT_INIT, message, { details: { regionId: region.id, code: cause.code }, cause })
    }
  }

  /** @returns what a leader went by, if it had to prove anything */
  async #proveReadable(replica: RegionReplica, mode: ReadMode): Promise<ReadProof | undefined> {
    if (mode === 'local') return undefined
    const { regionId, node, leadership } = replica
    if (!node.isLeader) throw notLeader(regionId, replica.failure === undefined ? node.leader : 0)
    if (mode === 'leader') {
      if (leadership.isReady) return undefined
      const message = `This store leads region ${String(regionId)} and has not yet applied what its predecessors acknowledged: try again soon.`
      throw dingoError(Errno.ERAFT_NOT_CONSISTENT_READ, message, { details: { regionId } })
    }
    const barrier = await node.readBarrier(mode === 'read-index' ? 'quorum' : 'as-configured')
    if (barrier.kind === 'refused') throw refusalError(regionId, barrier, replica.failure)
    return barrier.proof
  }

  #replica(regionId: number): RegionReplica {
    const replica = this.#replicas.get(regionId)
    if (replica === undefined || this.#closing !== undefined) throw replicaNotFound(regionId)
    return replica
  }

  async #exclusively(regionId: number, work: () => Promise<void>): Promise<void> {
    if (this.#closing !== undefined) throw engineClosed()
    if (this.#changing.has(regionId)) throw regionExists(regionId)
    this.#changing.add(regionId)
    try {
      await work()
    } finally {
      this.#changing.delete(regionId)
    }
  }

  async #close(): Promise<void> {
    const replicas = [...this.#replicas.values()]
    this.#replicas.clear()
    const ends = await Promise.allSettled(replicas.map((replica) => replica.end({ deleteFiles: false })))
    const failed = ends.find((end) => end.status === 'rejected')
    if (failed !== undefined) throw SandboxError.from(failed.reason)
  }
}
