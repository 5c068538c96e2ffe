import type { RegionMap, RegionMetrics, StoreMap, StoreMetrics } from '../rpc/generated/dingodb/common_pb'
import type { GetCoordinatorMapResponse, Job } from '../rpc/generated/dingodb/coordinator_pb'
import { CoordinatorService } from '../rpc/generated/dingodb/coordinator_pb'
import type { ClientCore } from './client-core'
import { callCoordinators } from './coordinator-client'
import type { OperationOptions } from './deadline'
import { NodeInside } from './node-inside'
import { NodeInspection } from './node-inspection'

/** Of all tenants, not only of the first. */
const ALL_TENANTS = -1n

/**
 * What the coordinators, and each node by itself, say of the cluster: the same for a cluster of this program and for any
 * other that speaks the protocol. Messages are the protocol's own, with the fields that this version does not know kept.
 *
 * Every method throws SandboxError RPC_UNAVAILABLE, RPC_DEADLINE_EXCEEDED, CANCELLED, CLIENT_CLOSED, DINGODB_ERROR.
 */
export class InspectionClient {
  readonly #core: ClientCore

  constructor(core: ClientCore) {
    this.#core = core
  }

  /** All coordinators, and who leads. */
  async coordinatorMap(options: OperationOptions = {}): Promise<GetCoordinatorMapResponse> {
    const method = CoordinatorService.method.getCoordinatorMap
    return callCoordinators(this.#core, method, { getCoordinatorMap: true }, this.#core.deadline(options))
  }

  /** All stores with their states. */
  async storeMap(options: OperationOptions = {}): Promise<StoreMap | undefined> {
    const method = CoordinatorService.method.getStoreMap
    return (await callCoordinators(this.#core, method, { epoch: 0n }, this.#core.deadline(options))).storemap
  }

  /** All regions of all tenants, without their metrics. */
  async regionMap(options: OperationOptions = {}): Promise<RegionMap | undefined> {
    const method = CoordinatorService.method.getRegionMap
    const request = { epoch: 0n, tenantId: ALL_TENANTS }
    return (await callCoordinators(this.#core, method, request, this.#core.deadline(options))).regionmap
  }

  /** What stores last reported of themselves and their regions. @param storeId all stores if not given */
  async storeMetrics(storeId?: number, options: OperationOptions = {}): Promise<StoreMetrics[]> {
    const method = CoordinatorService.method.getStoreMetrics
    const request = { storeId: BigInt(storeId ?? 0) }
    return (await callCoordinators(this.#core, method, request, this.#core.deadline(options))).storeMetrics
  }

  /** What leaders last reported of their regions. @param regionId all regions if not given */
  async regionMetrics(regionId?: number, options: OperationOptions = {}): Promise<RegionMetrics[]> {
    const method = CoordinatorService.method.getRegionMetrics
    const request = { regionId: BigInt(regionId ?? 0) }
    return (await callCoordinators(this.#core, method, request, this.#core.deadline(options))).regionMetrics
  }

  /** The jobs of the coordinators: those under way, and finished ones on request. @param options.jobId only that one */
  async jobs(
    options: OperationOptions & { readonly finished?: boolean | undefined; readonly jobId?: number | undefined } = {},
  ): Promise<Job[]> {
    const method = CoordinatorService.method.getJobList
    const request = { includeArchive: options.finished ?? false, jobId: BigInt(options.jobId ?? 0) }
    return (await callCoordinators(this.#core, method, request, this.#core.deadline(options))).jobList
  }

  /** The inside of one node of this program. @param address as of {@link node} */
  inside(address: string): NodeInside {
    return new NodeInside(this.#core, address)
  }

  /** One node, asked directly. @param address `host:port` of its server, as the cluster announces it */
  node(address: string): NodeInspection {
    return new NodeInspection(this.#core, address)
  }
}
