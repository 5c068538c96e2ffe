import type { EngineRegionPeers } from '../../engine/engine-region'
import { PeerRole } from '../../rpc/generated/dingodb/common_pb'
import type { StoreRegion } from './store-region'

/** The peers of a region as its engine names them. */
export function enginePeers({ peers }: Pick<StoreRegion, 'peers'>): EngineRegionPeers {
  const idsOf = (role: PeerRole) => peers.filter((peer) => peer.role === role).map(({ storeId }) => Number(storeId))
  return { voters: idsOf(PeerRole.VOTER), learners: idsOf(PeerRole.LEARNER) }
}

/**
 * With whom the group of a region was founded: its peers as long as they have never changed, which `conf_version` tells. Undefined
 * once they have: then either this replica has applied the change, or it joined a running group and learns of its members there.
 */
export function foundingPeers(region: Pick<StoreRegion, 'peers' | 'epoch'>): EngineRegionPeers | undefined {
  return region.epoch.confVersion === 1 ? enginePeers(region) : undefined
}
