import type { Clock } from '../../../env'
import type { DirectedLink } from '../../../rpc/directed-link'

interface Delayed<Item> {
  readonly item: Item
  /** When it passes, on the monotonic clock. */
  readonly passesAtMs: number
  /** The link's count of cuts when it left. */
  readonly cuts: number
}

/** Lets messages of one direction pass as its link says: at once, later, or not at all. Their order is kept. */
export class LinkGate<Item> {
  readonly #link: DirectedLink
  readonly #clock: Clock
  readonly #pass: (item: Item) => void
  readonly #lose: () => void
  /** Those on the way, in order. */
  #delayed: Array<Delayed<Item>> = []

  /**
   * @param pass takes what passes
   * @param lose told of each message that does not
   */
  constructor(link: DirectedLink, clock: Clock, pass: (item: Item) => void, lose: () => void) {
    this.#link = link
    this.#clock = clock
    this.#pass = pass
    this.#lose = lose
  }

  offer(item: Item): void {
    const { isCut, delayMs, cuts } = this.#link
    if (isCut) {
      this.#lose()
      return
    }
    if (delayMs === 0 && this.#delayed.length === 0) {
      this.#pass(item)
      return
    }
    const last = this.#delayed.at(-1)
    const passesAtMs = Math.max(this.#clock.monotonicMs() + delayMs, last?.passesAtMs ?? 0)
    this.#delayed.push({ item, passesAtMs, cuts })
    // One timer at a time, for the first: timers that are due together may fire in any order.
    if (last === undefined) this.#wait(passesAtMs)
  }

  #wait(untilMs: number): void {
    this.#clock.setTimer(Math.max(0, untilMs - this.#clock.monotonicMs()), () => {
      const now = this.#clock.monotonicMs()
      const firstLater = this.#delayed.findIndex(({ passesAtMs }, position) => position > 0 && passesAtMs > now)
      const due = this.#delayed.splice(0, firstLater < 0 ? this.#delayed.length : firstLater)
      const next = this.#delayed[0]
      if (next !== undefined) this.#wait(next.passesAtMs)
      for (const { item, cuts } of due) {
        if (this.#link.cuts === cuts) this.#pass(item)
        else this.#lose()
      }
    })
  }
}
