import type { GroupRecord } from '../group-record'
import type { NodeRecord } from '../node-record'
import { areSameBytes } from '../same-entry'
import type { ClientAnswer, GroupChecker } from './group-checker'

/**
 * A client is told that its command is applied only when it is committed and applied on the node that says so, and each
 * index answers one command.
 */
export class HonestAnswers implements GroupChecker {
  readonly name = 'honest-answers'
  readonly #group: GroupRecord
  readonly #answered = new Set<number>()

  constructor(group: GroupRecord) {
    this.#group = group
  }

  readonly answered = (node: NodeRecord, { index, term, command }: ClientAnswer): void => {
    const { history } = this.#group
    const what = `Node ${String(node.id)} tells a client that (index ${String(index)}, term ${String(term)}) is applied`
    if (index > history.lastIndex || history.term(index) !== term) {
      this.#group.report(this.name, node.id, `${what}, but it is not committed.`)
    } else if (!areSameBytes(history.entry(index).data, command)) {
      this.#group.report(this.name, node.id, `${what}, but another command is committed there.`)
    } else if (node.applied < index) {
      this.#group.report(this.name, node.id, `${what}, but it has applied only ${String(node.applied)}.`)
    } else if (this.#answered.has(index)) {
      this.#group.report(this.name, node.id, `${what}, and told another client so before.`)
    }
    this.#answered.add(index)
  }
}
