import type { HardState } from '../../core/model/hard-state'
import type { RaftLogStore } from '../../log/raft-log-store'
import type { GroupRecord } from '../group-record'
import type { NodeRecord } from '../node-record'
import type { GroupChecker } from './group-checker'

/**
 * What was durable is there after a restart: term, vote and commit do not go back, and no entry is missing that no
 * unsynced change could have replaced.
 */
export class DurableRecovery implements GroupChecker {
  readonly name = 'durable-recovery'
  readonly #group: GroupRecord
  /** The log of each node's last run: the record holds the new one by the time this check is asked. */
  readonly #lastLogs = new WeakMap<NodeRecord, RaftLogStore>()

  constructor(group: GroupRecord) {
    this.#group = group
  }

  readonly nodeRecovers = (node: NodeRecord): void => {
    const { log } = node
    if (log === undefined) return
    const last = this.#lastLogs.get(node)
    this.#lastLogs.set(node, log)
    this.#compareHardStates(node, node.durableHardState, log.hardState)
    if (last !== undefined) this.#compareEntries(node, last, log)
  }

  #compareHardStates(node: NodeRecord, durable: HardState, found: HardState): void {
    const wentBack =
      found.term < durable.term ||
      found.commit < durable.commit ||
      (found.term === durable.term && durable.vote !== 0 && found.vote !== durable.vote)
    if (!wentBack) return
    this.#group.report(
      this.name,
      node.id,
      `Node ${String(node.id)} comes back with ${JSON.stringify(found)}, but durable was ${JSON.stringify(durable)}.`,
    )
  }

  #compareEntries(node: NodeRecord, last: RaftLogStore, found: RaftLogStore): void {
    const to = Math.min(node.durableLastIndex, node.unsyncedFrom - 1)
    for (let index = to; index > found.mark.index && index > last.mark.index; index -= 1) {
      if (index <= found.lastIndex && found.term(index) === last.term(index)) continue
      this.#group.report(
        this.name,
        node.id,
        `Node ${String(node.id)} comes back without the entry (index ${String(index)}, term ${String(last.term(index))}), which was durable.`,
      )
      return
    }
  }
}
