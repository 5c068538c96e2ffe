import { compareKeys } from './key-bytes'
import type { KeyRange } from './key-range'
import { holdsKey, isEmptyRange, overlaps } from './key-range'
import type { RegionRoute } from './region-route'

/** Ranges that wait for a new owner are few and short-lived; beyond this many the oldest are forgotten. */
const MAX_VACATED = 256

/** The regions that a client knows, in order of their start keys. None overlaps another. */
export class RegionCache {
  /** Ascending by start key. */
  readonly #routes: RegionRoute[] = []
  readonly #byId = new Map<number, RegionRoute>()
  /** Ranges that a split or merge took from a region, and whose new owner is not known yet. */
  #vacated: KeyRange[] = []

  get size(): number {
    return this.#routes.length
  }

  /** The region that holds the key, as far as is known. */
  find(key: Uint8Array): RegionRoute | undefined {
    const route = this.#routes[this.#firstBehind(key) - 1]
    return route !== undefined && holdsKey(route, key) ? route : undefined
  }

  byId(regionId: number): RegionRoute | undefined {
    return this.#byId.get(regionId)
  }

  /**
   * Takes in what was learned of a region, in place of what it overlaps. Older than what is cached of the same region, it
   * is ignored: coordinators learn of a split or merge after the stores.
   *
   * @returns whether it was taken in
   */
  put(route: RegionRoute): boolean {
    const known = this.#byId.get(route.regionId)
    if (isEmptyRange(route) || (known !== undefined && isOlder(route, known))) return false
    this.#vacateDifference(known, route)
    if (known !== undefined) this.#remove(known)
    const first = this.#firstOverlapping(route)
    let end = first
    for (let other = this.#routes[end]; other !== undefined && overlaps(other, route); other = this.#routes[++end]) {
      this.#byId.delete(other.regionId)
    }
    this.#routes.splice(first, end - first, route)
    this.#byId.set(route.regionId, route)
    this.#vacated = this.#vacated.flatMap((range) => without(range, route))
    return true
  }

  /** Sets or forgets the leader of a region, unless more was learned of the region meanwhile. */
  setLeader(route: RegionRoute, leader: string | undefined): void {
    const known = this.#byId.get(route.regionId)
    if (known === undefined || known.leader === leader || known.version !== route.version) return
    const changed = { ...known, leader }
    this.#routes[this.#routes.indexOf(known)] = changed
    this.#byId.set(changed.regionId, changed)
  }

  /** Forgets a region, unless something newer is known of it. */
  drop(route: RegionRoute): void {
    const known = this.#byId.get(route.regionId)
    if (known !== undefined && known.version === route.version) this.#remove(known)
  }

  /** Forgets a region of which a split or merge has taken the range: its keys will have another owner soon. */
  vacate(route: RegionRoute): void {
    this.drop(route)
    this.#addVacated(route)
  }

  /** Whether the key was taken from a known region, and its new owner has not been seen yet. */
  isVacated(key: Uint8Array): boolean {
    return this.#vacated.some((range) => holdsKey(range, key))
  }

  clear(): void {
    this.#routes.length = 0
    this.#byId.clear()
    this.#vacated = []
  }

  #vacateDifference(before: RegionRoute | undefined, after: RegionRoute): void {
    if (before !== undefined) for (const range of without(before, after)) this.#addVacated(range)
  }

  #addVacated(range: KeyRange): void {
    this.#vacated.push({ startKey: range.startKey, endKey: range.endKey })
    if (this.#vacated.length > MAX_VACATED) this.#vacated.shift()
  }

  #remove(route: RegionRoute): void {
    this.#byId.delete(route.regionId)
    const position = this.#routes.indexOf(route)
    if (position >= 0) this.#routes.splice(position, 1)
  }

  /** The position of the first route that starts behind the key. */
  #firstBehind(key: Uint8Array): number {
    let low = 0
    let high = this.#routes.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const route = this.#routes[middle]
      if (route !== undefined && compareKeys(route.startKey, key) <= 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #firstOverlapping(range: KeyRange): number {
    const behind = this.#firstBehind(range.startKey)
    const before = this.#routes[behind - 1]
    return before !== undefined && overlaps(before, range) ? behind - 1 : behind
  }
}

const isOlder = (route: RegionRoute, than: RegionRoute): boolean =>
  route.version < than.version || (route.version === than.version && route.confVersion < than.confVersion)

/** What is left of a range when another is taken out of it: none, one or two ranges. */
function without(range: KeyRange, taken: KeyRange): KeyRange[] {
  if (!overlaps(range, taken)) return [range]
  return [
    { startKey: range.startKey, endKey: taken.startKey },
    { startKey: taken.endKey, endKey: range.endKey },
  ].filter((rest) => !isEmptyRange(rest))
}
