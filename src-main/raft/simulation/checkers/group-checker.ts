import type { ConfState } from '../../core/model/conf-state'
import type { Entry } from '../../core/model/entry'
import type { Message } from '../../core/model/message'
import type { NodeId } from '../../core/model/node-id'
import type { LogUpdate } from '../../log/raft-log-store'
import type { NodeRecord } from '../node-record'

/** An acknowledgement that a client received. */
export interface ClientAnswer {
  readonly index: number
  readonly term: number
  /** The command as it was proposed. */
  readonly command: Uint8Array
  readonly result: unknown
}

/**
 * Watches a group for one rule. It is told of what happens at the moment it happens and does work in proportion to what
 * changed. `node` is as it was before the event, unless the method says otherwise.
 */
export interface GroupChecker {
  /** Names the rule in violations. */
  readonly name: string
  /** A node was started and its log recovered; `node.log` is the new log, all else as the last run left it. */
  readonly nodeRecovers?: (node: NodeRecord) => void
  /** The log is about to take an update. */
  readonly logAppends?: (node: NodeRecord, update: LogUpdate) => void
  /** The log has taken an update. */
  readonly logAppended?: (node: NodeRecord, update: LogUpdate) => void
  /** A message leaves a node. */
  readonly messageSent?: (node: NodeRecord, to: NodeId, message: Message) => void
  /** A node changes its role or enters a term. */
  readonly roleChanges?: (node: NodeRecord, role: NodeRecord['role'], term: number) => void
  /** A membership comes into force at a node. */
  readonly membershipChanges?: (node: NodeRecord, confState: ConfState) => void
  /** A node learned that everything up to the index is committed. */
  readonly commits?: (node: NodeRecord, index: number) => void
  /** The state machine of a node has applied entries. */
  readonly applies?: (node: NodeRecord, entries: readonly Entry[], results: readonly unknown[]) => void
  /** A snapshot took the place of log and state. */
  readonly snapshotInstalled?: (node: NodeRecord, index: number, term: number) => void
  /** A client was told by a node that its command is applied. */
  readonly answered?: (node: NodeRecord, answer: ClientAnswer) => void
}
