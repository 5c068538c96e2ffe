import type { MessageInitShape } from '@bufbuild/protobuf'
import type { SandboxError } from '../../base/sandbox-error'
import { dingoError, dingoErrorHints, errnoOf } from '../../rpc/dingo-error'
import type { Location, PeerSchema } from '../../rpc/generated/dingodb/common_pb'
import type { StoreRegionInfoSchema } from '../../rpc/generated/dingodb/error_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { StoreRegion } from '../region/store-region'
import type { ReachableLocation, StoreLocations } from './store-ports'

/** Whether a client can dial a location; DingoDB's C++ client ends its process over one that it cannot. */
function isReachable(location: Location | undefined): location is Location {
  return location !== undefined && location.host !== '' && location.port > 0
}

/** `host:port`, for sentences. */
export function formatLocation(location: ReachableLocation): string {
  return `${location.host}:${String(location.port)}`
}

/** What a region is like now, complete as clients insist on: epoch, range, and every peer with a place to dial. */
export function storeRegionInfo(
  region: StoreRegion,
  locations: StoreLocations,
): MessageInitShape<typeof StoreRegionInfoSchema> {
  return {
    regionId: BigInt(region.id),
    currentRegionEpoch: { confVersion: BigInt(region.epoch.confVersion), version: BigInt(region.epoch.version) },
    currentRange: { startKey: region.range.startKey, endKey: region.range.endKey },
    peers: region.peers.flatMap((peer): Array<MessageInitShape<typeof PeerSchema>> => {
      if (isReachable(peer.serverLocation)) return [peer]
      const serverLocation = locations.serverLocationOf(Number(peer.storeId))
      // A peer whose place is not known is left out: without it a client looks the region up; with it, it ends its process.
      if (serverLocation === undefined) return []
      return [{ storeId: peer.storeId, role: peer.role, serverLocation }]
    }),
  }
}

/** Where a store of a region serves clients: as its peers say, else as the cluster's map says. */
export function serverLocationOfPeer(
  region: StoreRegion,
  storeId: number,
  locations: StoreLocations,
): ReachableLocation | undefined {
  const own = region.peers.find((peer) => Number(peer.storeId) === storeId)?.serverLocation
  return isReachable(own) ? own : locations.serverLocationOf(storeId)
}

/**
 * Completes what went wrong below the service with the hints that a client needs to go on: where the leader is for
 * ERAFT_NOTLEADER, what the region is like for EREGION_VERSION. Anything else is returned as it is.
 */
export function withHints(thrown: unknown, region: StoreRegion, locations: StoreLocations): unknown {
  const errno = errnoOf(thrown)
  if (errno === Errno.ERAFT_NOTLEADER) return notLeader(thrown, region, locations)
  if (errno !== Errno.EREGION_VERSION || dingoErrorHints(thrown).storeRegionInfo !== undefined) return thrown
  const { message, details } = thrown as SandboxError
  const info = storeRegionInfo(region, locations)
  return dingoError(errno, message, { details, cause: thrown, storeRegionInfo: info })
}

function notLeader(thrown: unknown, region: StoreRegion, locations: StoreLocations): SandboxError {
  const { storeId } = locations
  const told = dingoErrorHints(thrown).storeId ?? 0
  const leaderId = told > 0 ? told : region.leaderStoreId
  // A store that is told to lead no more may still be on record as the leader: it must not send clients to itself.
  const isKnown = leaderId > 0 && leaderId !== storeId
  const leaderLocation = isKnown ? serverLocationOfPeer(region, leaderId, locations) : undefined
  const own = serverLocationOfPeer(region, storeId, locations)
  const name = own === undefined ? String(storeId) : formatLocation(own)
  const advice =
    leaderLocation === undefined
      ? 'its leader is not known here yet, retry shortly'
      : `ask its leader, store ${String(leaderId)} at ${formatLocation(leaderLocation)}`
  const message = `Store ${name} does not lead region ${String(region.id)}: ${advice}.`
  return dingoError(Errno.ERAFT_NOTLEADER, message, {
    cause: thrown,
    details: { regionId: region.id },
    leaderLocation,
    // As DingoDB does: this store's own id says that the leader could not be resolved.
    storeId: leaderLocation === undefined ? storeId : leaderId,
  })
}
