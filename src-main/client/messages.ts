// The messages of the protocol that answers of the client are made of, for callers that may not import `rpc`.
export type { Location, Peer, Range, Region, RegionEpoch, Store } from '../rpc/generated/dingodb/common_pb'
export { CoordinatorState, PeerRole, RegionState, ReplicaStatus, StoreState } from '../rpc/generated/dingodb/common_pb'
export type { GetCoordinatorMapResponse, Job, ScanRegionInfo } from '../rpc/generated/dingodb/coordinator_pb'
export type { RangeDistribution, Schema, TableDefinition } from '../rpc/generated/dingodb/meta_pb'
export { PartitionStrategy } from '../rpc/generated/dingodb/meta_pb'
