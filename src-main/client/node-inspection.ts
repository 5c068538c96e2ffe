import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import type { DebugResponse, DebugType, DumpRegionResponse } from '../rpc/generated/dingodb/debug_pb'
import { DebugService } from '../rpc/generated/dingodb/debug_pb'
import type { NodeInfo, RaftStatusEntry } from '../rpc/generated/dingodb/node_pb'
import { NodeService } from '../rpc/generated/dingodb/node_pb'
import type { Region as StoreRegion } from '../rpc/generated/dingodb/store_internal_pb'
import type { ClientCore } from './client-core'
import type { OperationOptions } from './deadline'
import type { KeyRange } from './key-range'
import { checked } from './response-status'

/**
 * What one node says of itself. Calls are made once, to this node only, so that it can be looked at while others are
 * down. Messages are the protocol's own, with the fields that this version does not know kept in them.
 *
 * Every method throws SandboxError RPC_UNAVAILABLE, RPC_DEADLINE_EXCEEDED, CANCELLED, CLIENT_CLOSED, DINGODB_ERROR
 * (ENOT_SUPPORT for what the node does not serve).
 */
export class NodeInspection {
  /** `host:port` of the node's server. */
  readonly address: string
  readonly #core: ClientCore

  constructor(core: ClientCore, address: string) {
    this.#core = core
    this.address = address
  }

  /** Id, role and addresses. */
  async nodeInfo(options: OperationOptions = {}): Promise<NodeInfo | undefined> {
    return (await this.#call(NodeService.method.getNodeInfo, {}, options)).nodeInfo
  }

  /** The node's own records of regions. @param regionIds those that are named */
  async regionInfo(regionIds: readonly number[], options: OperationOptions = {}): Promise<StoreRegion[]> {
    return (await this.#call(NodeService.method.getRegionInfo, { regionIds: regionIds.map(BigInt) }, options)).regions
  }

  /** Terms, indexes and followers of regions' Raft nodes. @param regionIds those that are named */
  async raftStatus(regionIds: readonly number[], options: OperationOptions = {}): Promise<RaftStatusEntry[]> {
    return (await this.#call(NodeService.method.getRaftStatus, { regionIds: regionIds.map(BigInt) }, options)).entries
  }

  /** What a store knows of one kind of thing. @param regionIds none for all regions */
  async debug(
    type: DebugType,
    regionIds: readonly number[] = [],
    options: OperationOptions = {},
  ): Promise<DebugResponse> {
    return this.#call(DebugService.method.debug, { type, regionIds: regionIds.map(BigInt) }, options)
  }

  /** The stored versions of a region's pairs, deleted ones included. */
  async dumpRegion(
    regionId: number,
    page: { readonly range?: KeyRange | undefined; readonly offset: number; readonly limit: number },
    options: OperationOptions = {},
  ): Promise<DumpRegionResponse> {
    const { range, offset, limit } = page
    const request = {
      regionId: BigInt(regionId),
      ...(range === undefined ? {} : { range: { startKey: range.startKey, endKey: range.endKey } }),
      offset: BigInt(offset),
      limit: BigInt(limit),
    }
    return this.#call(DebugService.method.dumpRegion, request, options)
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
