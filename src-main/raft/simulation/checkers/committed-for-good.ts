import type { LogUpdate } from '../../log/raft-log-store'
import type { GroupRecord } from '../group-record'
import type { NodeRecord } from '../node-record'
import type { GroupChecker } from './group-checker'

/** What was committed once stays: every log agrees with the committed history as far as its node knows of it. */
export class CommittedForGood implements GroupChecker {
  readonly name = 'committed-for-good'
  readonly #group: GroupRecord

  constructor(group: GroupRecord) {
    this.#group = group
  }

  readonly commits = (node: NodeRecord, index: number): void => {
    this.#compare(node, node.commit + 1, index)
  }

  readonly nodeRecovers = (node: NodeRecord): void => {
    if (node.log !== undefined) this.#compare(node, node.log.firstIndex, node.log.hardState.commit)
  }

  readonly logAppends = (node: NodeRecord, { reset, entries }: LogUpdate): void => {
    const from = reset === undefined ? entries?.[0]?.index : reset.index + 1
    if (from === undefined || from > node.commit) return
    this.#group.report(
      this.name,
      node.id,
      `Node ${String(node.id)} replaces its log from index ${String(from)} and knows that ${String(node.commit)} is committed.`,
    )
  }

  #compare(node: NodeRecord, from: number, to: number): void {
    const { history } = this.#group
    for (let index = Math.min(to, history.lastIndex); index >= from; index -= 1) {
      const term = node.termAt(index)
      // Cut entries are covered by a snapshot, which is checked when it is installed; what follows is below it.
      if (term === undefined) return
      if (term === history.term(index)) continue
      this.#group.report(
        this.name,
        node.id,
        `Node ${String(node.id)} holds an entry of term ${String(term)} for committed at index ${String(index)}, ` +
          `where term ${String(history.term(index))} was committed.`,
      )
      return
    }
  }
}
