import type { ClusterOverview, StoreView } from '../../client/views/overview'
import type { Clock, Timer } from '../../env'
import type { OverviewWatch } from '../sandbox'
import type { ClusterSession } from './cluster-session'

/** How long to wait between two looks, in ms, while the cluster changes or something is done to it. */
const LIVELY_PAUSE_MS = 1_000
/** And after so many ms without either: what then happens by itself may be seen a little later, and looking costs next to nothing. */
const CALM_PAUSE_MS = 5_000
const CALM_AFTER_MS = 10_000
/** Heartbeats come about as often as this: only an age above it says something, second by second. */
const UNREMARKABLE_AGE_MS = 3_000

/** What the watch looks at. */
export interface OverviewPollParts {
  readonly clock: Clock
  readonly session: Pick<ClusterSession, 'view' | 'onChange'>
  /** @throws what makes that there is no overview */
  readonly overview: () => Promise<ClusterOverview>
  /** Calls back when something is done to the cluster that the session does not tell. @returns stops it */
  readonly onDeed?: ((listener: () => void) => () => void) | undefined
}

/**
 * Looks at the cluster again and again while anybody listens and a cluster runs, and tells when a person would see another picture:
 * every second while it changes, every five when it is calm. The next look begins when the one before is done, so that a slow
 * cluster is not asked more.
 */
export class OverviewPoll implements OverviewWatch {
  readonly #parts: OverviewPollParts
  readonly #listeners = new Set<(overview: ClusterOverview) => void>()
  #stopHearing: (() => void) | undefined
  #timer: Timer | undefined
  #isLooking = false
  /** Grows when a cluster ends: a look at it that is still under way tells nothing of the next one. */
  #life = 0
  /** When the last look was done, and until when looks follow each other closely, in ms of the monotonic clock. */
  #lookedMs = Number.NEGATIVE_INFINITY
  #livelyUntilMs = Number.NEGATIVE_INFINITY
  /** What was told last, without what changes all the time. */
  #told = ''

  constructor(parts: OverviewPollParts) {
    this.#parts = parts
  }

  onOverview(listener: (overview: ClusterOverview) => void): () => void {
    // The newcomer is told the next picture even if it is that of before, and soon.
    this.#told = ''
    this.#listeners.add(listener)
    this.#stopHearing ??= this.#hear()
    this.#enliven()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      this.#stopTimer()
      this.#stopHearing?.()
      this.#stopHearing = undefined
    }
  }

  get #isWanted(): boolean {
    return this.#listeners.size > 0 && this.#parts.session.view.phase === 'running'
  }

  /** Whatever is done to the cluster is followed closely. */
  #hear(): () => void {
    const { session, onDeed } = this.#parts
    const stops = [
      session.onChange(({ phase }) => {
        if (phase !== 'running') this.#leave()
        this.#enliven()
      }),
      onDeed?.(() => {
        this.#enliven()
      }),
    ]
    return () => {
      for (const stop of stops) stop?.()
    }
  }

  #leave(): void {
    this.#life += 1
    this.#told = ''
    this.#lookedMs = Number.NEGATIVE_INFINITY
    this.#stopTimer()
  }

  #enliven(): void {
    this.#livelyUntilMs = this.#parts.clock.monotonicMs() + CALM_AFTER_MS
    this.#plan()
  }

  /** Has the next look begin when it is due, unless one is under way: its end plans the next. */
  #plan(): void {
    this.#stopTimer()
    if (!this.#isWanted || this.#isLooking) return
    const { clock } = this.#parts
    const nowMs = clock.monotonicMs()
    const pauseMs = this.#told === '' || nowMs < this.#livelyUntilMs ? LIVELY_PAUSE_MS : CALM_PAUSE_MS
    const waitMs = this.#lookedMs + pauseMs - nowMs
    if (waitMs > 0) this.#timer = clock.setTimer(waitMs, () => this.#begin())
    else this.#begin()
  }

  #begin(): void {
    this.#timer = undefined
    this.#isLooking = true
    const life = this.#life
    void this.#look(life).finally(() => {
      this.#isLooking = false
      if (life === this.#life) this.#lookedMs = this.#parts.clock.monotonicMs()
      this.#plan()
    })
  }

  async #look(life: number): Promise<void> {
    let overview: ClusterOverview
    try {
      overview = await this.#parts.overview()
    } catch {
      // Before the first picture, and while the cluster closes, there is none to tell: the session says why.
      return
    }
    if (!this.#isWanted || life !== this.#life) return
    const essence = essenceOf(overview)
    if (essence === this.#told) return
    this.#told = essence
    this.#livelyUntilMs = this.#parts.clock.monotonicMs() + CALM_AFTER_MS
    for (const listener of [...this.#listeners]) listener(overview)
  }

  #stopTimer(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }
}

/** The room of a disk, by the hundredth of the whole, and by the fifth of what is left. */
function roomOf({ freeBytes, totalBytes }: StoreView): unknown {
  if (freeBytes === undefined || totalBytes === undefined) return undefined
  return [Math.round((100 * freeBytes) / totalBytes), Math.round(4 * Math.log2(freeBytes + 1))]
}

/** What of an overview is seen: not when it was taken, and not the age of a heartbeat that came in time. */
function essenceOf(overview: ClusterOverview): string {
  const stores = overview.stores.map((store) => {
    const { heartbeatAgeMs = 0, answers } = store
    // Of a store that is down the last heartbeat is a moment that stands; of one that is cut off its age goes on.
    const isLate = answers && heartbeatAgeMs >= UNREMARKABLE_AGE_MS
    const lateSeconds = isLate ? Math.round(heartbeatAgeMs / 1000) : 0
    // Memory changes with every report, and the disk nearly so.
    return { ...store, processUsedBytes: 0, freeBytes: 0, room: roomOf(store), heartbeatAgeMs: lateSeconds }
  })
  return JSON.stringify({ ...overview, takenAtMs: 0, stores })
}
