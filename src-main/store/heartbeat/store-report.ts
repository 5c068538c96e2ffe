import type { MessageInitShape } from '@bufbuild/protobuf'
import { create } from '@bufbuild/protobuf'
import type { RegionMetrics, StoreOwnMetricsSchema } from '../../rpc/generated/dingodb/common_pb'
import {
  RegionMetricsSchema,
  StoreInState,
  StoreRegionState,
  StoreState,
  StoreType,
} from '../../rpc/generated/dingodb/common_pb'
import type { StoreHeartbeatRequestSchema } from '../../rpc/generated/dingodb/coordinator_pb'
import type { StoreMetaManager } from '../meta/store-meta-manager'
import { raftStatusMessage } from '../region/raft-status-message'
import type { StoreRegion } from '../region/store-region'
import type { RegionEngines } from '../storage/storage'
import type { HostMetrics } from '../store-node-options'
import type { RegionFiguresCollector } from './region-figures'

/** What a heartbeat tells: of the store alone, of it and all its regions, or of some regions at once after a change. */
export type ReportScope = 'store' | 'all-regions' | ReadonlySet<number>

/** What reports are made from. */
export interface StoreReportOptions {
  readonly keyring: string
  readonly resourceTag: string
  readonly meta: StoreMetaManager
  readonly engines: RegionEngines
  readonly figures: RegionFiguresCollector
  /** What is known of the machine. */
  readonly hostMetrics: () => HostMetrics | Promise<HostMetrics>
}

type HeartbeatRequest = MessageInitShape<typeof StoreHeartbeatRequestSchema>

const { NORMAL, STANDBY, SPLITTING, MERGING, DELETED, TOMBSTONE } = StoreRegionState
/** States in which DingoDB reports the Raft status of a region. */
const statesWithRaftStatus: ReadonlySet<StoreRegionState> = new Set([NORMAL, STANDBY, TOMBSTONE])
/** States that last moments, in which DingoDB does not report a region. */
const unreportedStates: ReadonlySet<StoreRegionState> = new Set([SPLITTING, MERGING])

/** What DingoDB reports as `snapshot_epoch_version` unless snapshots are checkpoints: any epoch is covered. */
const ANY_EPOCH_VERSION = 0x7fff_ffff_ffff_ffffn

/** Says what this store tells the coordinators of itself and its regions. */
export class StoreReport {
  readonly #options: StoreReportOptions
  #hostMetrics: HostMetrics = {}

  constructor(options: StoreReportOptions) {
    this.#options = options
  }

  /** The heartbeat of now. @throws whatever the host's metrics throw */
  async heartbeat(scope: ReportScope): Promise<HeartbeatRequest> {
    const { meta, keyring, resourceTag } = this.#options
    const { storeId, serverLocation, raftLocation } = meta.server.identity
    this.#hostMetrics = await this.#options.hostMetrics()
    const id = BigInt(storeId)
    return {
      selfStoremapEpoch: BigInt(meta.server.epoch),
      store: {
        id,
        state: StoreState.STORE_NORMAL,
        inState: StoreInState.STORE_IN,
        serverLocation,
        raftLocation,
        resourceTag,
        keyring,
        storeType: StoreType.NODE_TYPE_STORE,
      },
      storeMetrics: {
        id,
        storeOwnMetrics: this.storeOwnMetrics(),
        regionMetricsMap: this.#regions(scope),
        isPartialRegionMetrics: typeof scope === 'object',
      },
    }
  }

  /** The store's own figures as of the last heartbeat. */
  storeOwnMetrics(): MessageInitShape<typeof StoreOwnMetricsSchema> {
    const { meta } = this.#options
    return {
      ...this.#hostMetrics,
      id: BigInt(meta.server.storeId),
      isReadyOnly: meta.server.isClusterReadOnly,
      readOnlyReason: meta.server.readOnlyReason,
    }
  }

  /** What is reported of a region, of a deleted one too; undefined if this store never had it. */
  regionMetrics(regionId: number): RegionMetrics | undefined {
    const { meta } = this.#options
    const region = meta.find(regionId)
    if (region !== undefined) return this.#metricsOf(region)
    if (!meta.regions.isDeleted(regionId)) return undefined
    return create(RegionMetricsSchema, { id: BigInt(regionId), storeRegionState: DELETED })
  }

  #regions(scope: ReportScope): Record<string, RegionMetrics> {
    if (scope === 'store') return {}
    const regionIds = scope === 'all-regions' ? this.#options.meta.list().map(({ id }) => id) : scope
    const reported: Record<string, RegionMetrics> = {}
    for (const regionId of regionIds) {
      const metrics = this.regionMetrics(regionId)
      if (metrics !== undefined && !unreportedStates.has(metrics.storeRegionState)) reported[String(regionId)] = metrics
    }
    return reported
  }

  #metricsOf(region: StoreRegion): RegionMetrics {
    const { engines, figures, meta } = this.#options
    const status = statesWithRaftStatus.has(region.peerState) ? engines.statusOf(region) : undefined
    const known = figures.find(region.id)
    return create(RegionMetricsSchema, {
      id: BigInt(region.id),
      leaderStoreId: BigInt(region.leaderStoreId),
      storeRegionState: region.peerState,
      regionDefinition: region.definition,
      snapshotEpochVersion: ANY_EPOCH_VERSION,
      ...(status && { braftStatus: raftStatusMessage(status, (id) => meta.server.raftLocationOf(id)) }),
      ...(known && {
        rowCount: BigInt(known.keyCount),
        regionSize: BigInt(known.sizeBytes),
        minKey: known.minKey ?? new Uint8Array(),
        maxKey: known.maxKey ?? new Uint8Array(),
        lastUpdateMetricsLogIndex: BigInt(known.appliedIndex),
        lastUpdateMetricsVersion: BigInt(known.epochVersion),
        lastUpdateMetricsTimestamp: BigInt(Math.floor(known.collectedAtMs)),
      }),
    })
  }
}
