import type { MessageInitShape } from '@bufbuild/protobuf'
import type { UnaryHandler } from '../../rpc/call'
import type { VersionInfoSchema } from '../../rpc/generated/dingodb/common_pb'
import type { HelloRequest, HelloResponseSchema, StoreService } from '../../rpc/generated/dingodb/store_pb'
import type { StoreRegions } from '../region/store-region'
import type { StoreFigures, StoreLocations } from './store-ports'

/** What this program says of itself. */
export type VersionInfo = MessageInitShape<typeof VersionInfoSchema>

/** The handlers that tell of the store as a whole. */
export function helloHandlers(options: {
  readonly regions: StoreRegions
  readonly locations: StoreLocations
  readonly figures: StoreFigures
  readonly version: VersionInfo
}) {
  const { regions, locations, figures, version } = options

  /** As DingoDB answers both Hello and GetMemoryInfo: the version alone if asked for, else how many regions, and their figures if asked for. */
  const hello: UnaryHandler<(typeof StoreService)['method']['hello']> = (request: HelloRequest) => {
    if (request.isJustVersionInfo) return { versionInfo: version }
    const all = regions.list()
    const response: MessageInitShape<typeof HelloResponseSchema> = {
      versionInfo: version,
      regionCount: BigInt(all.length),
      regionLeaderCount: BigInt(all.filter((region) => region.leaderStoreId === locations.storeId).length),
    }
    if (!request.getRegionMetrics) return response
    return { ...response, regionMetrics: all.flatMap((region) => figures.regionMetrics(region.id) ?? []) }
  }

  const getMemoryInfo: typeof hello = async () => ({
    versionInfo: version,
    storeOwnMetrics: await figures.storeOwnMetrics(),
  })

  return { hello, getMemoryInfo }
}
