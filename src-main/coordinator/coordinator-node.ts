import type { SandboxError } from '../base/sandbox-error'
import type { Env } from '../env'
import type { RawEngine } from '../engine/raw/index'
import type { RaftNodeManager } from '../raft/node/raft-node-manager'
import type { RpcChannels } from '../rpc/rpc-channel'
import type { ServiceRegistry } from '../rpc/service-registry'
import type { CoordinatorSettings } from './coordinator-settings'
import type { OnCoordinatorStage } from './coordinator-stage'

/** Where something of a node is served. */
export interface NodeLocation {
  readonly host: string
  /** 1 to 65535. */
  readonly port: number
}

/** One of the coordinators of a cluster. */
export interface CoordinatorMember {
  /** Also its member id in the coordinators' Raft group. */
  readonly id: number
  readonly serverLocation: NodeLocation
  readonly raftLocation: NodeLocation
}

/** What a coordinator is made of. What is handed in outlives it and is closed by whoever made it. */
export interface CoordinatorNodeOptions {
  readonly env: Pick<Env, 'clock' | 'random'>
  readonly coordinatorId: number
  readonly serverLocation: NodeLocation
  readonly raftLocation: NodeLocation
  /** All coordinators of the cluster in the same order on each of them, this one included. The first gets a new cluster going. */
  readonly coordinators: readonly CoordinatorMember[]
  /** Has the column family `meta`. */
  readonly rawEngine: RawEngine
  /** Gets one group, region 0. */
  readonly raftManager: RaftNodeManager
  /** To the stores, for pushed commands. */
  readonly channels: RpcChannels
  readonly settings?: Partial<CoordinatorSettings>
  readonly onStage?: OnCoordinatorStage
  /** The coordinator cannot go on and must be started anew. */
  readonly onFailure: (error: SandboxError) => void
  /** Something went wrong that it can live with. */
  readonly onWarning: (error: SandboxError) => void
}

/** One coordinator: a member of the group that keeps the cluster's metadata. */
export class CoordinatorNode {
  readonly options: CoordinatorNodeOptions

  constructor(options: CoordinatorNodeOptions) {
    this.options = options
  }

  /** Adds the services of its two ports. Before {@link start} and on a coordinator that does not lead they answer ERAFT_NOTLEADER. */
  registerServices(_ports: { readonly server: ServiceRegistry; readonly raft: ServiceRegistry }): void {
    throw new Error('not yet')
  }

  /** Reads what is stored and joins the coordinators' Raft group. @throws SandboxError of the raw engine and of Raft */
  start(): Promise<void> {
    throw new Error('not yet')
  }

  /** Ends its work in order and leaves the Raft group's manager. Twice is harmless. */
  stop(): Promise<void> {
    throw new Error('not yet')
  }

  /** From now on it starts nothing and answers nobody, as a killed process; {@link stop} still closes what it opened. */
  silence(): void {
    throw new Error('not yet')
  }
}
