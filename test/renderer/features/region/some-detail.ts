import type { RegionDetail, ReplicaFields } from '../../../../src-main/client/views/region-detail'
import { someKey, someRegion } from '../regions/some-regions'

export function someFields(other: Partial<ReplicaFields> = {}): ReplicaFields {
  return {
    state: 'NORMAL',
    metaEpoch: undefined,
    name: 'users_0',
    confVersion: 1,
    version: 3,
    startKey: 'users/a',
    endKey: 'users/m',
    peers: '20001, 20002',
    leaderStoreId: 20001,
    storeEngine: 'STORE_ENG_RAFT_STORE',
    rawEngine: 'RAW_ENG_ROCKSDB',
    tableId: 60001,
    partitionId: 60002,
    ...other,
  }
}

/** @param replicas what each replica tells; undefined for one that does not answer */
export function someDetail(
  other: Partial<RegionDetail> = {},
  replicas: ReadonlyArray<ReplicaFields | undefined> = [someFields(), someFields()],
): RegionDetail {
  return {
    takenAtMs: 1000,
    row: someRegion(80001),
    startKey: someKey('users/a'),
    endKey: someKey('users/m'),
    coordinator: someFields({ state: 'REGION_NORMAL', metaEpoch: 9 }),
    replicas: replicas.map((fields, at) => ({
      storeId: 20001 + at,
      role: 'voter',
      fields,
      error:
        fields === undefined
          ? { code: 'RPC_UNAVAILABLE', message: 'The store does not answer.', details: {} }
          : undefined,
      raft: undefined,
      record: undefined,
    })),
    differing: [],
    jobs: [],
    changes: [],
    regionStates: { states: ['REGION_NEW', 'REGION_NORMAL'], moves: [{ from: 'REGION_NEW', to: 'REGION_NORMAL' }] },
    peerStates: { states: ['NEW', 'NORMAL'], moves: [{ from: 'NEW', to: 'NORMAL' }] },
    ...other,
  }
}
