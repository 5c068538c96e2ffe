import type { MessageInitShape } from '@bufbuild/protobuf'
import type { RaftNodeStatus, RaftPeerStatus } from '../../raft/node/raft-node-status'
import type { BRaftStatusSchema, RaftPeerStatusSchema } from '../../rpc/generated/dingodb/common_pb'
import { RaftNodeState } from '../../rpc/generated/dingodb/common_pb'
import type { NodeLocation } from '../meta/store-server-meta'

/** Finds where a store takes Raft messages; undefined if that is not known. */
export type RaftLocationOf = (storeId: number) => NodeLocation | undefined

/** How braft writes that there is no such peer. */
const noPeer = '0.0.0.0:0:0'

/** A peer as braft names it: host, Raft port, and 0 for the only peer of its group behind that port. */
export function raftPeerName(storeId: number, locationOf: RaftLocationOf): string {
  const location = storeId === 0 ? undefined : locationOf(storeId)
  return location === undefined ? noPeer : `${location.host}:${String(location.port)}:0`
}

/** A replica's status in the form of the wire. Followers whose location is not known appear under their store id. */
export function raftStatusMessage(
  status: RaftNodeStatus,
  locationOf: RaftLocationOf,
): MessageInitShape<typeof BRaftStatusSchema> {
  return {
    raftState: RaftNodeState[status.raftState],
    peerId: raftPeerName(status.peerId, locationOf),
    leaderPeerId: raftPeerName(status.leaderPeerId, locationOf),
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
    stableFollowers: followers(status.stableFollowers, locationOf),
    unstableFollowers: followers(status.unstableFollowers, locationOf),
  }
}

type PeerStatusMessage = MessageInitShape<typeof RaftPeerStatusSchema>

function followers(
  statuses: ReadonlyMap<number, RaftPeerStatus>,
  locationOf: RaftLocationOf,
): Record<string, PeerStatusMessage> {
  const messages: Record<string, PeerStatusMessage> = {}
  for (const [storeId, status] of statuses) {
    // Two that are not known must not share one name.
    const name = locationOf(storeId) === undefined ? String(storeId) : raftPeerName(storeId, locationOf)
    messages[name] = {
      valid: status.valid,
      installingSnapshot: status.installingSnapshot,
      nextIndex: BigInt(status.nextIndex),
      lastRpcSendTimestamp: BigInt(Math.floor(status.lastRpcSendTimestamp)),
      flyingAppendEntriesSize: BigInt(status.flyingAppendEntriesSize),
      readonlyIndex: BigInt(status.readonlyIndex),
      consecutiveErrorTimes: status.consecutiveErrorTimes,
    }
  }
  return messages
}
