import type { RegionGroup, RegionRow } from '../../../src-main/client/views/region-rows'

/** A line of the grid: a region, or what the regions below it have in common. */
export type RegionLine =
  { readonly kind: 'region'; readonly row: RegionRow } | { readonly kind: 'group'; readonly group: RegionGroup }

/** Where lines of the grid and rows of the cluster meet: every group has one line more, its heading. */
export class RegionLines {
  readonly #groups: readonly RegionGroup[]
  readonly #total: number

  /**
   * @param groups in the order of their offsets; none for rows without headings
   * @param total rows that match
   */
  constructor(groups: readonly RegionGroup[], total: number) {
    this.#groups = groups
    this.#total = total
  }

  get count(): number {
    return this.#total + this.#groups.length
  }

  /** What a line is: the heading of a group, or the place of a row. */
  at(line: number): RegionGroup | number {
    const above = this.#groupsUpTo(line)
    const group = this.#groups[above - 1]
    if (group !== undefined && group.offset + above - 1 === line) return group
    return line - above
  }

  /** The rows that a stretch of lines shows, `to` excluded. */
  rowsBetween(from: number, to: number): { readonly from: number; readonly to: number } {
    return { from: from - this.#groupsBefore(from), to: Math.max(0, to - this.#groupsBefore(to)) }
  }

  /** How many headings stand before a line. */
  #groupsBefore(line: number): number {
    return this.#groupsUpTo(line - 1)
  }

  /** How many headings stand at a line or before it. */
  #groupsUpTo(line: number): number {
    let low = 0
    let high = this.#groups.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const group = this.#groups[middle]
      if (group !== undefined && group.offset + middle <= line) low = middle + 1
      else high = middle
    }
    return low
  }
}
