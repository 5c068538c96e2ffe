import type { GroupRecord } from '../group-record'
import type { NodeRecord } from '../node-record'
import { isQuorum } from '../quorum-members'
import type { GroupChecker } from './group-checker'

/**
 * What is committed first by a leader is of its own term and durable on a quorum of the membership in force, in both
 * halves of a joint one; that is what makes the committed history grow. Everybody else commits nothing but that
 * history.
 */
export class CommittedOnQuorum implements GroupChecker {
  readonly name = 'committed-on-quorum'
  readonly #group: GroupRecord

  constructor(group: GroupRecord) {
    this.#group = group
  }

  readonly commits = (node: NodeRecord, index: number): void => {
    if (index > this.#group.history.lastIndex) this.#extendHistory(node, index)
  }

  readonly snapshotInstalled = (node: NodeRecord, index: number, term: number): void => {
    const { history } = this.#group
    if (index <= history.lastIndex && history.term(index) === term) return
    this.#group.report(
      this.name,
      node.id,
      `Node ${String(node.id)} installed a snapshot up to (index ${String(index)}, term ${String(term)}), which is not committed.`,
    )
  }

  #extendHistory(leader: NodeRecord, index: number): void {
    const { history } = this.#group
    const term = leader.termAt(index)
    const what = `Node ${String(leader.id)} holds the entry (index ${String(index)}, term ${String(term)}) for committed`
    if (term === undefined || term === 0 || term !== leader.lastLedTerm) {
      this.#group.report(this.name, leader.id, `${what} before anybody else, and did not lead that term.`)
      return
    }
    if (
      leader.confState.voters.length === 0 ||
      !isQuorum(leader.confState, (id) => this.#group.node(id).holdsDurably(index, term))
    ) {
      this.#group.report(
        this.name,
        leader.id,
        `${what}, which is not durable on a quorum of ${JSON.stringify(leader.confState)}.`,
      )
      return
    }
    const entries = leader.log?.cachedEntries(history.lastIndex + 1, index + 1, Number.POSITIVE_INFINITY)
    if (entries?.length === index - history.lastIndex) history.append(entries)
    else this.#group.report(this.name, leader.id, `${what}, and lacks entries before it.`)
  }
}
