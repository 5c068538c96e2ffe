import type { Entry } from '../../core/model/entry'
import type { GroupRecord } from '../group-record'
import type { NodeRecord } from '../node-record'
import { isSameEntry } from '../same-entry'
import type { GroupChecker } from './group-checker'

/** Every state machine applies the committed history, whole and in order, and gets the same results. */
export class StateMachineSafety implements GroupChecker {
  readonly name = 'state-machine-safety'
  readonly #group: GroupRecord
  readonly #describeResult: (result: unknown) => string
  /** By index. */
  readonly #results: string[] = []

  /** @param describeResult gives equal results the same text and different ones different texts */
  constructor(group: GroupRecord, describeResult: (result: unknown) => string) {
    this.#group = group
    this.#describeResult = describeResult
  }

  readonly applies = (node: NodeRecord, entries: readonly Entry[], results: readonly unknown[]): void => {
    entries.forEach((entry, position) => {
      this.#check(node, entry, node.applied + 1 + position, results[position])
    })
  }

  #check(node: NodeRecord, entry: Entry, expectedIndex: number, result: unknown): void {
    const { history } = this.#group
    const what = `Node ${String(node.id)} applies (index ${String(entry.index)}, term ${String(entry.term)})`
    if (entry.index !== expectedIndex) {
      this.#group.report(this.name, node.id, `${what} where ${String(expectedIndex)} is next.`)
      return
    }
    if (entry.index > history.lastIndex || !isSameEntry(entry, history.entry(entry.index))) {
      this.#group.report(this.name, node.id, `${what}, which is not what was committed there.`)
      return
    }
    const described = this.#describeResult(result)
    const known = (this.#results[entry.index] ??= described)
    if (known !== described) {
      this.#group.report(this.name, node.id, `${what} with the result ${described}; another node got ${known}.`)
    }
  }
}
