import { create } from '@bufbuild/protobuf'
import { SandboxError } from '../../base/sandbox-error'
import type { EngineListener, EngineRegionPeers } from '../../engine/engine-region'
import type { Peer } from '../../rpc/generated/dingodb/common_pb'
import { PeerRole, PeerSchema } from '../../rpc/generated/dingodb/common_pb'
import type { StoreMetaManager } from '../meta/store-meta-manager'

/** What takes note of the engine's news. */
export interface RegionEventsOptions {
  /** Asked at the time of the news: the engine is made before all the rest is. */
  readonly meta: () => StoreMetaManager
  /** Has a region reported to the coordinators soon. */
  readonly report: (regionId: number) => void
  /** A region's replica has ended by itself. */
  readonly failed: (regionId: number, error: SandboxError) => void
  readonly onWarning: (error: SandboxError) => void
}

/** Takes the engine's news of replicas into the metadata and has them reported. */
export function regionEvents({ meta, report, failed, onWarning }: RegionEventsOptions): EngineListener {
  const setLeader = (regionId: number, leaderStoreId: number): void => {
    meta().regions.setLeader(regionId, leaderStoreId)
  }
  return {
    leaderStarted(regionId) {
      setLeader(regionId, meta().server.storeId)
      report(regionId)
    },
    leaderStopped(regionId) {
      const { server, regions } = meta()
      if (regions.find(regionId)?.leaderStoreId === server.storeId) setLeader(regionId, 0)
    },
    leaderChanged: setLeader,
    peersChanged(regionId, peers, confVersion) {
      takePeers(meta(), regionId, peers, confVersion).then(
        (isChanged) => {
          if (isChanged) report(regionId)
        },
        (thrown: unknown) => {
          onWarning(SandboxError.from(thrown))
        },
      )
    },
    failed(regionId, error) {
      report(regionId)
      failed(regionId, SandboxError.from(error))
    },
  }
}

async function takePeers(
  meta: StoreMetaManager,
  regionId: number,
  peers: EngineRegionPeers,
  confVersion: number,
): Promise<boolean> {
  const region = meta.find(regionId)
  if (region === undefined) return false
  const known = new Map(region.peers.map((peer) => [Number(peer.storeId), peer]))
  const peerOf = (role: PeerRole) => (storeId: number) => peerMessage(meta, known.get(storeId), storeId, role)
  const next = [...peers.voters.map(peerOf(PeerRole.VOTER)), ...peers.learners.map(peerOf(PeerRole.LEARNER))]
  return meta.regions.updatePeers(regionId, next, confVersion)
}

/** A peer with the locations that are known now, else those that were known before. */
function peerMessage({ server }: StoreMetaManager, known: Peer | undefined, storeId: number, role: PeerRole): Peer {
  const serverLocation = server.serverLocationOf(storeId) ?? known?.serverLocation
  const raftLocation = server.raftLocationOf(storeId) ?? known?.raftLocation
  return create(PeerSchema, {
    storeId: BigInt(storeId),
    role,
    ...(serverLocation && { serverLocation }),
    ...(raftLocation && { raftLocation }),
  })
}
