import type { NodeId } from '../../raft/core/model/node-id'
import type { LinkRule } from '../node/node-link'
import { isPlainLink } from '../node/node-link'
import type { CutLink, DelayedLink } from './cluster-events'

interface LinkEntry extends DelayedLink {
  readonly isCut: boolean
}

/** Which links of the cluster are cut or late, each direction on its own. Both ends hold to a cut, the sender to a delay. */
export class LinkTable {
  /** Those that are not sound. */
  readonly #links = new Map<string, LinkEntry>()

  /** All cut directions, in the order in which they were cut. */
  get cut(): readonly CutLink[] {
    return [...this.#links.values()].filter(({ isCut }) => isCut).map(({ from, to }) => ({ from, to }))
  }

  /** All late directions. */
  get delayed(): readonly DelayedLink[] {
    return [...this.#links.values()]
      .filter(({ delayMs }) => delayMs > 0)
      .map(({ from, to, delayMs }) => ({ from, to, delayMs }))
  }

  /** All directions that are cut or late. */
  get unsound(): readonly CutLink[] {
    return [...this.#links.values()].map(({ from, to }) => ({ from, to }))
  }

  /** What is not named stays. @returns whether that changed anything */
  change(from: NodeId, to: NodeId, state: Partial<Pick<LinkEntry, 'isCut' | 'delayMs'>>): boolean {
    const key = keyOf(from, to)
    const before = this.#links.get(key) ?? { from, to, isCut: false, delayMs: 0 }
    const after = { ...before, ...state }
    if (after.isCut === before.isCut && after.delayMs === before.delayMs) return false
    // One that is cut anew goes behind the others.
    if (after.isCut !== before.isCut) this.#links.delete(key)
    if (after.isCut || after.delayMs > 0) this.#links.set(key, after)
    else this.#links.delete(key)
    return true
  }

  /** What the two ends of a direction are told. */
  rules({ from, to }: CutLink): ReadonlyArray<{ readonly at: NodeId; readonly rule: LinkRule }> {
    const { isCut: cut = false, delayMs = 0 } = this.#links.get(keyOf(from, to)) ?? {}
    return [
      { at: from, rule: { peer: to, direction: 'outgoing', cut, delayMs } },
      // Late once is late enough: the sender holds back what it sends.
      { at: to, rule: { peer: from, direction: 'incoming', cut, delayMs: 0 } },
    ]
  }

  /** What a node has to hold to when it starts. */
  rulesOf(nodeId: NodeId): readonly LinkRule[] {
    return this.unsound.flatMap((link) =>
      this.rules(link).flatMap(({ at, rule }) => (at === nodeId && !isPlainLink(rule) ? [rule] : [])),
    )
  }
}

function keyOf(from: NodeId, to: NodeId): string {
  return `${String(from)}>${String(to)}`
}
