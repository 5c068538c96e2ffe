import type { SandboxError } from '../../base/sandbox-error'
import type { FlowCommand, FlowReport } from '../../flow/flow-messages'
import type { LinkRule } from './node-link'
import type { NodeConfig } from './node-config'
import type { NodeStartPhases, NodeStatus } from './node-status'

/** Told of what happens inside a node. Must not throw. */
export interface NodeListener {
  readonly onFailure: (error: SandboxError) => void
  readonly onWarning: (error: SandboxError) => void
  /** Somebody asked the node over the wire to end: whoever owns it stops it. */
  readonly onShutdown: () => void
  /** What stepping has to tell its controller. */
  readonly onFlow: (report: FlowReport) => void
}

/** How a node ends in order. */
export interface StopOptions {
  /** Regions that it leads are handed to other stores first. Not when the others end as well: nobody would take them. */
  readonly handOver: boolean
}

/** A node as mounts handle it: one life, in the thread in which it was made. */
export interface MountableNode {
  /** Opens and serves. What was opened is closed when it fails or is killed meanwhile. */
  start(): Promise<NodeStartPhases>
  /** Ends in order. Resolves when everything is closed, rejects with what could not be flushed. Twice is harmless. */
  stop(options: StopOptions): Promise<void>
  /** Silent for good when the call returns. Resolves when everything is closed; never rejects. */
  kill(): Promise<void>
  /** From now on it takes nothing, says nothing and does nothing that time asks for, until it goes on. Twice is harmless. */
  pause(): void
  /** Goes on with what has piled up meanwhile. Twice is harmless. */
  resume(): void
  setLink(rule: LinkRule): void
  /** Takes what the controller of stepping says. */
  flow(command: FlowCommand): void
  status(): Promise<NodeStatus>
}

/** Makes a node; it does nothing before its start. */
export type CreateNode = (config: NodeConfig, links: readonly LinkRule[], listener: NodeListener) => MountableNode
