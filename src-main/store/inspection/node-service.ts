import type { MessageInitShape } from '@bufbuild/protobuf'
import type { ServiceHandlers } from '../../rpc/call'
import { dingoError } from '../../rpc/dingo-error'
import { ClusterRole } from '../../rpc/generated/dingodb/common_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { LogDetailSchema, NodeService } from '../../rpc/generated/dingodb/node_pb'
import { LogLevel } from '../../rpc/generated/dingodb/node_pb'
import { raftStatusMessage } from '../region/raft-status-message'
import type { StoreRegion, StoreRegions } from '../region/store-region'
import type { StoreLocations } from '../service/store-ports'
import type { Storage } from '../storage/storage'

/** What NodeService of a store is made of. */
export interface NodeServiceDependencies {
  readonly regions: StoreRegions
  /** Finds the engine that knows a region's Raft status. */
  readonly storage: Storage
  readonly locations: StoreLocations
  /** What the process says of its memory, in words. */
  readonly memoryStats: () => string
}

/**
 * What a store tells of itself and its regions (node.proto, NodeService), on both of its ports. Failpoints and vector indexes are
 * not served.
 */
export function createNodeService(dependencies: NodeServiceDependencies): ServiceHandlers<typeof NodeService> {
  const { regions, storage, locations, memoryStats } = dependencies
  let logLevel = LogLevel.INFO
  let logDetail: MessageInitShape<typeof LogDetailSchema> = {}

  return {
    getNodeInfo: () => ({
      nodeInfo: {
        id: BigInt(locations.storeId),
        role: ClusterRole.STORE,
        serverLocation: locations.serverLocationOf(locations.storeId),
        raftLocation: locations.raftLocationOf(locations.storeId),
      },
    }),

    getRegionInfo: ({ regionIds }) => ({
      regions: selectRegions(regions, regionIds).map((region) => region.record),
    }),

    getRaftStatus: ({ regionIds }) => ({
      entries: selectRegions(regions, regionIds).flatMap((region) => {
        const status = storage.statusOf(region)
        if (status === undefined) return []
        const raftStatus = raftStatusMessage(status, (storeId) => locations.raftLocationOf(storeId))
        return [{ regionId: BigInt(region.id), raftStatus }]
      }),
    }),

    getLogLevel: () => ({ logLevel, logDetail }),

    // Kept and told again, for tools that set it and look: this program writes no log that it would govern.
    changeLogLevel: (request) => {
      logLevel = request.logLevel
      if (request.logDetail !== undefined) logDetail = request.logDetail
      return {}
    },

    // Its answer has no fields for figures: it says that the node is there.
    dingoMetrics: () => ({}),

    getMemoryStats: () => ({ memoryStats: memoryStats() }),
  }
}

/**
 * The regions with the given ids, in that order; all of the store for none.
 *
 * @throws SandboxError DINGODB_ERROR EREGION_NOT_FOUND for the first that is not on this store
 */
export function selectRegions(regions: StoreRegions, regionIds: readonly bigint[]): readonly StoreRegion[] {
  return regionIds.length === 0 ? regions.list() : regionIds.map((id) => findRegion(regions, id))
}

/** @throws SandboxError DINGODB_ERROR EREGION_NOT_FOUND */
export function findRegion(regions: StoreRegions, regionId: bigint): StoreRegion {
  const region = regions.find(Number(regionId))
  if (region !== undefined) return region
  const message = `Region ${String(regionId)} is not on this store: ask the coordinators where it is.`
  throw dingoError(Errno.EREGION_NOT_FOUND, message, { details: { regionId } })
}
