import type { Location, Peer, Range, Region, RegionEpoch } from '../../client/messages'
import { PeerRole, RegionState, ReplicaStatus } from '../../client/messages'
import { addressOf } from '../../client/cluster-client'
import { bytesJson } from './printable-bytes'

// The shapes of `--json`, as docs/command-line.md promises them. Integers of 64 bits stay bigints here and become strings.

export const rangeJson = (range: Range | undefined) =>
  range === undefined ? null : { start: bytesJson(range.startKey), end: bytesJson(range.endKey) }

export const epochJson = (epoch: RegionEpoch | undefined) =>
  epoch === undefined ? null : { confVersion: epoch.confVersion, version: epoch.version }

export const addressJson = (location: Location | undefined): string | null => addressOf(location) ?? null

export const peerJson = (peer: Peer) => ({
  storeId: peer.storeId,
  role: PeerRole[peer.role] ?? String(peer.role),
  server: addressJson(peer.serverLocation),
  raft: addressJson(peer.raftLocation),
})

export const regionJson = ({ definition, ...region }: Region) => ({
  id: region.id,
  name: definition?.name ?? '',
  state: stateName(region.state),
  replicaStatus: shortName(ReplicaStatus[region.status?.replicaStatus ?? 0], region.status?.replicaStatus ?? 0),
  epoch: epochJson(definition?.epoch),
  range: rangeJson(definition?.range),
  leaderStoreId: region.leaderStoreId === 0n ? null : region.leaderStoreId,
  peers: (definition?.peers ?? []).map(peerJson),
  schemaId: definition?.schemaId ?? 0n,
  tableId: definition?.tableId ?? 0n,
  partitionId: definition?.partId ?? 0n,
})

/** `NORMAL`, for REGION_NORMAL. */
export const stateName = (state: RegionState): string => shortName(RegionState[state], state)

/** A name of an enum without the prefix that all its names share. */
function shortName(name: string | undefined, value: number): string {
  return name?.replace(/^(?:REGION|REPLICA)_/, '') ?? String(value)
}
