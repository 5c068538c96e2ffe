import { SandboxError } from '../../base/sandbox-error'
import type { Clock, Timer } from '../../env'
import type { ReportScope } from './store-report'

/** How and to whom a store reports. Times in ms. */
export interface StoreHeartbeatOptions {
  readonly clock: Clock
  readonly intervalMs: number
  readonly maxBackOffMs: number
  /** Every how many heartbeats all regions are reported. */
  readonly reportRegionMultiple: number
  /** Makes one report. The signal aborts when the store stops. @throws when the coordinators have not taken it */
  readonly send: (scope: ReportScope, signal: AbortSignal) => Promise<void>
  /** Who took the last report, as far as that is known. */
  readonly receiver?: (() => string | undefined) | undefined
  readonly onWarning: (error: SandboxError) => void
}

/**
 * Reports to the coordinators: at intervals, and at once, for a few regions, after a change of them. One report is under way at
 * a time. A report that failed is made again after a pause that doubles with each failure; what changed meanwhile goes with it. What
 * was reported of the regions is in the memory of who took it: another one, or the same after a failure, is told of all of them at once.
 */
export class StoreHeartbeat {
  readonly #options: StoreHeartbeatOptions
  readonly #stopping = new AbortController()
  /** Regions that changed and were not reported since. */
  #changed = new Set<number>()
  #timer: { readonly timer: Timer; readonly dueMs: number } | undefined
  #underWay: Promise<void> | undefined
  #isStarted = false
  /** When the next one at intervals is due, in ms of the monotonic clock. */
  #nextRegularMs = 0
  #regularCount = 0
  #failures = 0
  /** Who has been told of all regions and, as far as is known, still knows; false for nobody. */
  #toldAll: string | undefined | false = false

  constructor(options: StoreHeartbeatOptions) {
    this.#options = options
  }

  /** Reports everything now, and goes on at intervals. */
  start(): void {
    this.#isStarted = true
    this.#nextRegularMs = this.#options.clock.monotonicMs()
    this.#wakeIn(0)
  }

  /** Has a region reported at once, together with others that change in this turn; before the start, right after it. */
  report(regionId: number): void {
    this.#changed.add(regionId)
    // After failures the pause is kept: a change must not turn it into a flood.
    if (this.#isStarted && this.#failures === 0) this.#wakeIn(0)
  }

  /** Sends nothing more and gives up what is under way. At once, and twice is harmless. */
  stop(): void {
    this.#stopping.abort()
    this.#timer?.timer.cancel()
    this.#timer = undefined
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#underWay ?? Promise.resolve()
  }

  /** Wakes up then, or earlier if that is planned already. */
  #wakeIn(delayMs: number): void {
    if (this.#stopping.signal.aborted || this.#underWay !== undefined) return
    const dueMs = this.#options.clock.monotonicMs() + delayMs
    if (this.#timer !== undefined) {
      if (this.#timer.dueMs <= dueMs) return
      this.#timer.timer.cancel()
    }
    const timer = this.#options.clock.setTimer(delayMs, () => {
      this.#timer = undefined
      this.#underWay = this.#beat().finally(() => {
        this.#underWay = undefined
        this.#planNext()
      })
    })
    this.#timer = { timer, dueMs }
  }

  #planNext(): void {
    const { clock, intervalMs, maxBackOffMs } = this.#options
    if (this.#failures > 0) this.#wakeIn(Math.min(maxBackOffMs, intervalMs * 2 ** (this.#failures - 1)))
    else if (this.#changed.size > 0) this.#wakeIn(0)
    else this.#wakeIn(Math.max(0, this.#nextRegularMs - clock.monotonicMs()))
  }

  /** Makes what is due: changed regions first, they are waited for. Never rejects. */
  async #beat(): Promise<void> {
    const { clock, intervalMs, reportRegionMultiple } = this.#options
    const changed = this.#changed
    this.#changed = new Set()
    try {
      if (changed.size > 0) await this.#send(changed)
      changed.clear()
      if (clock.monotonicMs() >= this.#nextRegularMs) {
        this.#nextRegularMs = clock.monotonicMs() + intervalMs
        const isWhole = this.#toldAll === false || this.#regularCount % reportRegionMultiple === 0
        await (isWhole ? this.#sendAll() : this.#send('store'))
        this.#regularCount += 1
      }
      if (this.#toldAll !== false && this.#toldAll !== this.#options.receiver?.()) await this.#sendAll()
      this.#failures = 0
    } catch (thrown) {
      this.#toldAll = false
      for (const regionId of changed) this.#changed.add(regionId)
      this.#failures += 1
      // One word about a series of failures is enough.
      if (this.#failures === 1 && !this.#stopping.signal.aborted) this.#options.onWarning(SandboxError.from(thrown))
    }
  }

  async #sendAll(): Promise<void> {
    await this.#send('all-regions')
    this.#toldAll = this.#options.receiver?.()
  }

  #send(scope: ReportScope): Promise<void> {
    return this.#options.send(scope, this.#stopping.signal)
  }
}
