import type { Clock, Timer } from '../../env'
import type { Engine } from '../../engine/engine'
import type { StoreRegion } from '../region/store-region'
import { enginePeers } from '../region/founding-peers'

/** How a first election is begun. Times in ms. */
export interface FirstElectionOptions {
  readonly storeId: number
  readonly clock: Clock
  readonly engine: Engine
  /** The pause before the second attempt; it doubles with each attempt. */
  readonly retryMs: number
  /** The longest pause; then elections are left to their time-outs. */
  readonly maxRetryMs: number
}

/**
 * Gives a group that comes up a leader without waiting for an election time-out: the first voter asks to lead at once, and again
 * while the other replicas are not up yet. Pre-votes keep that from disturbing a group that has a leader.
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
    if (enginePeers(region).voters[0] === storeId) this.#attempt(region.id, retryMs)
  }

  /** Ends all attempts. */
  close(): void {
    this.#isClosed = true
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  #attempt(regionId: number, pauseMs: number): void {
    const { clock, engine, maxRetryMs } = this.#options
    this.#timers.get(regionId)?.cancel()
    this.#timers.delete(regionId)
    const status = engine.status(regionId)
    if (this.#isClosed || status === undefined || status.leaderPeerId !== 0) return
    engine.campaign(regionId)
    if (pauseMs > maxRetryMs) return
    const next = (): void => {
      this.#attempt(regionId, pauseMs * 2)
    }
    this.#timers.set(regionId, clock.setTimer(pauseMs, next))
  }
}
