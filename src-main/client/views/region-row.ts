import type { BRaftStatus } from '../../rpc/generated/dingodb/common_pb'
import {
  RaftNodeState,
  RawEngine,
  RegionRaftStatus,
  RegionState,
  RegionType,
  ReplicaStatus,
  StorageEngine,
} from '../../rpc/generated/dingodb/common_pb'
import { toHex } from '../key-bytes'
import type { ClusterMaps } from './cluster-maps'
import { decodeKey } from './decode-key'
import { enumName } from './enum-name'
import { FollowerNames } from './follower-names'
import type { RegionFacts } from './region-facts'
import type { RangeEnd, RegionRow } from './region-rows'

/** A row whole, as the grid shows it. */
export function regionRow(facts: RegionFacts, maps: ClusterMaps): RegionRow {
  const { region, report } = facts
  const { definition, status } = region
  const names = new FollowerNames(maps.stores)
  return {
    regionId: facts.regionId,
    name: facts.name,
    confVersion: Number(definition?.epoch?.confVersion ?? 0n),
    version: Number(definition?.epoch?.version ?? 0n),
    state: enumName(RegionState, region.state),
    regionType: enumName(RegionType, region.regionType),
    raftStatus: enumName(RegionRaftStatus, status?.raftStatus ?? 0),
    replicaStatus: enumName(ReplicaStatus, status?.replicaStatus ?? 0),
    leaderStoreId: facts.leaderStoreId,
    storeIds: facts.storeIds,
    startKey: rangeEnd(maps, definition?.range?.startKey),
    endKey: rangeEnd(maps, definition?.range?.endKey),
    schemaId: Number(definition?.schemaId ?? 0n),
    tableId: facts.tableId,
    tableName: facts.tableName,
    partitionId: Number(definition?.partId ?? 0n),
    storeEngine: enumName(StorageEngine, definition?.storeEngine ?? 0),
    rawEngine: enumName(RawEngine, definition?.rawEngine ?? 0),
    createdAtMs: timeOf(region.createTimestamp),
    lastUpdateMs: timeOf(status?.lastUpdateTimestamp ?? 0n),
    raft: report?.braftStatus === undefined ? undefined : raftOf(report.braftStatus, names),
    metricsIndex: report === undefined ? undefined : Number(report.lastUpdateMetricsLogIndex),
    sizeBytes: facts.sizeBytes,
    keyCount: facts.keyCount,
    lag: facts.lag,
    concerns: facts.concerns,
  }
}

function rangeEnd({ names }: ClusterMaps, key: Uint8Array = NO_BYTES): RangeEnd {
  return { text: decodeKey(key, names).text, hex: toHex(key) }
}

function raftOf(status: BRaftStatus, names: FollowerNames): RegionRow['raft'] {
  return {
    state: enumName(RaftNodeState, status.raftState),
    readonly: status.readonly,
    term: Number(status.term),
    appliedIndex: Number(status.knownAppliedIndex),
    committedIndex: Number(status.committedIndex),
    firstIndex: Number(status.firstIndex),
    lastIndex: Number(status.lastIndex),
    diskIndex: Number(status.diskIndex),
    pendingIndex: Number(status.pendingIndex),
    pendingQueueSize: Number(status.pendingQueueSize),
    stableFollowers: Object.keys(status.stableFollowers).flatMap((name) => names.storeIdOf(name) ?? []),
    unstableFollowers: Object.keys(status.unstableFollowers).flatMap((name) => names.storeIdOf(name) ?? []),
  }
}

const timeOf = (ms: bigint): number | undefined => (ms > 0n ? Number(ms) : undefined)
const NO_BYTES = new Uint8Array(0)
