import type { RegionFacts } from './region-facts'
import type { HistogramBar, RegionGroup, RegionRowsPage, RegionRowsQuery } from './region-rows'

/** The first bar ends at 1 KiB, each one after it at four times the one before. */
const FIRST_BAR_BYTES = 1024
const BAR_GROWTH = 4

interface GrowingGroup {
  readonly key: string
  readonly label: string
  readonly offset: number
  count: number
}

/** What holds for many regions together, gathered one by one, so that whoever gathers can pause in between. */
export class RegionTallies {
  readonly #groupBy: RegionRowsQuery['groupBy']
  readonly #groups: GrowingGroup[] = []
  /** Of each bar of the histogram of sizes. */
  readonly #counts: number[] = []
  readonly #stores: ReadonlyMap<number, { readonly storeId: number; leaders: number; copies: number }>
  /** How many were added. */
  #added = 0

  constructor(groupBy: RegionRowsQuery['groupBy'], storeIds: readonly number[]) {
    this.#groupBy = groupBy
    this.#stores = new Map(storeIds.map((storeId) => [storeId, { storeId, leaders: 0, copies: 0 }]))
  }

  /** Adds the next region of the order; those of a group follow each other. */
  add(facts: RegionFacts): void {
    this.#addToGroup(facts)
    this.#addSize(facts.sizeBytes)
    for (const storeId of facts.storeIds) {
      const figures = this.#stores.get(storeId)
      if (figures === undefined) continue
      figures.copies += 1
      if (storeId === facts.leaderStoreId) figures.leaders += 1
    }
    this.#added += 1
  }

  /** None unless the regions are grouped. */
  get groups(): readonly RegionGroup[] {
    return this.#groups
  }

  /** From the first bar that is not empty to the last. */
  get sizes(): readonly HistogramBar[] {
    const bars: HistogramBar[] = []
    for (let bar = 0; bar < this.#counts.length; bar++) {
      const count = this.#counts[bar] ?? 0
      if (count === 0 && bars.length === 0) continue
      const to = FIRST_BAR_BYTES * BAR_GROWTH ** bar
      bars.push({ from: bar === 0 ? 0 : to / BAR_GROWTH, to, count })
    }
    return bars
  }

  get stores(): RegionRowsPage['stores'] {
    return [...this.#stores.values()]
  }

  #addToGroup({ tableId, tableName, leaderStoreId }: RegionFacts): void {
    if (this.#groupBy === 'none') return
    const isByLeader = this.#groupBy === 'leader'
    const key = String(isByLeader ? (leaderStoreId ?? 0) : tableId)
    const last = this.#groups.at(-1)
    if (last?.key === key) {
      last.count += 1
      return
    }
    const label = isByLeader ? (leaderStoreId?.toString() ?? '') : (tableName ?? '')
    this.#groups.push({ key, label, offset: this.#added, count: 1 })
  }

  #addSize(sizeBytes: number | undefined): void {
    if (sizeBytes === undefined) return
    let bar = 0
    for (let end = FIRST_BAR_BYTES; sizeBytes >= end; end *= BAR_GROWTH) bar += 1
    this.#counts[bar] = (this.#counts[bar] ?? 0) + 1
  }
}
