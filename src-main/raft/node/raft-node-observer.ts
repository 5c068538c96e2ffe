import type { SandboxError } from '../../base/sandbox-error'
import type { ConfState } from '../core/model/conf-state'
import type { Entry, EntryId } from '../core/model/entry'
import type { NodeId } from '../core/model/node-id'
import type { SoftState } from '../core/model/soft-state'
import type { Refusal } from '../core/refusal'
import type { LogUpdate } from '../log/raft-log-store'
import type { PeerMessage } from '../transport/peer-message'

/**
 * Told of what a node does, at the moment it does it: for traces, breakpoints and the checks of simulations. Callbacks that are
 * left out cost nothing. They must not throw, and must not call the node.
 *
 * Appended, written, durable, committed and applied are five moments in the life of an entry; see docs/raft-node.md.
 */
export interface RaftNodeObserver<Result = unknown> {
  /** The leader took commands into its log as these entries. */
  readonly proposed?: (first: EntryId, count: number) => void
  /** The log took an update; it may be lost in any crash. */
  readonly appended?: (update: LogUpdate) => void
  /** The log up to an index is with the operating system: it survives the death of the process. */
  readonly written?: (lastIndex: number) => void
  /** The log up to an index survives the loss of power. What depended on it leaves the node right after this. */
  readonly durable?: (lastIndex: number) => void
  readonly sent?: (to: NodeId, message: PeerMessage) => void
  readonly received?: (from: NodeId, message: PeerMessage) => void
  /** A message was not taken. */
  readonly refused?: (from: NodeId, message: PeerMessage, refusal: Refusal) => void
  /** This node learned that everything up to an index is committed. */
  readonly committed?: (index: number, term: number) => void
  /** The state machine applied entries; their proposers are answered right after this. */
  readonly applied?: (entries: readonly Entry[], results: readonly Result[]) => void
  readonly roleChanged?: (state: SoftState, term: number) => void
  /** A membership came into force, by a change that is about to be applied or by a snapshot that is about to be installed. */
  readonly membershipChanged?: (confState: ConfState) => void
  /** A snapshot was saved and is durable. */
  readonly snapshotSaved?: (last: EntryId) => void
  /** The log was cut behind a snapshot. */
  readonly logCut?: (mark: EntryId) => void
  /** A snapshot has arrived from the leader and is durable; it is not installed yet. */
  readonly snapshotReceived?: (last: EntryId) => void
  /** A snapshot took the place of log and state. */
  readonly snapshotInstalled?: (last: EntryId) => void
  /** The node has stopped for good. */
  readonly failed?: (error: SandboxError) => void
}
