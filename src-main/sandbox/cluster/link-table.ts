import type { NodeId } from '../../raft/core/model/node-id'
import type { LinkRule } from '../node/node-link'
import type { CutLink } from './cluster-events'

/** Which links of the cluster are cut, each direction on its own. Both ends of a link hold to it. */
export class LinkTable {
  readonly #cut = new Map<string, CutLink>()

  /** All cut directions, in the order in which they were cut. */
  get cut(): readonly CutLink[] {
    return [...this.#cut.values()]
  }

  /** @returns whether it was not cut before */
  cutOff(from: NodeId, to: NodeId): boolean {
    const key = keyOf(from, to)
    if (this.#cut.has(key)) return false
    this.#cut.set(key, { from, to })
    return true
  }

  /** @returns whether it was cut before */
  heal(from: NodeId, to: NodeId): boolean {
    return this.#cut.delete(keyOf(from, to))
  }

  /** What a node has to hold to when it starts. */
  rulesOf(nodeId: NodeId): readonly LinkRule[] {
    return this.cut.flatMap((link) => rulesOf(link, true).flatMap(({ at, rule }) => (at === nodeId ? [rule] : [])))
  }
}

/** What the two ends of a link are told. */
export function rulesOf(
  { from, to }: CutLink,
  cut: boolean,
): ReadonlyArray<{ readonly at: NodeId; readonly rule: LinkRule }> {
  return [
    { at: from, rule: { peer: to, direction: 'outgoing', cut, delayMs: 0 } },
    { at: to, rule: { peer: from, direction: 'incoming', cut, delayMs: 0 } },
  ]
}

function keyOf(from: NodeId, to: NodeId): string {
  return `${String(from)}>${String(to)}`
}
