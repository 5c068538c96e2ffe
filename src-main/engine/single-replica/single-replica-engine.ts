import type { Env } from '../../env'
import type { FlowProbe } from '../../flow/flow-probe'
import { noProbe } from '../../flow/flow-probe'
import type { RaftNodeStatus } from '../../raft/node/raft-node-status'
import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { checkDatums } from '../command/check-datums'
import type { Engine, EngineKind, EngineSupport } from '../engine'
import type { EngineContext } from '../engine-context'
import { engineClosed, givenUp, regionExists, replicaNotFound } from '../engine-errors'
import type { EngineReader } from '../engine-reader'
import type { EngineListener, EngineRegion, EngineRegionPeers } from '../engine-region'
import { followReader } from '../followed-reader'
import { MvccStore } from '../mvcc/mvcc-store'
import type { RawEngine } from '../raw/raw-engine'
import { deleteRegionData } from '../region/region-data'
import type { TimestampProvider } from '../timestamp-provider'
import type { WriteData, WriteResult } from '../write-data'
import { RegionWriter } from './region-writer'

/** What an engine without replicas is made of. All of it outlives the engine. */
export interface SingleReplicaEngineOptions {
  readonly env: Pick<Env, 'clock'>
  /** Has the family `meta`. */
  readonly rawEngine: RawEngine
  readonly timestamps: TimestampProvider
  /** This store: the one peer and leader of every region. */
  readonly storeId: number
  readonly listener?: EngineListener
  /** Follows operations. Default: nobody does. */
  readonly probe?: FlowProbe
}

/** The term in which the one replica leads. */
const ONLY_TERM = 1

/** What engines that write straight to the raw engine have in common (MonoStoreEngine of dingo-store). */
export abstract class SingleReplicaEngine implements Engine {
  abstract readonly kind: EngineKind
  abstract readonly supports: EngineSupport
  readonly #options: SingleReplicaEngineOptions
  readonly #store: MvccStore
  readonly #regions = new Map<number, RegionWriter>()
  readonly #opening = new Set<number>()
  #isClosed = false

  constructor(options: SingleReplicaEngineOptions) {
    this.#options = options
    this.#store = new MvccStore(options.rawEngine)
  }

  async addRegion(region: EngineRegion, _peers: EngineRegionPeers | undefined): Promise<void> {
    if (this.#isClosed) throw engineClosed()
    if (this.#regions.has(region.id) || this.#opening.has(region.id)) throw regionExists(region.id)
    const { timestamps, storeId, listener, probe = noProbe } = this.#options
    this.#opening.add(region.id)
    try {
      const writer = await RegionWriter.open({ region, store: this.#store, timestamps, probe })
      if (this.#isClosed) throw engineClosed()
      this.#regions.set(region.id, writer)
    } finally {
      this.#opening.delete(region.id)
    }
    listener?.leaderChanged?.(region.id, storeId)
    listener?.leaderStarted?.(region.id, ONLY_TERM)
  }

  async removeRegion(regionId: number): Promise<void> {
    const writer = this.#regions.get(regionId)
    // There is no log of which an earlier removal could have left something.
    if (writer === undefined) return
    this.#regions.delete(regionId)
    await writer.end()
    this.#options.listener?.leaderStopped?.(regionId)
  }

  async deleteData(region: EngineRegion): Promise<void> {
    if (this.#regions.has(region.id) || this.#opening.has(region.id)) throw regionExists(region.id)
    await deleteRegionData(this.#store, region)
  }

  async write(context: EngineContext, { datums }: WriteData): Promise<WriteResult> {
    const writer = this.#writer(context.regionId)
    if (datums.length === 0) return { ts: 0n, keyStates: [] }
    if (context.signal?.aborted === true) throw givenUp(context.regionId)
    checkDatums(datums)
    return context.trace === undefined
      ? writer.write(context, datums)
      : writer.writeFollowed(context, context.trace, datums)
  }

  async newReader({ regionId, trace }: EngineContext): Promise<EngineReader> {
    // The one replica has all that was ever acknowledged, whatever the read mode asks to be proved.
    this.#writer(regionId)
    const { clock } = this.#options.env
    const reader = this.#store.reader(() => clock.wallTimeMs())
    return trace === undefined ? reader : followReader(trace, 'only-replica', () => Promise.resolve(reader))
  }

  status(regionId: number): RaftNodeStatus | undefined {
    const writer = this.#regions.get(regionId)
    if (writer === undefined) return undefined
    const { storeId } = this.#options
    const index = writer.appliedIndex
    return {
      raftState: 'STATE_LEADER',
      peerId: storeId,
      leaderPeerId: storeId,
      readonly: false,
      term: ONLY_TERM,
      committedIndex: index,
      knownAppliedIndex: index,
      pendingIndex: 0,
      pendingQueueSize: 0,
      applyingIndex: index,
      firstIndex: 0,
      lastIndex: index,
      diskIndex: index,
      stableFollowers: new Map(),
      unstableFollowers: new Map(),
    }
  }

  async transferLeader(regionId: number, targetStoreId: number): Promise<void> {
    this.#writer(regionId)
    if (targetStoreId === this.#options.storeId) return
    const message = `Region ${String(regionId)} has one replica, so store ${String(targetStoreId)} cannot lead it.`
    throw dingoError(Errno.ERAFT_TRANSFER_LEADER, message, { details: { regionId, targetStoreId } })
  }

  async saveSnapshot(regionId: number): Promise<number> {
    this.#writer(regionId)
    const message = `Region ${String(regionId)} has no log that a snapshot could shorten.`
    throw dingoError(Errno.ERAFT_NOT_NEED_SNAPSHOT, message, { details: { regionId } })
  }

  campaign(_regionId: number): void {
    // The one replica leads already.
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const writers = [...this.#regions.values()]
    this.#regions.clear()
    await Promise.all(writers.map((writer) => writer.end()))
  }

  #writer(regionId: number): RegionWriter {
    const writer = this.#regions.get(regionId)
    if (writer === undefined) throw replicaNotFound(regionId)
    return writer
  }
}
