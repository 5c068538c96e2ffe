import type { GroupRecord } from '../group-record'
import type { NodeRecord } from '../node-record'
import type { GroupChecker } from './group-checker'

/**
 * A leader holds everything that was committed in earlier terms. By log matching it is enough to look at the last such
 * entry.
 */
export class LeaderCompleteness implements GroupChecker {
  readonly name = 'leader-completeness'
  readonly #group: GroupRecord

  constructor(group: GroupRecord) {
    this.#group = group
  }

  readonly roleChanges = (node: NodeRecord, role: NodeRecord['role'], term: number): void => {
    if (role === 'StateLeader' && node.lastLedTerm !== term) this.#check(node, this.#group.history.lastIndex, term)
  }

  /**
   * Told when the history has grown, by whomever: a quorum may have been complete before a later leader was elected.
   */
  readonly commits = (node: NodeRecord): void => {
    const { history } = this.#group
    if (history.lastIndex === 0) return
    const committedTerm = history.term(history.lastIndex)
    for (const other of this.#group.nodes) {
      if (other !== node && other.isLeader && other.lastLedTerm > committedTerm) {
        this.#check(other, history.lastIndex, other.lastLedTerm)
      }
    }
  }

  #check(leader: NodeRecord, index: number, term: number): void {
    const committedTerm = this.#group.history.term(index)
    const found = leader.termAt(index)
    if (found === undefined || found === committedTerm) return
    this.#group.report(
      this.name,
      leader.id,
      `Node ${String(leader.id)} leads term ${String(term)} without the committed entry (index ${String(index)}, ` +
        `term ${String(committedTerm)}): it holds ${found === 0 ? 'nothing' : `term ${String(found)}`} there.`,
    )
  }
}
