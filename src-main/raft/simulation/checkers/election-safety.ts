import type { NodeId } from '../../core/model/node-id'
import type { GroupRecord } from '../group-record'
import type { NodeRecord } from '../node-record'
import type { Message } from '../../core/model/message'
import type { GroupChecker } from './group-checker'

/** At most one leader in a term, by what nodes say of themselves and by what they send. */
export class ElectionSafety implements GroupChecker {
  readonly name = 'election-safety'
  readonly #group: GroupRecord
  readonly #leaders = new Map<number, NodeId>()

  constructor(group: GroupRecord) {
    this.#group = group
  }

  readonly roleChanges = (node: NodeRecord, role: NodeRecord['role'], term: number): void => {
    if (role === 'StateLeader') this.#leads(node, term)
  }

  readonly messageSent = (node: NodeRecord, _to: NodeId, message: Message): void => {
    const { type } = message
    if (type === 'MsgApp' || type === 'MsgHeartbeat' || type === 'MsgSnap') this.#leads(node, message.term)
  }

  #leads(node: NodeRecord, term: number): void {
    const leader = this.#leaders.get(term)
    if (leader === node.id) return
    if (leader === undefined) {
      this.#leaders.set(term, node.id)
      return
    }
    this.#group.report(
      this.name,
      node.id,
      `Node ${String(node.id)} leads term ${String(term)}, which node ${String(leader)} led before.`,
    )
  }
}
