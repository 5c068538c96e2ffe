import type { SandboxError } from '../base/sandbox-error'
import type { MessageInitShape } from '@bufbuild/protobuf'
import type { Engine } from '../engine/engine'
import type { EngineListener } from '../engine/engine-region'
import type { RawEngine } from '../engine/raw'
import type { TimestampProvider } from '../engine/timestamp-provider'
import type { Env } from '../env'
import type { FlowProbe } from '../flow/flow-probe'
import type { CoordinatorChannel } from '../rpc/coordinator-channel'
import type { StoreOwnMetricsSchema, VersionInfoSchema } from '../rpc/generated/dingodb/common_pb'
import type { RegionCommandObserver } from './controller/region-stage'
import type { NodeLocation } from './meta/store-server-meta'
import type { StoreSettings } from './store-settings'

/** The keyring with which coordinators let any store in. */
export const openKeyring = 'TO_BE_CONTINUED'

/** What the machine and the process are doing, as common.StoreOwnMetrics has it; what is not known is left out. */
export type HostMetrics = Omit<MessageInitShape<typeof StoreOwnMetricsSchema>, '$typeName' | 'id'>

/** What the engines of a store need of it. */
export interface EngineDependencies {
  readonly rawEngine: RawEngine
  readonly listener: EngineListener
  readonly timestamps: TimestampProvider
}

/** Calls to whoever leads the coordinators, and who that was last. */
export type CoordinatorCalls = Pick<CoordinatorChannel, 'call'> & Partial<Pick<CoordinatorChannel, 'leaderAddress'>>

/** What a store node is made of. */
export interface StoreNodeOptions {
  readonly env: Env
  /** As the coordinators know it; also the Raft member id of its replicas. */
  readonly storeId: number
  /** Default {@link openKeyring}. */
  readonly keyring?: string | undefined
  /** For placing regions on chosen stores; default none. */
  readonly resourceTag?: string | undefined
  readonly serverLocation: NodeLocation
  readonly raftLocation: NodeLocation
  /** Has the families `default`, `meta`, `data`, `lock` and `write`. Its owner opens and closes it. */
  readonly rawEngine: RawEngine
  /** Makes the engines, one a kind, all over the one raw engine. The node owns them from then on. Called once, by the constructor. */
  readonly createEngines: (dependencies: EngineDependencies) => readonly Engine[]
  readonly coordinators: CoordinatorCalls
  readonly settings?: Partial<StoreSettings> | undefined
  /** Default: nothing is known of the machine. */
  readonly hostMetrics?: (() => HostMetrics | Promise<HostMetrics>) | undefined
  /** What the process says of its memory, in words; default nothing. */
  readonly memoryStats?: (() => string) | undefined
  /** What the program says of itself; default nothing. */
  readonly version?: MessageInitShape<typeof VersionInfoSchema> | undefined
  /** Follows requests and region commands; default: nobody does. */
  readonly probe?: FlowProbe | undefined
  /** Told of the steps of region commands, which it may hold. */
  readonly commandObserver?: RegionCommandObserver | undefined
  /** A part of the node has failed and stays so until the node is started anew; the rest goes on. Details name the region. */
  readonly onFailure: (error: SandboxError) => void
  /** Something went wrong that the node can live with. */
  readonly onWarning: (error: SandboxError) => void
}
