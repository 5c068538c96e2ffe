import type { Location, Peer } from '../rpc/generated/dingodb/common_pb'
import { PeerRole } from '../rpc/generated/dingodb/common_pb'
import type { ScanRegionInfo } from '../rpc/generated/dingodb/coordinator_pb'
import type { StoreRegionInfo } from '../rpc/generated/dingodb/error_pb'
import { toNumber } from '../rpc/int64'
import type { KeyRange } from './key-range'

/** What a client knows of a region in order to reach it. Never changed, only replaced. */
export interface RegionRoute extends KeyRange {
  readonly regionId: number
  /** Every request carries exactly the region's epoch. */
  readonly confVersion: bigint
  readonly version: bigint
  /** `host:port` of the leader; undefined while it is not known. */
  readonly leader: string | undefined
  /** `host:port` of the voters: any of them can name the leader. */
  readonly voters: readonly string[]
}

/** `host:port`; undefined for what is not reachable: no host, or port 0. */
export function addressOf(location: Pick<Location, 'host' | 'port'> | undefined): string | undefined {
  if (location === undefined || location.host === '' || location.port <= 0) return undefined
  return location.host.includes(':')
    ? `[${location.host}]:${String(location.port)}`
    : `${location.host}:${String(location.port)}`
}

const addressesOf = (locations: ReadonlyArray<Location | undefined>): string[] =>
  locations.map(addressOf).filter((address) => address !== undefined)

/** A region of ScanRegions as a route; undefined if it lacks what requests must carry, as placeholders do. */
export function routeOfScan(info: ScanRegionInfo): RegionRoute | undefined {
  const { range, regionEpoch } = info
  if (range === undefined || regionEpoch === undefined) return undefined
  return {
    regionId: toNumber(info.regionId, 'The id of a region'),
    startKey: range.startKey,
    endKey: range.endKey,
    confVersion: regionEpoch.confVersion,
    version: regionEpoch.version,
    leader: addressOf(info.leader),
    voters: addressesOf(info.voters),
  }
}

/** The region that came with EREGION_VERSION as a route; undefined if it lacks its epoch or range. */
export function routeOfHint(info: StoreRegionInfo, leader: string | undefined): RegionRoute | undefined {
  const { currentRegionEpoch: epoch, currentRange: range } = info
  if (epoch === undefined || range === undefined) return undefined
  const voters = info.peers.filter((peer: Peer) => peer.role === PeerRole.VOTER)
  return {
    regionId: toNumber(info.regionId, 'The id of a region'),
    startKey: range.startKey,
    endKey: range.endKey,
    confVersion: epoch.confVersion,
    version: epoch.version,
    leader,
    voters: addressesOf(voters.map((peer) => peer.serverLocation)),
  }
}
