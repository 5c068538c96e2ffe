import type { Clock } from '../../../env'
import type { DirectedLink } from '../../../rpc/directed-link'

/** Lets messages of one direction pass as its link says: at once, later, or not at all. Their order is kept. */
export class LinkGate<Item> {
  readonly #link: DirectedLink
  readonly #clock: Clock
  readonly #pass: (item: Item) => void
  readonly #lose: () => void
  /** The moment, on the monotonic clock, before which nothing passes, so that nothing overtakes. */
  #busyUntilMs = 0

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
    const link = this.#link
    if (link.isCut) {
      this.#lose()
      return
    }
    if (link.delayMs === 0 && this.#busyUntilMs === 0) {
      this.#pass(item)
      return
    }
    const now = this.#clock.monotonicMs()
    const passesAtMs = Math.max(now + link.delayMs, this.#busyUntilMs)
    this.#busyUntilMs = passesAtMs
    const { cuts } = link
    this.#clock.setTimer(passesAtMs - now, () => {
      if (this.#busyUntilMs === passesAtMs && link.delayMs === 0) this.#busyUntilMs = 0
      if (link.cuts === cuts) this.#pass(item)
      else this.#lose()
    })
  }
}
