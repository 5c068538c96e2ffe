import type { Entry } from '../../core/model/entry'
import type { LogUpdate } from '../../log/raft-log-store'
import type { GroupRecord } from '../group-record'
import type { NodeRecord } from '../node-record'
import { isSameEntry } from '../same-entry'
import type { GroupChecker } from './group-checker'

interface KnownEntry {
  readonly entry: Entry
  readonly previousTerm: number
}

/**
 * Logs that hold the same (index, term) hold the same entries up to it. Each entry is compared with the first of its
 * name, and so is the term before it; by induction that covers whole logs.
 */
export class LogMatching implements GroupChecker {
  readonly name = 'log-matching'
  readonly #group: GroupRecord
  /** By index, then by term: few terms ever write to one index. */
  readonly #known: Array<KnownEntry[] | undefined> = []

  constructor(group: GroupRecord) {
    this.#group = group
  }

  readonly logAppended = (node: NodeRecord, { entries }: LogUpdate): void => {
    if (entries !== undefined) this.#compare(node, entries)
  }

  /** What a node reads back from its disk must still be what it once wrote. */
  readonly nodeRecovers = (node: NodeRecord): void => {
    const { log } = node
    if (log === undefined) return
    const entries = log.cachedEntries(log.firstIndex, log.lastIndex + 1, Number.POSITIVE_INFINITY)
    if (entries !== undefined) this.#compare(node, entries)
  }

  #compare(node: NodeRecord, entries: readonly Entry[]): void {
    const first = entries[0]
    if (first === undefined) return
    let previousTerm = node.termAt(first.index - 1) ?? 0
    for (const entry of entries) {
      this.#compareOne(node, entry, previousTerm)
      previousTerm = entry.term
    }
  }

  #compareOne(node: NodeRecord, entry: Entry, previousTerm: number): void {
    const named = (this.#known[entry.index] ??= [])
    const known = named.find((other) => other.entry.term === entry.term)
    if (known === undefined) {
      named.push({ entry, previousTerm })
      return
    }
    const where = `The entry (index ${String(entry.index)}, term ${String(entry.term)}) of node ${String(node.id)}`
    if (!isSameEntry(known.entry, entry)) {
      this.#group.report(this.name, node.id, `${where} differs from the one that another log holds under that name.`)
    } else if (known.previousTerm !== previousTerm) {
      this.#group.report(
        this.name,
        node.id,
        `${where} follows one of term ${String(previousTerm)}, in another log one of term ${String(known.previousTerm)}.`,
      )
    }
  }
}
