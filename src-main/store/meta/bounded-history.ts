/** How many records are kept. */
export interface HistoryLimits {
  readonly perRegion: number
  readonly total: number
}

/** Says which records of a history have to go, the oldest first, so that none grows without end. Holds keys only. */
export class BoundedHistory<Key> {
  readonly #limits: HistoryLimits
  readonly #byRegion = new Map<number, Key[]>()
  /** All keys with their regions, the oldest first. */
  readonly #all = new Map<Key, number>()

  constructor(limits: HistoryLimits) {
    this.#limits = limits
  }

  /** Takes a record in as the newest and gives the keys of those that have to go for it. A known key stays where it is. */
  add(regionId: number, key: Key): readonly Key[] {
    if (this.#all.has(key)) return []
    this.#all.set(key, regionId)
    const keys = this.#byRegion.get(regionId) ?? []
    this.#byRegion.set(regionId, keys)
    keys.push(key)
    const dropped = keys.splice(0, Math.max(0, keys.length - this.#limits.perRegion))
    for (const old of dropped) this.#all.delete(old)
    for (const [old] of this.#all) {
      if (this.#all.size <= this.#limits.total) break
      this.#forget(old)
      dropped.push(old)
    }
    return dropped
  }

  #forget(key: Key): void {
    const regionId = this.#all.get(key)
    this.#all.delete(key)
    if (regionId === undefined) return
    const left = (this.#byRegion.get(regionId) ?? []).filter((other) => other !== key)
    if (left.length > 0) this.#byRegion.set(regionId, left)
    else this.#byRegion.delete(regionId)
  }
}
