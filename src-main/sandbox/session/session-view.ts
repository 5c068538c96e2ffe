import type { SerializedSandboxError } from '../../base/sandbox-error'
import type { ClusterNodeInfo, ClusterProgress, CutLink, DelayedLink } from '../cluster/cluster-events'
import type { ClusterTopology } from '../cluster/cluster-topology'
import type { NodeMountKind } from '../node/node-mount'
import type { RawEngineName } from '../raw-engine-registry'

/** A workspace as a person knows it. */
export interface WorkspaceReference {
  /** Absolute, in the system's own notation; undefined for one that is forgotten when it closes. */
  readonly directory: string | undefined
  /** The folder's name; for one without a folder, undefined. */
  readonly name: string | undefined
}

/** A warning that the cluster told, and when (wall time in ms). */
export interface SessionWarning {
  readonly atMs: number
  readonly nodeId: number | undefined
  readonly warning: SerializedSandboxError
}

/** What a screen may ask of the cluster that is open, and why not. Absent reasons mean that it may. */
export interface SessionCapabilities {
  /** Stop, kill, restart nodes, cut links: only of a cluster that this program runs. */
  readonly control: boolean
  /** Pause a node: only of a cluster that this program runs. */
  readonly pause: boolean
  readonly write: boolean
}

/** The cluster that is open in this program, if any. Plain data; told whole at each change. */
export interface SessionView {
  /**
   * `closed`: none is open, `error` says why if that was not wanted. `starting`: nodes come up, `progress` says how far.
   * `running`: clients are served. `closing`: nodes end in order.
   */
  readonly phase: 'closed' | 'starting' | 'running' | 'closing'
  readonly workspace: WorkspaceReference | undefined
  readonly topology: ClusterTopology | undefined
  readonly engine: RawEngineName | undefined
  readonly mount: NodeMountKind | undefined
  readonly clusterId: number | undefined
  readonly progress: ClusterProgress | undefined
  /** How long the start took, in ms. */
  readonly readyMs: number | undefined
  /** Coordinators first, in the order of ids. */
  readonly nodes: readonly ClusterNodeInfo[]
  readonly cutLinks: readonly CutLink[]
  readonly delayedLinks: readonly DelayedLink[]
  /** The newest last, at most 100. */
  readonly warnings: readonly SessionWarning[]
  readonly capabilities: SessionCapabilities
  readonly error: SerializedSandboxError | undefined
}

/** What a person asks for when a sandbox is opened. */
export interface OpenRequest {
  /**
   * Absolute folder of a workspace, made if it is not there; `new`: a folder of its own below the program's folder for
   * sandboxes; `ephemeral`: forgotten at the end.
   */
  readonly where: { readonly kind: 'directory'; readonly directory: string } | { readonly kind: 'new' | 'ephemeral' }
  /** Undefined: as the workspace has it, else 3 + 3. */
  readonly topology: Partial<ClusterTopology> | undefined
  readonly engine: RawEngineName | undefined
  /** Where nodes listen, as ClusterOptions has it. Undefined: as the workspace has it, else DingoDB's ports. */
  readonly basePort?: number | undefined
}

/** A workspace that was open before. */
export interface RecentWorkspace {
  /** Absolute, in the system's own notation. */
  readonly directory: string
  readonly name: string
  readonly lastOpenedAtMs: number
  readonly coordinators: number
  readonly stores: number
  readonly engine: RawEngineName
  /** `missing`: the folder is gone. `refused`: it cannot be opened, `reason` says why. */
  readonly state: 'usable' | 'open' | 'missing' | 'refused'
  readonly reason: SerializedSandboxError | undefined
}
