import type { Clock, Timer } from '../../env'

/** When stores were heard from, kept by the leader in memory only: idle heartbeats are not worth a log entry. */
export class StoreLiveness {
  readonly #clock: Clock
  readonly #offlineMs: number
  readonly #onSilent: (storeIds: readonly number[]) => void
  readonly #seen = new Map<number, { readonly monotonicMs: number; readonly wallTimeMs: number }>()
  #timer: Timer | undefined
  #isWatching = false

  /** @param onSilent told of stores that were not heard from for `offlineMs`; told again every `offlineMs` while that lasts */
  constructor(clock: Clock, offlineMs: number, onSilent: (storeIds: readonly number[]) => void) {
    this.#clock = clock
    this.#offlineMs = offlineMs
    this.#onSilent = onSilent
  }

  /** A new leader gives every store a full time to be heard from. */
  begin(storeIds: readonly number[]): void {
    this.end()
    this.#isWatching = true
    for (const storeId of storeIds) this.#note(storeId)
    this.#schedule()
  }

  end(): void {
    this.#isWatching = false
    this.#timer?.cancel()
    this.#timer = undefined
    this.#seen.clear()
  }

  /** The store was heard from. Of no interest to who does not lead. */
  seen(storeId: number): void {
    if (!this.#isWatching) return
    this.#note(storeId)
    if (this.#timer === undefined) this.#schedule()
  }

  forget(storeId: number): void {
    this.#seen.delete(storeId)
  }

  /** Whether the store has been silent for too long, as this leader sees it. */
  isSilent(storeId: number): boolean {
    const seen = this.#seen.get(storeId)
    return seen !== undefined && this.#clock.monotonicMs() - seen.monotonicMs >= this.#offlineMs
  }

  /** Wall time in ms at which the store was heard from; undefined if this leader never did. */
  lastSeenMs(storeId: number): number | undefined {
    return this.#seen.get(storeId)?.wallTimeMs
  }

  #note(storeId: number): void {
    this.#seen.set(storeId, { monotonicMs: this.#clock.monotonicMs(), wallTimeMs: this.#clock.wallTimeMs() })
  }

  /** One timer for all stores, due when the one that was silent longest would be offline. */
  #schedule(): void {
    const now = this.#clock.monotonicMs()
    let dueMs = Infinity
    for (const { monotonicMs } of this.#seen.values()) {
      const due = monotonicMs + this.#offlineMs
      // Who is silent already was told of; it is looked at again in a whole period.
      dueMs = Math.min(dueMs, due > now ? due : now + this.#offlineMs)
    }
    if (dueMs === Infinity) return
    this.#timer = this.#clock.setTimer(dueMs - now, () => {
      this.#timer = undefined
      const silent = [...this.#seen.keys()].filter((storeId) => this.isSilent(storeId))
      this.#schedule()
      if (silent.length > 0) this.#onSilent(silent)
    })
  }
}
