import type { RawEngine } from '../../engine/raw/raw-engine'
import type { ServiceHandlers } from '../../rpc/call'
import { dingoError } from '../../rpc/dingo-error'
import type { DebugService } from '../../rpc/generated/dingodb/debug_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { toNumber } from '../../rpc/int64'
import type { StoreRegions } from '../region/store-region'
import type { StoreFigures, StoreLocations } from '../service/store-ports'
import type { Storage } from '../storage/storage'
import type { TimestampProviderMetrics } from '../timestamp/coordinator-timestamp-provider'
import type { RegionRecords } from './debug-answers'
import { debugAnswer } from './debug-answers'
import { dumpRegion } from './dump-region'
import { findRegion } from './node-service'

/** What DebugService is made of. */
export interface DebugServiceDependencies {
  readonly regions: StoreRegions
  readonly storage: Storage
  readonly locations: StoreLocations
  readonly figures: StoreFigures
  readonly records: RegionRecords
  readonly timestamps: { metrics(): TimestampProviderMetrics }
  readonly rawEngine: Pick<RawEngine, 'approximateSize' | 'columnFamilies' | 'compact'>
  /** What the process says of its memory, in words. */
  readonly memoryStats: () => string
}

/**
 * The inside of a store, for inspection (debug.proto, DebugService). What would change regions behind the coordinators' back,
 * thread pools and vector indexes are not served.
 */
export function createDebugService(dependencies: DebugServiceDependencies): ServiceHandlers<typeof DebugService> {
  const { regions, storage, rawEngine, memoryStats } = dependencies
  return {
    debug: (request) => debugAnswer(dependencies, request),

    async dumpRegion(request) {
      const region = findRegion(regions, request.regionId)
      const kvs = await dumpRegion(storage, region, request)
      return { data: { kvs }, tableId: region.definition.tableId }
    },

    async snapshot({ regionId }) {
      const region = findRegion(regions, regionId)
      await storage.engineOf(region).saveSnapshot(region.id)
      return {}
    },

    async transferLeader({ regionId, peer }) {
      const region = findRegion(regions, regionId)
      const target = toNumber(peer?.storeId ?? 0n, 'The id of the store to lead')
      await storage.engineOf(region).transferLeader(region.id, target)
      return {}
    },

    async compact({ cfName }) {
      const { columnFamilies } = rawEngine
      if (cfName !== '' && !columnFamilies.includes(cfName)) {
        const message = `The store has no column family "${cfName}": it has ${columnFamilies.join(', ')}. Give none for all of them.`
        throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
      }
      for (const columnFamily of cfName === '' ? columnFamilies : [cfName]) await rawEngine.compact({ columnFamily })
      return {}
    },

    getMemoryStats: () => ({ memoryStats: memoryStats() }),
  }
}
