import type { Clock } from '../../env'
import type { StoreRegionMeta } from '../meta/store-region-meta'

/** What the forgetting of deleted regions needs. */
export interface ForgottenRegionsOptions {
  readonly clock: Clock
  readonly regions: Pick<StoreRegionMeta, 'isDeleted' | 'forgetDeleted'>
  /** How long a deleted region stays known after the coordinators have taken note, in ms. */
  readonly keptMs: number
}

/**
 * Forgets deleted regions, so that a store does not grow with every table that ever was. The record of one keeps a command that
 * would create the region again, and was long on its way, from reviving it. The coordinators give out none any more as soon as
 * they have taken note of the deletion; what they sent before then has arrived, or never will, long before the time is up.
 */
export class ForgottenRegions {
  readonly #options: ForgottenRegionsOptions
  /** When the coordinators took note, in ms of the monotonic clock; the earliest first. */
  readonly #notedAtMs = new Map<number, number>()

  constructor(options: ForgottenRegionsOptions) {
    this.#options = options
  }

  /** The coordinators have answered a report of these regions, in which those that are deleted were told as such. */
  reported(regionIds: Iterable<number>): void {
    const { clock, regions } = this.#options
    for (const regionId of regionIds) {
      if (regions.isDeleted(regionId) && !this.#notedAtMs.has(regionId)) {
        this.#notedAtMs.set(regionId, clock.monotonicMs())
      }
    }
  }

  /** Forgets those whose time is up. @throws SandboxError ENGINE_*; they are tried again when the time is up once more */
  async sweep(): Promise<void> {
    const { clock, regions, keptMs } = this.#options
    const oldestMs = clock.monotonicMs() - keptMs
    const due: number[] = []
    for (const [regionId, notedAtMs] of this.#notedAtMs) {
      if (notedAtMs > oldestMs) break
      due.push(regionId)
    }
    if (due.length === 0) return
    for (const regionId of due) this.#notedAtMs.delete(regionId)
    try {
      await regions.forgetDeleted(due)
    } catch (thrown) {
      this.reported(due)
      throw thrown
    }
  }
}
