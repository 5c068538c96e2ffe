import { assert } from '../../base/assert'

/**
 * Keeps the last `capacity` items under growing sequence numbers (1, 2, 3 …), for those who come back and ask what they
 * missed.
 */
export class EventRing<T> {
  readonly #slots: T[] = []
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

  /** The item with this sequence number. It must be kept still: `oldest <= sequence <= last`. */
  at(sequence: number): T {
    assert(sequence >= this.oldest && sequence <= this.#last, 'the item is kept', { sequence })
    return this.#slots[(sequence - 1) % this.#capacity] as T
  }
}
