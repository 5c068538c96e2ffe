import type { ClusterOverview, RegionTile } from '../../../src-main/client/views/overview'
import type { ClusterNodeInfo, ClusterNodeState } from '../../../src-main/sandbox/cluster/cluster-events'
import type { SessionView } from '../../../src-main/sandbox/session/session-view'
import { closedSession } from './fake-door'

/** A cluster that runs, with some of its nodes in other states. */
export function someSession(states: Readonly<Record<number, ClusterNodeState>> = {}): SessionView {
  const node = (nodeId: number, role: ClusterNodeInfo['role'], name: string): ClusterNodeInfo => ({
    nodeId,
    role,
    name,
    state: states[nodeId] ?? 'running',
    mount: 'worker',
    serverAddress: `127.0.0.1:${nodeId}`,
    raftAddress: `127.0.0.1:${nodeId + 100}`,
    directory: `/w/${name}`,
    lastError: undefined,
  })
  return {
    ...closedSession,
    phase: 'running',
    workspace: { directory: '/w', name: 'w' },
    topology: { coordinators: 3, stores: 3 },
    engine: 'rocksdb',
    mount: 'worker',
    nodes: [1, 2, 3]
      .flatMap((at) => [node(22_000 + at, 'coordinator', `coordinator-${at}`)])
      .concat([1, 2, 3].map((at) => node(20_000 + at, 'store', `store-${at}`))),
    capabilities: { control: true, pause: true, write: true },
  }
}

export function someTile(regionId: number, given: Partial<RegionTile> = {}): RegionTile {
  return {
    regionId,
    name: `r${regionId}`,
    state: 'REGION_NORMAL',
    tableId: 60_001,
    tableName: 'users',
    leaderStoreId: 20_001,
    term: 2,
    storeIds: [20_001, 20_002, 20_003],
    learnerStoreIds: [],
    concerns: [],
    ...given,
  }
}

/** What such a cluster tells of itself: the second coordinator leads. */
export function someOverview(tiles: readonly RegionTile[]): ClusterOverview {
  return {
    takenAtMs: 1_795_385_000_000,
    coordinators: [22_001, 22_002, 22_003].map((nodeId) => ({
      nodeId,
      serverAddress: `127.0.0.1:${nodeId}`,
      raftAddress: `127.0.0.1:${nodeId + 100}`,
      isLeader: nodeId === 22_002,
      answers: true,
      term: 3,
      committedIndex: 9,
      appliedIndex: 9,
    })),
    stores: [20_001, 20_002, 20_003].map((storeId, index) => ({
      storeId,
      ordinal: index + 1,
      serverAddress: `127.0.0.1:${storeId}`,
      raftAddress: `127.0.0.1:${storeId + 100}`,
      state: 'STORE_NORMAL',
      answers: true,
      heartbeatAgeMs: 400,
      regionCount: tiles.length,
      leaderCount: index === 0 ? tiles.length : 0,
      totalBytes: undefined,
      freeBytes: undefined,
      processUsedBytes: undefined,
    })),
    regionCount: tiles.length,
    regionsWithLeader: tiles.length,
    tableCount: tiles.length === 0 ? 0 : 1,
    tiles,
    concerns: { 'no-leader': 0, degraded: 0, lagging: 0, 'epoch-differs': 0 },
    error: undefined,
  }
}
