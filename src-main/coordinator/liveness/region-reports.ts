import type { RegionMetrics, StoreOwnMetrics } from '../../rpc/generated/dingodb/common_pb'
import { StoreRegionState } from '../../rpc/generated/dingodb/common_pb'

interface LeaderReport {
  readonly storeId: number
  readonly term: bigint
  readonly metrics: RegionMetrics
}

/**
 * What stores have reported of their regions and of themselves (DingoDB's REGIONM and store metrics), in the leader's memory
 * only: it is renewed by heartbeats and would only fill the log.
 */
export class RegionReports {
  readonly #byStore = new Map<number, Map<number, RegionMetrics>>()
  readonly #leaders = new Map<number, LeaderReport>()
  readonly #own = new Map<number, StoreOwnMetrics>()

  clear(): void {
    this.#byStore.clear()
    this.#leaders.clear()
    this.#own.clear()
  }

  /** Takes what a store reports; a full report replaces what was known of the store, a partial one adds to it. */
  report(storeId: number, metrics: readonly RegionMetrics[], isPartial: boolean): void {
    const ofStore = (isPartial ? this.#byStore.get(storeId) : undefined) ?? new Map<number, RegionMetrics>()
    this.#byStore.set(storeId, ofStore)
    for (const region of metrics) {
      const regionId = Number(region.id)
      // There is nothing to know of what is gone.
      if (region.storeRegionState === StoreRegionState.DELETED) ofStore.delete(regionId)
      else ofStore.set(regionId, region)
      const term = region.braftStatus?.term ?? 0n
      const known = this.#leaders.get(regionId)
      if (Number(region.leaderStoreId) === storeId) {
        if (known === undefined || known.storeId === storeId || term >= known.term) {
          this.#leaders.set(regionId, { storeId, term, metrics: region })
        }
      } else if (known?.storeId === storeId) {
        // It says itself that it does not lead any more; who does will report.
        this.#leaders.delete(regionId)
      }
    }
    if (isPartial) return
    // What it led and does not name any more it has lost while it was not heard.
    for (const [regionId, leader] of this.#leaders) {
      if (leader.storeId === storeId && !ofStore.has(regionId)) this.#leaders.delete(regionId)
    }
  }

  reportOwn(storeId: number, metrics: StoreOwnMetrics): void {
    this.#own.set(storeId, metrics)
  }

  /** The store that leads the region, 0 if none has reported to. */
  leaderOf(regionId: number): number {
    return this.#leaders.get(regionId)?.storeId ?? 0
  }

  /** What the region's leader reported last. */
  leaderMetrics(regionId: number): RegionMetrics | undefined {
    return this.#leaders.get(regionId)?.metrics
  }

  leaderCount(storeId: number): number {
    let count = 0
    for (const leader of this.#leaders.values()) if (leader.storeId === storeId) count += 1
    return count
  }

  /** What a store reported of its regions, by region id. */
  ofStore(storeId: number): ReadonlyMap<number, RegionMetrics> {
    return this.#byStore.get(storeId) ?? NOTHING
  }

  ownOf(storeId: number): StoreOwnMetrics | undefined {
    return this.#own.get(storeId)
  }

  get storeIds(): readonly number[] {
    return [...this.#byStore.keys()].sort((left, right) => left - right)
  }

  forgetStore(storeId: number): void {
    this.#byStore.delete(storeId)
    this.#own.delete(storeId)
    for (const [regionId, leader] of this.#leaders) if (leader.storeId === storeId) this.#leaders.delete(regionId)
  }
}

const NOTHING: ReadonlyMap<number, RegionMetrics> = new Map()
