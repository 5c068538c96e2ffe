import { create } from '@bufbuild/protobuf'
import type { Location, RegionMetrics, RegionStatus } from '../../rpc/generated/dingodb/common_pb'
import type { Region, Peer } from '../../rpc/generated/dingodb/common_pb'
import {
  PeerRole,
  RegionHeartbeatState,
  RegionRaftStatus,
  RegionSchema,
  RegionStatusSchema,
  ReplicaStatus,
  StoreState,
} from '../../rpc/generated/dingodb/common_pb'
import type { RegionInternal } from '../../rpc/generated/dingodb/coordinator_internal_pb'
import type { RegionReports } from '../liveness/region-reports'
import { stores } from '../meta/meta-table'
import type { MetaView } from '../meta/meta-view'
import { withCurrentLocations } from '../model/stores'

/** A follower that did not answer so many election timeouts in a row counts as away (dingodb.md 3.2). */
const MAX_CONSECUTIVE_ERRORS = 10

/** Where the members of a region are served, as lookups answer it. */
export interface RegionPlaces {
  /** Undefined if no leader is known. */
  readonly leader: Location | undefined
  readonly voters: readonly Location[]
  readonly learners: readonly Location[]
}

/** Turns stored regions into what clients get, with what heartbeats told. */
export class RegionMessages {
  readonly #reports: RegionReports

  constructor(reports: RegionReports) {
    this.#reports = reports
  }

  /** @param withMetrics the map of all regions leaves metrics out (dingodb.md part 5, trap 10) */
  region(view: MetaView, region: RegionInternal, withMetrics: boolean): Region {
    const regionId = Number(region.id)
    const metrics = this.#reports.leaderMetrics(regionId)
    const { definition } = region
    return create(RegionSchema, {
      id: region.id,
      epoch: region.epoch,
      regionType: region.regionType,
      ...(definition !== undefined && {
        definition: { ...definition, peers: withCurrentLocations(view, definition.peers) },
      }),
      state: region.state,
      status: this.status(view, region),
      leaderStoreId: BigInt(this.#reports.leaderOf(regionId)),
      ...(withMetrics && metrics !== undefined && { metrics }),
      createTimestamp: region.createTimestamp,
      deletedTimestamp: region.deletedTimestamp,
    })
  }

  places(view: MetaView, region: RegionInternal): RegionPlaces {
    const peers = withCurrentLocations(view, region.definition?.peers ?? [])
    const leaderId = BigInt(this.#reports.leaderOf(Number(region.id)))
    const located = (role: PeerRole) =>
      peers.filter((peer) => peer.role === role).flatMap(({ serverLocation }) => serverLocation ?? [])
    return {
      leader: peers.find(({ storeId }) => storeId === leaderId)?.serverLocation,
      voters: located(PeerRole.VOTER),
      learners: located(PeerRole.LEARNER),
    }
  }

  /**
   * How a region is doing. Computed with the meaning that DingoDB intends: it takes the smaller of two enum values there, so
   * that its raft_status is always HEALTHY.
   */
  status(view: MetaView, region: RegionInternal): RegionStatus {
    const metrics = this.#reports.leaderMetrics(Number(region.id))
    const peers = region.definition?.peers ?? []
    const away = peers.filter((peer) => isAway(view, peer, metrics)).length
    return create(RegionStatusSchema, {
      raftStatus: raftStatus(metrics),
      replicaStatus:
        away === 0
          ? ReplicaStatus.REPLICA_NORMAL
          : away < peers.length
            ? ReplicaStatus.REPLICA_DEGRAED
            : ReplicaStatus.REPLICA_UNAVAILABLE,
      heartbeatStatus: this.#isLed(view, region)
        ? RegionHeartbeatState.REGION_ONLINE
        : RegionHeartbeatState.REGION_DOWN,
      lastUpdateTimestamp: metrics?.lastUpdateMetricsTimestamp ?? 0n,
    })
  }

  #isLed(view: MetaView, region: RegionInternal): boolean {
    const leaderId = this.#reports.leaderOf(Number(region.id))
    return leaderId !== 0 && view.get(stores, leaderId)?.state === StoreState.STORE_NORMAL
  }
}

function isAway(view: MetaView, peer: Peer, metrics: RegionMetrics | undefined): boolean {
  const store = view.get(stores, Number(peer.storeId))
  if (store?.state !== StoreState.STORE_NORMAL) return true
  const { host = '', port = 0 } = peer.raftLocation ?? store.raftLocation ?? {}
  const name = `${host}:${String(port)}:0`
  const { stableFollowers = {}, unstableFollowers = {} } = metrics?.braftStatus ?? {}
  const status = unstableFollowers[name] ?? stableFollowers[name]
  return (status?.consecutiveErrorTimes ?? 0) > MAX_CONSECUTIVE_ERRORS
}

function raftStatus(metrics: RegionMetrics | undefined): RegionRaftStatus {
  const status = metrics?.braftStatus
  if (status === undefined) return RegionRaftStatus.REGION_RAFT_NONE
  const followers = [...Object.values(status.stableFollowers), ...Object.values(status.unstableFollowers)]
  if (followers.some(({ consecutiveErrorTimes }) => consecutiveErrorTimes > MAX_CONSECUTIVE_ERRORS)) {
    return RegionRaftStatus.REGION_RAFT_CONSECUTIVE_ERROR
  }
  if (followers.some(({ installingSnapshot }) => installingSnapshot)) return RegionRaftStatus.REGION_RAFT_RECOVERING
  return RegionRaftStatus.REGION_RAFT_HEALTHY
}
