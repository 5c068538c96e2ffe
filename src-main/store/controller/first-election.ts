import type { Clock, Timer } from '../../env'
import type { StoreRegion } from '../region/store-region'
import { enginePeers } from '../region/founding-peers'
import type { RegionEngines } from '../storage/storage'

/** How a first election is begun. Times in ms. */
export interface FirstElectionOptions {
  readonly storeId: number
  readonly clock: Clock
  readonly engines: RegionEngines
  /** The pause before the second attempt; it doubles with each attempt. */
  readonly retryMs: number
  /** The longest pause; then elections are left to their time-outs. */
  readonly maxRetryMs: number
}

/**
 * Gives a group that comes up a leader without waiting for an election time-out: the first voter asks to lead at once, and again
 * while the other replicas are not up yet. Pre-votes keep that from disturbing a group that has a leader. A region of an engine
 * without replicas has its leader from the moment when it is up.
 */
export class FirstElection {
  readonly #options: FirstElectionOptions
  readonly #timers = new Map<number, Timer>()
  #isClosed = false

  constructor(options: FirstElectionOptions) {
    this.#options = options
  }

  /** Begins, if this store is the first voter of the region. */
  begin(region: StoreRegion): void {
    const { storeId, retryMs } = this.#options
    if (enginePeers(region).voters[0] === storeId) this.#attempt(region, retryMs)
  }

  /** Ends all attempts. */
  close(): void {
    this.#isClosed = true
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  #attempt(region: StoreRegion, pauseMs: number): void {
    const { clock, engines, maxRetryMs } = this.#options
    this.#timers.get(region.id)?.cancel()
    this.#timers.delete(region.id)
    const status = engines.statusOf(region)
    if (this.#isClosed || status === undefined || status.leaderPeerId !== 0) return
    engines.engineOf(region).campaign(region.id)
    if (pauseMs > maxRetryMs) return
    const next = (): void => {
      this.#attempt(region, pauseMs * 2)
    }
    this.#timers.set(region.id, clock.setTimer(pauseMs, next))
  }
}
