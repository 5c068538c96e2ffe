import type { RegionRow, RegionSortField } from '../../../src-main/client/views/region-rows'
import type { en } from './en'
import type { ColumnSet } from './region-query'

/** Names of the columns: each has its explanation among the words of this screen. */
export type RegionColumnId = keyof typeof en.hint

/** What a column shows, before the language of the reader is known. */
export interface RegionColumn {
  readonly id: RegionColumnId
  /** As DingoDB's own page of regions calls it; undefined for what only this program tells. */
  readonly fieldName: string | undefined
  readonly width: number
  readonly grow?: boolean
  readonly kind: 'text' | 'count' | 'bytes' | 'time' | 'list'
  readonly sortBy?: RegionSortField
  readonly sets: ReadonlyArray<Exclude<ColumnSet, 'all'>>
  /** Undefined: not reported yet, or not said by the cluster. */
  value(row: RegionRow): string | number | boolean | readonly number[] | undefined
}

/** DingoDB writes the type before every name of an enumeration: `REGION_NORMAL` is `NORMAL` to a reader. */
export function shortName(name: string, prefix: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name
}

/** Stores stand in the order of their ids, so that the same stores look the same in every row. */
export function inOrder(storeIds: readonly number[]): readonly number[] {
  return [...storeIds].sort((one, other) => one - other)
}

