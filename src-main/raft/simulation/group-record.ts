import type { EntryId } from '../core/model/entry'
import type { NodeId } from '../core/model/node-id'
import { CommittedHistory } from './committed-history'
import { NodeRecord } from './node-record'
import type { Violation } from './violation'

/** What is known from outside about a group, shared by all checks. */
export class GroupRecord {
  readonly history: CommittedHistory
  readonly #nodes = new Map<NodeId, NodeRecord>()
  #violation: Violation | undefined

  constructor(start: EntryId) {
    this.history = new CommittedHistory(start)
  }

  /** All nodes that were ever seen, in the order in which they were. */
  get nodes(): Iterable<NodeRecord> {
    return this.#nodes.values()
  }

  node(id: NodeId): NodeRecord {
    let node = this.#nodes.get(id)
    if (node === undefined) {
      node = new NodeRecord(id)
      this.#nodes.set(id, node)
    }
    return node
  }

  /** The first violation. What comes after it may be a mere consequence, so it is not kept. */
  get violation(): Violation | undefined {
    return this.#violation
  }

  report(check: string, nodeId: NodeId, message: string): void {
    this.#violation ??= { check, nodeId, message }
  }
}
