import { assert } from '../../base/assert'

/**
 * Keeps the last `capacity` items under growing sequence numbers (1, 2, 3 …), for those who come back and ask what they
 * missed.
 */
export class EventRing<T> {
  readonly #slots: Array<T | undefined> = []
  readonly #capacity: number
  #last = 0

  constructor(capacity: number) {
    assert(Number.isSafeInteger(capacity) && capacity > 0, 'a ring holds at least one item', { capacity })
    this.#capacity = capacity
  }

  /** The sequence number of the newest item; 0 before the first. */
  get last(): number {
    return this.#last
  }

  /** The sequence number of the oldest item that is still kept; `last + 1` while there is none. */
  get oldest(): number {
    return Math.max(1, this.#last - this.#slots.length + 1)
  }

  /** Adds an item; the oldest goes when there is no room. */
  push(item: T): void {
    this.#slots[this.#last % this.#capacity] = item
    this.#last += 1
  }

  /** Lets go of an item before its time; harmless for one that is gone already. Its number stays taken. */
  forget(sequence: number): void {
    if (sequence >= this.oldest && sequence <= this.#last) this.#slots[(sequence - 1) % this.#capacity] = undefined
  }

  /** The item with this sequence number, for `oldest <= sequence <= last`; undefined for a forgotten one. */
  at(sequence: number): T | undefined {
    assert(sequence >= this.oldest && sequence <= this.#last, 'the item is kept', { sequence })
    return this.#slots[(sequence - 1) % this.#capacity]
  }
}
