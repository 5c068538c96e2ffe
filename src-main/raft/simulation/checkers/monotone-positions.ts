import type { Entry } from '../../core/model/entry'
import type { GroupRecord } from '../group-record'
import type { NodeRecord } from '../node-record'
import type { GroupChecker } from './group-checker'

/**
 * In one run terms, commit and applied only grow, and applied is never ahead of committed, committed never of the log.
 */
export class MonotonePositions implements GroupChecker {
  readonly name = 'monotone-positions'
  readonly #group: GroupRecord

  constructor(group: GroupRecord) {
    this.#group = group
  }

  readonly roleChanges = (node: NodeRecord, _role: NodeRecord['role'], term: number): void => {
    if (term < node.durableHardState.term) {
      this.#report(node, `enters term ${String(term)}, and ${String(node.durableHardState.term)} is durable`)
    }
  }

  readonly commits = (node: NodeRecord, index: number): void => {
    if (index < node.commit)
      this.#report(node, `takes its commit index back from ${String(node.commit)} to ${String(index)}`)
    const lastIndex = node.log?.lastIndex ?? 0
    if (index > lastIndex) this.#report(node, `commits ${String(index)}, and its log ends at ${String(lastIndex)}`)
  }

  readonly applies = (node: NodeRecord, entries: readonly Entry[]): void => {
    const last = entries.at(-1)?.index ?? node.applied
    if (last > node.commit)
      this.#report(node, `applies index ${String(last)}, and only ${String(node.commit)} is committed`)
  }

  #report(node: NodeRecord, what: string): void {
    this.#group.report(this.name, node.id, `Node ${String(node.id)} ${what}.`)
  }
}
