/** Editors write several files at once, and some write each of them twice. */
const QUIET_MS = 150

/**
 * Gathers bursts of changes into one batch, and keeps those that come while nobody waits. One reader at a time.
 */
export class ChangeQueue<Change> {
  readonly #quietMs: number
  #gathered = new Set<Change>()
  #isQuiet = false
  #hasEnded = false
  #wake: (() => void) | null = null
  #timer: NodeJS.Timeout | undefined

  /** @param quietMs a batch is complete when nothing was added for this long */
  constructor(quietMs = QUIET_MS) {
    this.#quietMs = quietMs
  }

  add(change: Change): void {
    this.#gathered.add(change)
    this.#isQuiet = false
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#isQuiet = true
      this.#wake?.()
    }, this.#quietMs)
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#hasEnded = true
    this.#wake?.()
  }

  /** The next complete batch, or null at the end. */
  async next(): Promise<ReadonlySet<Change> | null> {
    while (!this.#hasEnded && !this.#isQuiet) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (this.#hasEnded) return null
    const batch = this.#gathered
    this.#gathered = new Set()
    this.#isQuiet = false
    return batch
  }
}
