import type { LogUpdate } from '../../log/raft-log-store'
import type { GroupRecord } from '../group-record'
import type { NodeRecord } from '../node-record'
import type { GroupChecker } from './group-checker'

/** A leader only appends: in its own term it neither replaces nor drops entries of its log. */
export class LeaderAppendOnly implements GroupChecker {
  readonly name = 'leader-append-only'
  readonly #group: GroupRecord

  constructor(group: GroupRecord) {
    this.#group = group
  }

  readonly logAppends = (node: NodeRecord, { hardState, reset, entries }: LogUpdate): void => {
    const { log } = node
    const first = entries?.[0]
    if (log === undefined || node.lastLedTerm === 0 || (reset === undefined && first === undefined)) return
    // What a leader writes may reach the log after it has stepped down, and what a new term brings before its role is
    // known.
    const term = hardState?.term ?? log.hardState.term
    if (term !== node.lastLedTerm) return
    const replacesFrom = reset?.index ?? first?.index ?? 0
    if (reset === undefined && replacesFrom > log.lastIndex) return
    this.#group.report(
      this.name,
      node.id,
      `Node ${String(node.id)} replaces its log from index ${String(replacesFrom)} in term ${String(term)}, which it leads; ` +
        `the log ends at ${String(log.lastIndex)}.`,
    )
  }
}
