import type { HostMessage, NodeMessage } from './mount-messages'
import type { NodeMountKind, NodeMountSupport } from './node-mount'

/** Told by a carrier. Must not throw. */
export interface CarrierListener {
  readonly onMessage: (message: NodeMessage) => void
  /** The node is gone, with its process or what it had of its thread. Called once. @param words what is known of the reason, for a sentence; empty if it ended in peace */
  readonly onEnd: (words: string) => void
}

/** The thread or process in which a node runs, without knowledge of what a node is. */
export interface NodeCarrier {
  readonly kind: NodeMountKind
  readonly supports: NodeMountSupport
  /** Starts the process, or makes room in the thread. Failures come as its end. */
  launch(listener: CarrierListener): void
  post(message: HostMessage): void
  /** Resolves when it is paused. */
  pause(): Promise<void>
  resume(): void
  /** Silences it at once, by whatever means it has; paused or not. */
  kill(): void
  /** Ends what is left, when the node in it has closed everything. */
  end(): void
}
