import { SandboxError } from '../../base/sandbox-error'
import type { Engine } from '../../engine/engine'
import type { RawEngine } from '../../engine/raw'
import type { Clock, Timer } from '../../env'
import { isPlaceholder } from '../meta/region-range'
import type { StoreMetaManager } from '../meta/store-meta-manager'
import type { StoreRegion } from '../region/store-region'

/** What takes time to find out about a region. */
export interface RegionFigures {
  /** Roughly the bytes of its data. */
  readonly sizeBytes: number
  readonly keyCount: number
  readonly minKey?: Uint8Array | undefined
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
  readonly engine: Engine
  readonly rawEngine: RawEngine
  /** How often the regions are looked at, in ms. */
  readonly refreshMs: number
  readonly onWarning: (error: SandboxError) => void
}

/**
 * Sizes and key counts of the regions, collected one region after the other and kept, because counting reads every key. A region to
 * which nothing was applied since is not read again.
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
    const regions = this.#options.meta.list()
    for (const regionId of this.#figures.keys()) {
      if (this.#options.meta.find(regionId) === undefined) this.#figures.delete(regionId)
    }
    for (const region of regions) {
      if (this.#isStopped) return
      try {
        await this.#collect(region)
      } catch (thrown) {
        // A region that goes while it is read is no failure.
        const isGone = this.#isStopped || !isCollected(region, this.#options.meta)
        if (!isGone) this.#options.onWarning(SandboxError.from(thrown))
      }
    }
  }

  async #collect(region: StoreRegion): Promise<void> {
    const { clock, meta, engine, rawEngine } = this.#options
    const status = engine.status(region.id)
    if (status === undefined || !isCollected(region, meta)) return
    const appliedIndex = status.knownAppliedIndex
    const epochVersion = region.epoch.version
    const known = this.#figures.get(region.id)
    if (known?.appliedIndex === appliedIndex && known.epochVersion === epochVersion) return
    const { id: regionId, epoch, range } = region
    const encoded = meta.regions.encodedRange(regionId)
    const sizeBytes = await rawEngine.approximateSize({ start: encoded.startKey, end: encoded.endKey })
    const reader = await engine.newReader({ regionId, epoch, readMode: 'local' })
    const measured = await reader.measure(range)
    this.#figures.set(regionId, {
      ...measured,
      sizeBytes,
      appliedIndex,
      epochVersion,
      collectedAtMs: clock.wallTimeMs(),
    })
  }
}

const isCollected = (region: StoreRegion, { regions }: StoreMetaManager): boolean =>
  regions.find(region.id) === region && region.state.mayApply && !isPlaceholder(region.range)
