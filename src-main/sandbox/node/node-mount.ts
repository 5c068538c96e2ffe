import type { SandboxError } from '../../base/sandbox-error'
import type { FlowCommand, FlowReport } from '../../flow/flow-messages'
import type { LinkRule } from './node-link'
import type { NodeConfig } from './node-config'
import type { StopOptions } from './mountable-node'
import type { NodeExit, NodeStartPhases, NodeStatus } from './node-status'

/** Where a node runs: in the caller's thread, in another one, which others may share, or in a process of its own. */
export type NodeMountKind = 'inline' | 'worker' | 'process'
export const nodeMountKinds: readonly NodeMountKind[] = ['inline', 'worker', 'process']

/** What a mount can do beyond what all can. Callers branch on this; the sentences are for people. */
export interface NodeMountSupport {
  /** Can be paused and resumed; else why not. */
  readonly pause: true | { readonly reason: string }
  /** A kill is the operating system's own, nothing is closed; else the node falls silent at once and is closed behind the scenes. */
  readonly operatingSystemKill: boolean
}

/** Told of what happens to a mounted node. Must not throw. */
export interface NodeMountListener {
  /** The node is gone, its directory and ports are free. Called once, after a start that was not refused. */
  readonly onExit: (exit: NodeExit) => void
  /** A part of the node failed for good; the node goes on with what is left, for inspection. */
  readonly onFailure: (error: SandboxError) => void
  /** Something went wrong that the node can live with. */
  readonly onWarning: (error: SandboxError) => void
  /** What stepping on this node has to tell its controller. */
  readonly onFlow: (report: FlowReport) => void
}

/** One life of a node, wherever it runs: it is started once, and over when {@link NodeMountListener.onExit} was called. */
export interface NodeMount {
  readonly kind: NodeMountKind
  readonly supports: NodeMountSupport
  /**
   * Brings the node up; resolves when both ports serve. What was opened is closed when it fails.
   *
   * @param links rules that hold from the first message on
   * @throws SandboxError as the node's own start, NODE_FAILED if its thread or process does not come up
   */
  start(config: NodeConfig, links: readonly LinkRule[]): Promise<NodeStartPhases>
  /** Ends it in order: what is under way is answered, what is written is flushed. Resolves when it is gone. Twice is harmless. */
  stop(options: StopOptions): Promise<void>
  /** Silences it at once and for good, as if its machine lost power. Resolves when it is silent; it may be gone only later. */
  kill(): Promise<void>
  /** It takes, says and does nothing until it is resumed. @throws SandboxError NODE_NOT_SUPPORTED */
  pause(): Promise<void>
  /** Lets it go on. @throws SandboxError NODE_NOT_SUPPORTED */
  resume(): Promise<void>
  /** Cuts, delays or heals a link. @throws SandboxError NODE_FAILED if the node is gone */
  setLink(rule: LinkRule): Promise<void>
  /** Tells the node what the controller of stepping says; resolves when it is taken. @throws SandboxError NODE_FAILED as {@link status} */
  flow(command: FlowCommand): Promise<void>
  /** @throws SandboxError NODE_FAILED if the node is gone or does not answer */
  status(): Promise<NodeStatus>
}