/** Every column, in the order of the grid. */
export const regionColumns: readonly RegionColumn[] = [
  {
    id: 'id',
    fieldName: 'REGION_ID',
    width: 96,
    kind: 'text',
    sortBy: 'regionId',
    sets: ['basics', 'raft', 'metrics'],
    value: ({ regionId }) => String(regionId),
  },
  {
    id: 'name',
    fieldName: 'REGION_NAME',
    width: 232,
    kind: 'text',
    sortBy: 'name',
    sets: ['basics', 'raft', 'metrics'],
    value: ({ name }) => name,
  },
  {
    id: 'concerns',
    fieldName: undefined,
    width: 148,
    kind: 'text',
    sets: ['basics', 'raft', 'metrics'],
    value: ({ concerns }) => concerns.join(','),
  },
  {
    id: 'leader',
    fieldName: 'LEADER_ID',
    width: 104,
    kind: 'text',
    sortBy: 'leaderStoreId',
    sets: ['basics', 'raft'],
    value: ({ leaderStoreId }) => leaderStoreId?.toString(),
  },
  {
    id: 'replica',
    fieldName: 'REPLICA',
    width: 120,
    kind: 'list',
    sets: ['basics'],
    value: ({ storeIds }) => inOrder(storeIds),
  },
  {
    id: 'epoch',
    fieldName: 'EPOCH',
    width: 72,
    kind: 'text',
    sets: ['basics'],
    value: ({ confVersion, version }) => `${confVersion}-${version}`,
  },
  {
    id: 'type',
    fieldName: 'REGION_TYPE',
    width: 112,
    kind: 'text',
    sets: [],
    value: ({ regionType }) => shortName(regionType, 'REGION_'),
  },
  {
    id: 'state',
    fieldName: 'REGION_STATE',
    width: 120,
    kind: 'text',
    sortBy: 'state',
    sets: ['basics'],
    value: ({ state }) => shortName(state, 'REGION_'),
  },
  {
    id: 'raftStatus',
    fieldName: 'BRAFT_STATUS',
    width: 120,
    kind: 'text',
    sets: ['basics'],
    value: ({ raftStatus }) => shortName(raftStatus, 'REGION_RAFT_'),
  },
  {
    id: 'replicaStatus',
    fieldName: 'REPLICA_STATUS',
    width: 128,
    kind: 'text',
    sets: ['basics'],
    value: ({ replicaStatus }) => shortName(replicaStatus, 'REPLICA_'),
  },
  {
    id: 'startKey',
    fieldName: 'START_KEY',
    width: 184,
    grow: true,
    kind: 'text',
    sortBy: 'startKey',
    sets: ['basics'],
    value: ({ startKey }) => startKey.text || '−∞',
  },
  {
    id: 'endKey',
    fieldName: 'END_KEY',
    width: 184,
    grow: true,
    kind: 'text',
    sets: ['basics'],
    value: ({ endKey }) => endKey.text || '+∞',
  },
  {
    id: 'table',
    fieldName: 'TABLE_ID',
    width: 144,
    kind: 'text',
    sortBy: 'tableName',
    sets: ['metrics'],
    value: ({ tableId, tableName }) => (tableName === undefined ? String(tableId) : `${tableName} ${tableId}`),
  },
  {
    id: 'schema',
    fieldName: 'SCHEMA_ID',
    width: 96,
    kind: 'text',
    sets: [],
    value: ({ schemaId }) => String(schemaId),
  },
  {
    id: 'partition',
    fieldName: 'PART_ID',
    width: 88,
    kind: 'text',
    sets: ['metrics'],
    value: ({ partitionId }) => String(partitionId),
  },
  {
    id: 'engine',
    fieldName: 'ENGINE',
    width: 184,
    kind: 'text',
    sets: [],
    value: ({ storeEngine, rawEngine }) =>
      `${shortName(storeEngine, 'STORE_ENG_')} / ${shortName(rawEngine, 'RAW_ENG_')}`,
  },
  {
    id: 'raftState',
    fieldName: 'RAFT_STATE',
    width: 112,
    kind: 'text',
    sets: ['raft'],
    value: ({ raft }) => raft && shortName(raft.state, 'STATE_'),
  },
  {
    id: 'readonly',
    fieldName: 'READONLY',
    width: 88,
    kind: 'text',
    sets: ['raft'],
    value: ({ raft }) => raft?.readonly,
  },
  {
    id: 'term',
    fieldName: 'TERM',
    width: 72,
    kind: 'count',
    sortBy: 'term',
    sets: ['raft'],
    value: ({ raft }) => raft?.term,
  },
  {
    id: 'appliedIndex',
    fieldName: 'APPLIED_INDEX',
    width: 136,
    kind: 'count',
    sortBy: 'appliedIndex',
    sets: ['raft'],
    value: ({ raft }) => raft?.appliedIndex,
  },
  {
    id: 'committedIndex',
    fieldName: 'COMMITTED_INDEX',
    width: 144,
    kind: 'count',
    sets: ['raft'],
    value: ({ raft }) => raft?.committedIndex,
  },
  {
    id: 'firstIndex',
    fieldName: 'FIRST_INDEX',
    width: 112,
    kind: 'count',
    sets: ['raft'],
    value: ({ raft }) => raft?.firstIndex,
  },
  {
    id: 'lastIndex',
    fieldName: 'LAST_INDEX',
    width: 104,
    kind: 'count',
    sets: ['raft'],
    value: ({ raft }) => raft?.lastIndex,
  },
  {
    id: 'diskIndex',
    fieldName: 'DISK_INDEX',
    width: 104,
    kind: 'count',
    sets: ['raft'],
    value: ({ raft }) => raft?.diskIndex,
  },
  {
    id: 'lag',
    fieldName: undefined,
    width: 88,
    kind: 'count',
    sortBy: 'lag',
    sets: ['raft'],
    value: ({ lag }) => lag,
  },
  {
    id: 'pendingIndex',
    fieldName: 'PENDING_INDEX',
    width: 128,
    kind: 'count',
    sets: [],
    value: ({ raft }) => raft?.pendingIndex,
  },
  {
    id: 'pendingQueueSize',
    fieldName: 'PENDING_QUEUE_SIZE',
    width: 168,
    kind: 'count',
    sets: ['raft'],
    value: ({ raft }) => raft?.pendingQueueSize,
  },
  {
    id: 'stableFollowers',
    fieldName: 'STABLE_FOLLOWERS',
    width: 152,
    kind: 'list',
    sets: ['raft'],
    value: ({ raft }) => raft?.stableFollowers,
  },
  {
    id: 'unstableFollowers',
    fieldName: 'UNSTABLE_FOLLOWERS',
    width: 168,
    kind: 'list',
    sets: ['raft'],
    value: ({ raft }) => raft?.unstableFollowers,
  },
  {
    id: 'size',
    fieldName: 'REGION_SIZE',
    width: 112,
    kind: 'bytes',
    sortBy: 'sizeBytes',
    sets: ['basics', 'metrics'],
    value: ({ sizeBytes }) => sizeBytes,
  },
  {
    id: 'keys',
    fieldName: 'ROW_COUNT',
    width: 112,
    kind: 'count',
    sortBy: 'keyCount',
    sets: ['basics', 'metrics'],
    value: ({ keyCount }) => keyCount,
  },
  {
    id: 'metricsIndex',
    fieldName: 'METRICS_INDEX',
    width: 128,
    kind: 'count',
    sets: ['metrics'],
    value: ({ metricsIndex }) => metricsIndex,
  },
  {
    id: 'createdAt',
    fieldName: 'CREATE_TIME',
    width: 184,
    kind: 'time',
    sets: ['metrics'],
    value: ({ createdAtMs }) => createdAtMs,
  },
  {
    id: 'updatedAt',
    fieldName: 'UPDATE_TIME',
    width: 184,
    kind: 'time',
    sets: ['metrics'],
    value: ({ lastUpdateMs }) => lastUpdateMs,
  },
]

/** The columns of a set, in the order of the grid. */
export function columnsOf(set: ColumnSet): readonly RegionColumn[] {
  return regionColumns.filter(({ sets }) => set === 'all' || sets.includes(set))
}
