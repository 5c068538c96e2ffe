import type { Peer } from '../../rpc/generated/dingodb/common_pb'
import { regions } from '../meta/meta-table'
import type { MetaView } from '../meta/meta-view'

/**
 * Spreads the leaders of regions that are placed on the same stores. The first peer of a new region asks to lead it at once, so the
 * store that is first in the fewest regions comes first in the next one. Counted are the plans, not the leaders of now: regions that
 * are planned together, before any of them has a leader, spread as well.
 */
export class LeaderOrder {
  readonly #peers: readonly Peer[]
  readonly #firstIn = new Map<bigint, number>()

  constructor(view: MetaView, peers: readonly Peer[]) {
    this.#peers = peers
    for (const { storeId } of peers) this.#firstIn.set(storeId, 0)
    for (const { definition } of view.list(regions)) this.#count(definition?.peers[0])
  }

  /** The peers in the order for the next region. */
  next(): readonly Peer[] {
    const [first] = [...this.#peers].sort(
      (left, right) => this.#countOf(left) - this.#countOf(right) || Number(left.storeId - right.storeId),
    )
    if (first === undefined) return this.#peers
    this.#count(first)
    return [first, ...this.#peers.filter((peer) => peer !== first)]
  }

  #countOf({ storeId }: Peer): number {
    return this.#firstIn.get(storeId) ?? 0
  }

  #count(first: Peer | undefined): void {
    if (first !== undefined && this.#firstIn.has(first.storeId)) {
      this.#firstIn.set(first.storeId, this.#countOf(first) + 1)
    }
  }
}
