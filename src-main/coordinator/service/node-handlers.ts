import type { MessageInitShape } from '@bufbuild/protobuf'
import type { RaftNodeStatus, RaftPeerStatus } from '../../raft/node/raft-node-status'
import type { ServiceHandlers } from '../../rpc/call'
import type { BRaftStatusSchema, RaftPeerStatusSchema } from '../../rpc/generated/dingodb/common_pb'
import { ClusterRole, RaftNodeState } from '../../rpc/generated/dingodb/common_pb'
import type { NodeService } from '../../rpc/generated/dingodb/node_pb'
import type { CoordinatorMember, CoordinatorNodeOptions } from '../coordinator-node'
import { META_REGION_ID } from '../meta/meta-region'
import type { GetServiceContext } from './service-context'

/** What DingoDB writes where no leader is known. */
const NO_PEER = '0.0.0.0:0:0'

/** Handlers of NodeService: about this coordinator itself, so every one of them answers, whoever leads. */
export function nodeHandlers(
  node: CoordinatorNodeOptions,
  service: GetServiceContext,
): ServiceHandlers<typeof NodeService> {
  return {
    getNodeInfo: () => ({
      nodeInfo: {
        id: BigInt(node.coordinatorId),
        role: ClusterRole.COORDINATOR,
        serverLocation: node.serverLocation,
        raftLocation: node.raftLocation,
      },
    }),

    /** The coordinators' group is no region of a store, so there is none to tell of. */
    getRegionInfo: () => ({ regions: [] }),

    getRaftStatus(request) {
      const status = service().leadership.node?.status()
      const isWanted = request.regionIds.length === 0 || request.regionIds.includes(BigInt(META_REGION_ID))
      if (status === undefined || !isWanted) return { entries: [] }
      return {
        entries: [{ regionId: BigInt(META_REGION_ID), raftStatus: raftStatusMessage(status, node.coordinators) }],
      }
    },
  }
}

function raftStatusMessage(
  status: RaftNodeStatus,
  members: readonly CoordinatorMember[],
): MessageInitShape<typeof BRaftStatusSchema> {
  const peerName = (memberId: number) => {
    const location = members.find(({ id }) => id === memberId)?.raftLocation
    return location === undefined ? NO_PEER : `${location.host}:${String(location.port)}:0`
  }
  const followers = (peers: ReadonlyMap<number, RaftPeerStatus>) =>
    Object.fromEntries([...peers].map(([memberId, peer]) => [peerName(memberId), peerMessage(peer)]))
  return {
    raftState: RaftNodeState[status.raftState],
    peerId: peerName(status.peerId),
    leaderPeerId: peerName(status.leaderPeerId),
    readonly: status.readonly,
    term: BigInt(status.term),
    committedIndex: BigInt(status.committedIndex),
    knownAppliedIndex: BigInt(status.knownAppliedIndex),
    pendingIndex: BigInt(status.pendingIndex),
    pendingQueueSize: BigInt(status.pendingQueueSize),
    applyingIndex: BigInt(status.applyingIndex),
    firstIndex: BigInt(status.firstIndex),
    lastIndex: BigInt(status.lastIndex),
    diskIndex: BigInt(status.diskIndex),
    stableFollowers: followers(status.stableFollowers),
    unstableFollowers: followers(status.unstableFollowers),
  }
}

function peerMessage(peer: RaftPeerStatus): MessageInitShape<typeof RaftPeerStatusSchema> {
  return {
    valid: peer.valid,
    installingSnapshot: peer.installingSnapshot,
    nextIndex: BigInt(peer.nextIndex),
    lastRpcSendTimestamp: BigInt(Math.floor(peer.lastRpcSendTimestamp)),
    flyingAppendEntriesSize: BigInt(peer.flyingAppendEntriesSize),
    readonlyIndex: BigInt(peer.readonlyIndex),
    consecutiveErrorTimes: peer.consecutiveErrorTimes,
  }
}
