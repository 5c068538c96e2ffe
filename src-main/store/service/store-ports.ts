import type { MessageInitShape } from '@bufbuild/protobuf'
import type { RegionMetricsSchema, StoreOwnMetricsSchema } from '../../rpc/generated/dingodb/common_pb'

/** Where a port of a node is reached: a host that is not empty and a port above 0. */
export interface ReachableLocation {
  readonly host: string
  readonly port: number
}

/** This store and where the others are: what StoreServerMeta knows. */
export interface StoreLocations {
  /** This store. */
  readonly storeId: number
  /** Where a store serves clients; undefined if that is not known. */
  serverLocationOf(storeId: number): ReachableLocation | undefined
  /** Where a store takes Raft messages; undefined if that is not known. */
  raftLocationOf(storeId: number): ReachableLocation | undefined
}

/** The figures that heartbeats report. */
export interface StoreFigures {
  /** The figures of a region as last collected; undefined if there are none. */
  regionMetrics(regionId: number): MessageInitShape<typeof RegionMetricsSchema> | undefined
  /** The figures of the store's machine and process. */
  storeOwnMetrics():
    MessageInitShape<typeof StoreOwnMetricsSchema> | Promise<MessageInitShape<typeof StoreOwnMetricsSchema>>
}
