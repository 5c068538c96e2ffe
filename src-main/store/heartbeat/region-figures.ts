import { SandboxError } from '../../base/sandbox-error'
import { encodeRange } from '../../engine/encoded-range'
import type { RawEngine } from '../../engine/raw'
import type { Clock, Timer } from '../../env'
import { isPlaceholder } from '../meta/region-range'
import type { StoreMetaManager } from '../meta/store-meta-manager'
import type { StoreRegion } from '../region/store-region'
import type { RegionEngines } from '../storage/storage'

/** As many stored bytes of a region are read to count its keys. */
const COUNTED_BYTES = 512 * 1024
/** As many are read of all regions together in one round; what is left over comes first in the next. */
const ROUND_BYTES = 64 * 1024 * 1024

/** What takes time to find out about a region. */
export interface RegionFigures {
  /** Roughly the bytes of its data, as the raw engine guesses them without reading: old versions included, compressed. */
  readonly sizeBytes: number
  /**
   * Exact up to 512 KiB of stored versions. Above, the keys of the first 512 KiB are counted and the rest is taken to be as dense:
   * right where keys and values are of similar sizes all over the region, else off by as much as they differ.
   */
  readonly keyCount: number
  /** Exact. */
  readonly minKey?: Uint8Array | undefined
  /** Exact; missing where hundreds of versions at the end of a large region are of deleted keys. */
  readonly maxKey?: Uint8Array | undefined
  /** The applied index and the version of the epoch that the figures are of. */
  readonly appliedIndex: number
  readonly epochVersion: number
  /** Wall time in ms. */
  readonly collectedAtMs: number
}

/** What region figures are collected from. */
export interface RegionFiguresOptions {
  readonly clock: Clock
  readonly meta: StoreMetaManager
  readonly engines: RegionEngines
  readonly rawEngine: RawEngine
  /** How often the regions are looked at, in ms. */
  readonly refreshMs: number
  readonly onWarning: (error: SandboxError) => void
}

/**
 * Sizes and key counts of the regions, collected one region after the other and kept. A region to which nothing was applied since is
 * not read again, and of no region more than half a mebibyte is: what a store reads for its figures does not grow with its data.
 */
export class RegionFiguresCollector {
  readonly #options: RegionFiguresOptions
  readonly #figures = new Map<number, RegionFigures>()
  #timer: Timer | undefined
  #round: Promise<void> | undefined
  #isStopped = false

  constructor(options: RegionFiguresOptions) {
    this.#options = options
  }

  /** Collects now and then at intervals. */
  start(): void {
    const { clock, refreshMs } = this.#options
    this.#timer = clock.setRepeatingTimer(refreshMs, () => void this.refresh())
    void this.refresh()
  }

  /** Begins nothing more. Twice is harmless. */
  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
  }

  /** Resolves when nothing is collected any more. */
  idle(): Promise<void> {
    return this.#round ?? Promise.resolve()
  }

  /** The figures of a region as last collected. */
  find(regionId: number): RegionFigures | undefined {
    return this.#figures.get(regionId)
  }

  /** Collects what has changed; joins a round that is under way. Never rejects. */
  refresh(): Promise<void> {
    this.#round ??= this.#collectAll().finally(() => (this.#round = undefined))
    return this.#round
  }

  async #collectAll(): Promise<void> {
    let leftBytes = ROUND_BYTES
    for (const regionId of this.#figures.keys()) {
      if (this.#options.meta.find(regionId) === undefined) this.#figures.delete(regionId)
    }
    for (const region of this.#oldestFirst()) {
      if (this.#isStopped || leftBytes <= 0) return
      try {
        leftBytes -= await this.#collect(region)
      } catch (thrown) {
        // A region that goes while it is read is no failure.
        const isGone = this.#isStopped || !isCollected(region, this.#options.meta)
        if (!isGone) this.#options.onWarning(SandboxError.from(thrown))
      }
    }
  }

  #oldestFirst(): readonly StoreRegion[] {
    const collectedAtMs = ({ id }: StoreRegion) => this.#figures.get(id)?.collectedAtMs ?? 0
    return [...this.#options.meta.list()].sort((left, right) => collectedAtMs(left) - collectedAtMs(right))
  }

  /** @returns about how many bytes were read */
  async #collect(region: StoreRegion): Promise<number> {
    const { clock, meta, engines, rawEngine } = this.#options
    const status = engines.statusOf(region)
    if (status === undefined || !isCollected(region, meta)) return 0
    const appliedIndex = status.knownAppliedIndex
    const epochVersion = region.epoch.version
    const known = this.#figures.get(region.id)
    if (known?.appliedIndex === appliedIndex && known.epochVersion === epochVersion) return 0
    const { id: regionId, epoch, range } = region
    const encoded = meta.regions.encodedRange(regionId)
    const [start, end] = [encoded.startKey, encoded.endKey]
    const sizeBytes = await rawEngine.approximateSize({ start, end })
    const reader = await engines.engineOf(region).newReader({ regionId, epoch, readMode: 'local' })
    const { endKey, ...counted } = await reader.measure(range, { maxBytes: COUNTED_BYTES })
    const countedBytes = endKey && (await rawEngine.approximateSize(encodeRange({ ...range, endKey })))
    this.#figures.set(regionId, {
      ...counted,
      keyCount: countedBytes === undefined ? counted.keyCount : extrapolated(counted.keyCount, sizeBytes, countedBytes),
      sizeBytes,
      appliedIndex,
      epochVersion,
      collectedAtMs: clock.wallTimeMs(),
    })
    return Math.min(sizeBytes, COUNTED_BYTES)
  }
}

/** The keys of the whole, if so many are in a part. An engine that knows no size of the part leaves the keys that were counted. */
function extrapolated(keyCount: number, wholeBytes: number, partBytes: number): number {
  return partBytes > 0 ? Math.round(keyCount * Math.max(1, wholeBytes / partBytes)) : keyCount
}

const isCollected = (region: StoreRegion, { regions }: StoreMetaManager): boolean =>
  regions.find(region.id) === region && region.state.mayApply && !isPlaceholder(region.range)
