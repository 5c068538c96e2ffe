import type { ClusterOverview } from '../../client/views/overview'
import type { Clock, Timer } from '../../env'
import type { OverviewWatch } from '../sandbox'
import type { ClusterSession } from './cluster-session'

/** How long to wait between two looks, in ms. */
const PAUSE_MS = 1_000
/** Heartbeats come about as often as this: only an age above it says something, second by second. */
const UNREMARKABLE_AGE_MS = 3_000

/** What the watch looks at. */
export interface OverviewPollParts {
  readonly clock: Clock
  readonly session: Pick<ClusterSession, 'view' | 'onChange'>
  /** @throws what makes that there is no overview */
  readonly overview: () => Promise<ClusterOverview>
}

/**
 * Looks at the cluster every second while anybody listens and a cluster runs, and tells when a person would see another picture. The
 * next look begins when the one before is done, so that a slow cluster is not asked more.
 */
export class OverviewPoll implements OverviewWatch {
  readonly #parts: OverviewPollParts
  readonly #listeners = new Set<(overview: ClusterOverview) => void>()
  #stopSession: (() => void) | undefined
  #timer: Timer | undefined
  #isLooking = false
  /** What was told last, without what changes all the time. */
  #told = ''

  constructor(parts: OverviewPollParts) {
    this.#parts = parts
  }

  onOverview(listener: (overview: ClusterOverview) => void): () => void {
    // The newcomer is told the next picture even if it is that of before.
    this.#told = ''
    this.#listeners.add(listener)
    this.#stopSession ??= this.#parts.session.onChange((view) => {
      if (view.phase !== 'running') this.#told = ''
      this.#begin()
    })
    this.#begin()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      this.#timer?.cancel()
      this.#timer = undefined
      this.#stopSession?.()
      this.#stopSession = undefined
    }
  }

  get #isWanted(): boolean {
    return this.#listeners.size > 0 && this.#parts.session.view.phase === 'running'
  }

  #begin(): void {
    if (!this.#isWanted || this.#isLooking || this.#timer !== undefined) return
    this.#isLooking = true
    void this.#look().finally(() => {
      this.#isLooking = false
      if (!this.#isWanted) return
      this.#timer = this.#parts.clock.setTimer(PAUSE_MS, () => {
        this.#timer = undefined
        this.#begin()
      })
    })
  }

  async #look(): Promise<void> {
    let overview: ClusterOverview
    try {
      overview = await this.#parts.overview()
    } catch {
      // Before the first picture, and while the cluster closes, there is none to tell: the session says why.
      return
    }
    if (!this.#isWanted) return
    const essence = essenceOf(overview)
    if (essence === this.#told) return
    this.#told = essence
    for (const listener of [...this.#listeners]) listener(overview)
  }
}

/** What of an overview is seen: not when it was taken, and not the age of a heartbeat that came in time. */
function essenceOf(overview: ClusterOverview): string {
  const stores = overview.stores.map((store) => {
    const { heartbeatAgeMs = 0 } = store
    const lateSeconds = heartbeatAgeMs < UNREMARKABLE_AGE_MS ? 0 : Math.round(heartbeatAgeMs / 1000)
    // Memory changes with every report.
    return { ...store, processUsedBytes: 0, freeBytes: 0, heartbeatAgeMs: lateSeconds }
  })
  return JSON.stringify({ ...overview, takenAtMs: 0, stores })
}
