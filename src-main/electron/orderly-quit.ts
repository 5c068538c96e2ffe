export interface OrderlyQuitParts {
  /** Ends what has to end in order. May reject: the reason is reported, and the program ends on the spot. */
  readonly end: () => Promise<void>
  /** Lets the program go, when everything has ended. */
  readonly leave: () => void
  /** Ends the program on the spot. */
  readonly exitAtOnce: () => void
  /** Tells why things did not end in order; the program waits for it. Must not reject. */
  readonly report: (error: unknown) => Promise<void>
}

/**
 * The end of the program: the first wish to quit begins to end things in order, while the window stays and shows it; a
 * second one ends the program at once, because its person does not want to wait.
 */
export class OrderlyQuit {
  readonly #parts: OrderlyQuitParts
  readonly #wanted = new AbortController()
  #state: 'running' | 'ending' | 'ended' = 'running'

  constructor(parts: OrderlyQuitParts) {
    this.#parts = parts
  }

  /** Aborts with the first wish to quit. */
  get wanted(): AbortSignal {
    return this.#wanted.signal
  }

  /** Whether a window may close, and the program go, now. If not, this was a wish to quit. */
  mayLeave(): boolean {
    if (this.#state === 'ended') return true
    if (this.#state === 'ending') this.#parts.exitAtOnce()
    else void this.#end()
    return false
  }

  async #end(): Promise<void> {
    this.#state = 'ending'
    this.#wanted.abort()
    try {
      await this.#parts.end()
    } catch (thrown) {
      await this.#parts.report(thrown)
      this.#parts.exitAtOnce()
      return
    }
    this.#state = 'ended'
    this.#parts.leave()
  }
}
