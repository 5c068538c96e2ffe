import type { Clock, Random } from '../env'
import { CoordinatorChannel } from '../rpc/coordinator-channel'
import type { RpcChannels } from '../rpc/rpc-channel'
import { ClientCore, DEFAULT_TIMEOUT_MS } from './client-core'
import { ComposedClient } from './composed-client'
import { InspectionClient } from './inspection-client'
import { KvClient } from './kv-client'
import { MappedChannels } from './mapped-channels'
import { ReadOnlyChannels } from './read-only-channels'
import { RegionClient } from './region-client'
import { TableClient } from './table-client'

export type { OperationOptions } from './deadline'
export { compareKeys, endOfPrefix, fromHex, nextKey, toHex } from './key-bytes'
export type { KeyRange } from './key-range'
export type { KeyValue, ReadOptions, WriteOptions } from './kv-client'
export type { NodeInspection } from './node-inspection'
export type { CreateRegionOptions, RegionDescription } from './region-client'
export { addressOf } from './region-route'
export type { ScanOptions } from './region-scan'
export type { CreateTableOptions, RegionProgress, Table } from './table-client'
export { DEFAULT_SCHEMA } from './table-client'
export type { ColumnDescription, StorageEngineName, TableDescription } from './table-description'
export { storageEngineName } from './table-description'
export type { KeyNamespace, PartitionLayout } from './table-keys'
export { TableKeys } from './table-keys'

/** How to reach a cluster, and how to treat it. */
export interface ClusterClientOptions {
  /** `host:port` of the coordinators' server ports; at least one. */
  readonly coordinators: readonly string[]
  /** Carries the calls; closed with the client. */
  readonly channels: RpcChannels
  readonly clock: Clock
  readonly random: Random
  /** For nodes that announce addresses which do not lead to them from here: `host:port` as announced -> as reachable. */
  readonly addressMap?: ReadonlyMap<string, string> | undefined
  /** Refuses every call that may change the cluster: CLIENT_READ_ONLY. Default false. */
  readonly readOnly?: boolean | undefined
  /** Ms that an operation may take, unless it says otherwise. Default 10,000. */
  readonly timeoutMs?: number | undefined
  /**
   * Repeats puts and deletes whose answer was lost. The cluster then ends up as asked, but what somebody else wrote in
   * between may be overwritten, so that the default is false: CLIENT_OUTCOME_UNKNOWN. Conditional writes are never repeated.
   */
  readonly retryUnknown?: boolean | undefined
}

/**
 * A client of a cluster that speaks DingoDB's protocol: one of this program, a simulated one, or any other. Opening one
 * calls nobody.
 */
export class ClusterClient {
  readonly kv: KvClient
  readonly tables: TableClient
  readonly regions: RegionClient
  readonly inspection: InspectionClient
  readonly composed: ComposedClient
  readonly #core: ClientCore
  readonly #channels: RpcChannels

  /** @throws SandboxError INVALID_ARGUMENT if no coordinator is named */
  constructor(options: ClusterClientOptions) {
    const { clock, random, readOnly = false, retryUnknown = false, timeoutMs = DEFAULT_TIMEOUT_MS } = options
    const mapped = new MappedChannels(options.channels, options.addressMap ?? new Map<string, string>())
    this.#channels = mapped
    const channels = readOnly ? new ReadOnlyChannels(mapped) : mapped
    const coordinators = new CoordinatorChannel({ addresses: options.coordinators, channels, clock, random, timeoutMs })
    this.#core = new ClientCore({ clock, random, channels, coordinators, timeoutMs, retryUnknown })
    this.kv = new KvClient(this.#core)
    this.tables = new TableClient(this.#core)
    this.regions = new RegionClient(this.#core)
    this.inspection = new InspectionClient(this.#core)
    this.composed = new ComposedClient(this.#core)
  }

  /** Forgets what was learned of regions and leaders: after the cluster was replaced by another at the same addresses. */
  forgetRoutes(): void {
    this.#core.forgetRoutes()
  }

  /**
   * Lets go of the connections. Operations under way end with CLIENT_CLOSED, writes that were sent with
   * CLIENT_OUTCOME_UNKNOWN. Twice is harmless.
   */
  async close(): Promise<void> {
    this.#core.close()
    await this.#channels.close()
  }
}
