import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import type {
  GetEngineResponse,
  GetMetricsResponse,
  GetRaftStateResponse,
  GetRegionRecordResponse,
  LocateKeyResponse,
  ReadRaftLogEntryResponse,
  ReadRaftLogResponse,
} from '../rpc/generated/sandbox/inspection_pb'
import { InspectionService } from '../rpc/generated/sandbox/inspection_pb'
import type { ClientCore } from './client-core'
import type { OperationOptions } from './deadline'
import { checked } from './response-status'

/**
 * What only the nodes of this program tell of their inside. Any other node refuses all of it: RPC_FAILED with `UNIMPLEMENTED` in
 * its details. Calls are made once.
 *
 * Every method throws SandboxError RPC_UNAVAILABLE, RPC_FAILED, RPC_DEADLINE_EXCEEDED, CANCELLED, CLIENT_CLOSED, DINGODB_ERROR.
 */
export class NodeInside {
  readonly address: string
  readonly #core: ClientCore

  constructor(core: ClientCore, address: string) {
    this.#core = core
    this.address = address
  }

  /** A Raft group and its segments. @param regionId of a coordinator 0 */
  raftState(regionId: number, options: OperationOptions = {}): Promise<GetRaftStateResponse> {
    return this.#call(InspectionService.method.getRaftState, { regionId: BigInt(regionId) }, options)
  }

  /** Entries from an index on. */
  raftLog(
    regionId: number,
    page: { readonly fromIndex: number; readonly limit: number },
    options: OperationOptions = {},
  ): Promise<ReadRaftLogResponse> {
    const request = { regionId: BigInt(regionId), fromIndex: BigInt(page.fromIndex), limit: page.limit }
    return this.#call(InspectionService.method.readRaftLog, request, options)
  }

  raftLogEntry(regionId: number, index: number, options: OperationOptions = {}): Promise<ReadRaftLogEntryResponse> {
    const request = { regionId: BigInt(regionId), index: BigInt(index) }
    return this.#call(InspectionService.method.readRaftLogEntry, request, options)
  }

  /** The persisted record of a region. */
  regionRecord(regionId: number, options: OperationOptions = {}): Promise<GetRegionRecordResponse> {
    return this.#call(InspectionService.method.getRegionRecord, { regionId: BigInt(regionId) }, options)
  }

  engine(options: OperationOptions = {}): Promise<GetEngineResponse> {
    return this.#call(InspectionService.method.getEngine, {}, options)
  }

  async flush(options: OperationOptions = {}): Promise<void> {
    await this.#call(InspectionService.method.flush, {}, options)
  }

  /** @param columnFamily all of them if undefined */
  async compact(columnFamily: string | undefined, options: OperationOptions = {}): Promise<void> {
    await this.#call(InspectionService.method.compact, { columnFamily: columnFamily ?? '' }, options)
  }

  locateKey(key: Uint8Array, options: OperationOptions = {}): Promise<LocateKeyResponse> {
    return this.#call(InspectionService.method.locateKey, { key }, options)
  }

  metrics(options: OperationOptions = {}): Promise<GetMetricsResponse> {
    return this.#call(InspectionService.method.getMetrics, {}, options)
  }

  async #call<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
    options: OperationOptions,
  ): Promise<MessageShape<Output>> {
    const callOptions = this.#core.deadline(options).callOptions()
    return checked(await this.#core.channels.to(this.address).unary(method, request, callOptions))
  }
}
