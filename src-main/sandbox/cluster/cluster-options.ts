import type { Env } from '../../env'
import type { NodeMountKind } from '../node/node-mount'
import type { NodeSettings } from '../node/node-settings'
import type { RawEngineName } from '../raw-engine-registry'
import type { ClusterTopology } from './cluster-topology'

/** Where the bundled programs of mounted nodes lie: absolute paths in the system's own notation. */
export interface NodeEntries {
  /** `node-worker.cjs`, for the mount `worker`. */
  readonly worker: string
  /** `node-process.cjs`, for the mount `process`. */
  readonly process: string
}

/** How to open a cluster. What is left out is taken from the workspace, else from the defaults. */
export interface ClusterOptions {
  readonly env: Env
  /** The workspace folder, absolute, in the system's own notation. Undefined for an ephemeral cluster: its folder goes when it closes. */
  readonly directory: string | undefined
  /** Default 3 + 3. Fixed once the workspace is made. */
  readonly topology?: Partial<ClusterTopology> | undefined
  /** Default `rocksdb`. Fixed once the workspace is made. */
  readonly engine?: RawEngineName | undefined
  /** Where nodes run. Default `worker`. */
  readonly mount?: NodeMountKind | undefined
  /**
   * Threads over which the nodes of the mount `worker` are spread, 1 or more; as many as nodes, or more, give each its own.
   * Default: as many as the machine has processors beside the one for the host, see {@link defaultThreads}.
   */
  readonly threads?: number | undefined
  /**
   * Coordinators listen at it + 1.., stores at it + 201.., Raft 100 above each; 0 for whatever ports are free. Default: the
   * ports of DingoDB's scripts.
   */
  readonly basePort?: number | undefined
  /** Where nodes listen and are reached. Default 127.0.0.1. */
  readonly host?: string | undefined
  /** Needed for the mounts `worker` and `process`. */
  readonly entries?: NodeEntries | undefined
  readonly settings?: Partial<NodeSettings> | undefined
}
