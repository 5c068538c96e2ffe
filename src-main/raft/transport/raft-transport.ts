import type { NodeId } from '../core/model/node-id'
import type { PeerMessage, PeerMessageHandler } from './peer-message'

/**
 * Carries messages between the nodes of a cluster for all Raft groups at once. It promises nothing: a message may be lost,
 * late, doubled or overtaken, which Raft lives with. It never waits and never throws for a receiver that cannot be reached.
 */
export interface RaftTransport {
  /** The node that it works for. */
  readonly nodeId: NodeId
  /**
   * The longest command in bytes that a message can carry to a peer; undefined for no limit. A leader takes no longer one: it would
   * stand in its log for ever, with everything behind it.
   */
  readonly maxCommandBytes?: number | undefined
  /** Hands a message over to be carried. Messages to one node that are sent in one turn of the loop may travel together. */
  send(to: NodeId, message: PeerMessage): void
  /** Says who takes what arrives; what arrives before that is lost. */
  listen(handler: PeerMessageHandler): void
  /** Stops carrying in both directions. Twice is harmless. */
  close(): Promise<void>
}
