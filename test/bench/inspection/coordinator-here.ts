import { create, toBinary } from '@bufbuild/protobuf'
import type { DescMethodUnary } from '@bufbuild/protobuf'
import { RegionReports } from '../../../src-main/coordinator/liveness/region-reports'
import { MetaState } from '../../../src-main/coordinator/meta/meta-state'
import { regions, stores } from '../../../src-main/coordinator/meta/meta-table'
import type { MetaView } from '../../../src-main/coordinator/meta/meta-view'
import { clusterHandlers } from '../../../src-main/coordinator/service/cluster-handlers'
import { regionHandlers } from '../../../src-main/coordinator/service/region-handlers'
import { RegionMessages } from '../../../src-main/coordinator/service/region-messages'
import type { ServiceContext } from '../../../src-main/coordinator/service/service-context'
import type { Clock } from '../../../src-main/env'
import type { CallContext } from '../../../src-main/rpc/call'
import { RegionState, StoreSchema, StoreState } from '../../../src-main/rpc/generated/dingodb/common_pb'
import { RegionInternalSchema } from '../../../src-main/rpc/generated/dingodb/coordinator_internal_pb'
import { CoordinatorService } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import { ServiceRegistry } from '../../../src-main/rpc/service-registry'
import { definition, FIRST_REGION, location, report, STORE_IDS } from './server-of-regions'

/**
 * A coordinator in this thread, as one that is mounted inline: its real handlers, over the metadata of so many regions and
 * the reports of their stores. It answers with bytes, as over any channel.
 */
export class CoordinatorHere {
  readonly #registry: ServiceRegistry
  readonly #clock: Clock

  constructor(count: number, clock: Clock) {
    this.#clock = clock
    const state = new MetaState()
    const reports = new RegionReports()
    const numbers = Array.from({ length: count }, (_, at) => at)
    for (const storeId of STORE_IDS) {
      const serverLocation = location(storeId)
      const store = { id: BigInt(storeId), state: StoreState.STORE_NORMAL, serverLocation }
      state.put(stores.prefix, storeId, create(StoreSchema, store))
      const metrics = numbers.map((at) => report(at, storeId))
      reports.report(storeId, metrics, false)
    }
    for (const at of numbers) {
      const id = FIRST_REGION + at
      const region = { id: BigInt(id), definition: definition(at), state: RegionState.REGION_NORMAL }
      state.put(regions.prefix, id, create(RegionInternalSchema, region))
    }
    const context = {
      clock,
      reports,
      messages: new RegionMessages(reports),
      control: { read: <Answer>(reader: (view: MetaView) => Answer) => Promise.resolve(reader(state)) },
    } as unknown as ServiceContext
    const handlers = { ...clusterHandlers(() => context), ...regionHandlers(() => context) }
    this.#registry = new ServiceRegistry().add(CoordinatorService, handlers)
  }

  regionMap(): Promise<number> {
    return this.#answer(CoordinatorService.method.getRegionMap, { tenantId: -1n })
  }

  storeMetrics(storeId: number): Promise<number> {
    return this.#answer(CoordinatorService.method.getStoreMetrics, { storeId: BigInt(storeId) })
  }

  /** @returns the bytes of the answer */
  async #answer(method: DescMethodUnary, request: Record<string, unknown>): Promise<number> {
    const served = this.#registry.find(`/${method.parent.typeName}/${method.name}`)
    const bytes = toBinary(method.input, create(method.input, request))
    const answer = await served?.answer(bytes, {} as CallContext, this.#clock)
    return answer?.length ?? 0
  }
}
