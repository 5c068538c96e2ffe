import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { SandboxError } from '../base/sandbox-error'
import type { CallOptions, RpcChannel, RpcChannels } from '../rpc/rpc-channel'

/**
 * The methods that change nothing, by full name. Whatever is not in the list is refused: a method that is added to the
 * protocol changes something until somebody has looked.
 */
const readingMethods: ReadonlySet<string> = new Set(
  Object.entries({
    'dingodb.pb.store.StoreService': [
      ...['Hello', 'GetMemoryInfo', 'KvGet', 'KvBatchGet'],
      ...['KvScanBegin', 'KvScanContinue', 'KvScanRelease', 'KvScanBeginV2', 'KvScanContinueV2', 'KvScanReleaseV2'],
      ...['TxnGet', 'TxnBatchGet', 'TxnScan', 'TxnDump', 'TxnScanLock'],
    ],
    'dingodb.pb.coordinator.CoordinatorService': [
      ...['Hello', 'GetMemoryInfo', 'GetRegionMap', 'GetDeletedRegionMap', 'GetRegionCount', 'GetStoreMap'],
      ...['GetStoreMetrics', 'GetRegionMetrics', 'GetStoreOwnMetrics', 'GetExecutorMap', 'GetExecutorUserMap'],
      ...['GetCoordinatorMap', 'QueryRegion', 'GetOrphanRegion', 'ScanRegions', 'GetRangeRegionMap'],
      ...['GetStoreOperation', 'GetRegionCmd', 'GetJobList', 'GetGCSafePoint', 'GetMDSList'],
    ],
    'dingodb.pb.meta.MetaService': [
      ...['Hello', 'GetMemoryInfo', 'GetTsoInfo', 'GetSchemas', 'GetSchema', 'GetSchemaByName'],
      ...['GetTables', 'GetTablesBySchema', 'GetTablesCount', 'GetTable', 'GetTableByName', 'GetTableRange'],
      ...['GetTableMetrics', 'GetIndexes', 'GetIndexesCount', 'GetIndex', 'GetIndexByName', 'GetIndexRange'],
      ...['GetIndexMetrics', 'GetAutoIncrements', 'GetAutoIncrement', 'GetDeletedTable', 'GetDeletedIndex'],
      ...['ListWatch', 'GetTenants'],
    ],
    'dingodb.pb.node.NodeService': [
      ...['GetNodeInfo', 'GetRegionInfo', 'GetRaftStatus', 'GetLogLevel', 'DingoMetrics', 'GetFailPoints'],
      ...['GetMemoryStats', 'CheckVectorIndex', 'GetVectorIndexSnapshot'],
    ],
    'dingodb.sandbox.inspection.InspectionService': [
      ...['GetRaftState', 'ReadRaftLog', 'ReadRaftLogEntry', 'GetRegionRecord', 'GetEngine', 'LocateKey', 'GetMetrics'],
    ],
    'dingodb.pb.debug.DebugService': [
      ...['Debug', 'GetMemoryStats', 'TraceWorkQueue', 'ShowAffinity', 'DumpRegion', 'DumpRegionMemoryLock'],
    ],
  }).flatMap(([service, methods]) => methods.map((method) => `${service}.${method}`)),
)

/** Whether a call of this method leaves the cluster as it is. `fullName` as in `dingodb.pb.store.StoreService.KvGet`. */
export const isReadingMethod = (fullName: string): boolean => readingMethods.has(fullName)

/** Channels that refuse, before anything is sent, every method that may change something: CLIENT_READ_ONLY. */
export class ReadOnlyChannels implements RpcChannels {
  readonly #channels: RpcChannels

  constructor(channels: RpcChannels) {
    this.#channels = channels
  }

  to(address: string): RpcChannel {
    return new ReadOnlyChannel(this.#channels.to(address))
  }

  close(): Promise<void> {
    return this.#channels.close()
  }
}

class ReadOnlyChannel implements RpcChannel {
  readonly address: string
  readonly #channel: RpcChannel

  constructor(channel: RpcChannel) {
    this.address = channel.address
    this.#channel = channel
  }

  async unary<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
    options?: CallOptions,
  ): Promise<MessageShape<Output>> {
    const fullName = `${method.parent.typeName}.${method.name}`
    if (!isReadingMethod(fullName)) {
      throw new SandboxError(
        'CLIENT_READ_ONLY',
        `${method.name} may change the cluster, and this client was opened for reading only: open one that may write.`,
        { details: { method: fullName } },
      )
    }
    return this.#channel.unary(method, request, options)
  }
}
