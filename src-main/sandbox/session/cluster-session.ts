import type { ClusterClient } from '../../client/cluster-client'
import type { ClusterHost } from '../cluster/cluster-host'
import type { OpenRequest, RecentWorkspace, SessionView } from './session-view'

/** What the program has while a cluster serves clients. */
export interface RunningCluster {
  /** Controls the nodes. */
  readonly host: ClusterHost
  /** Reaches their data, as any other client does. */
  readonly client: ClusterClient
}

/**
 * The one cluster that this program has open, from the wish to open it to its end. Owns its {@link ClusterHost}, and the
 * client through which the screens look at it.
 */
export interface ClusterSession {
  readonly view: SessionView
  /** Calls back after every change of {@link view}. @returns stops it */
  onChange(listener: (view: SessionView) => void): () => void
  /** @throws SandboxError SESSION_NOT_RUNNING while no cluster serves clients */
  running(): RunningCluster
  /**
   * Opens a workspace and starts its cluster; resolves when the folder is held and nodes are coming up. The rest is told
   * by {@link view}, a failure included.
   *
   * @throws SandboxError SESSION_BUSY while another is open; what ClusterHost.open throws
   */
  open(request: OpenRequest): Promise<void>
  /** Ends the cluster in order; one that is still starting, too. Twice is harmless. */
  close(): Promise<void>
  /** The newest first. */
  recent(): Promise<readonly RecentWorkspace[]>
  /** Takes a workspace off the list; its folder stays. */
  forget(directory: string): Promise<void>
}
