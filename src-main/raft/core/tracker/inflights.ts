/**
 * The window of append messages that a follower has not acknowledged yet, in the order in which they were sent. It
 * bounds how much a leader sends ahead, by number and by bytes. A ring that grows on demand up to its limit, because
 * most followers never need all of it.
 */
export class Inflights {
  readonly #maxMessages: number
  readonly #maxBytes: number
  #lastIndexes: number[] = []
  #sizes: number[] = []
  #start = 0
  #count = 0
  #bytes = 0

  /** @param maxMessages at least 1. @param maxBytes NO_LIMIT for none; one message may go beyond it. */
  constructor(maxMessages: number, maxBytes: number) {
    this.#maxMessages = maxMessages
    this.#maxBytes = maxBytes
  }

  /** How many messages are under way. */
  get count(): number {
    return this.#count
  }

  /** How many payload bytes are under way. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether no further message may be sent for now. */
  get full(): boolean {
    return this.#count >= this.#maxMessages || this.#bytes >= this.#maxBytes
  }

  /**
   * Records a message. Messages must be recorded in order of their last index. The caller must have looked at
   * {@link full} first.
   *
   * @returns false, with nothing recorded, if the window is full
   */
  add(lastIndex: number, bytes: number): boolean {
    if (this.full) return false
    if (this.#count === this.#lastIndexes.length) this.#grow()
    const slot = (this.#start + this.#count) % this.#lastIndexes.length
    this.#lastIndexes[slot] = lastIndex
    this.#sizes[slot] = bytes
    this.#count += 1
    this.#bytes += bytes
    return true
  }

  /** Frees every message whose last entry is at or before the acknowledged index. */
  freeUpTo(index: number): void {
    while (this.#count > 0 && (this.#lastIndexes[this.#start] ?? 0) <= index) {
      this.#bytes -= this.#sizes[this.#start] ?? 0
      this.#start = (this.#start + 1) % this.#lastIndexes.length
      this.#count -= 1
    }
  }

  /** Forgets everything under way. */
  reset(): void {
    this.#start = 0
    this.#count = 0
    this.#bytes = 0
  }

  /** A copy that goes its own way. */
  clone(): Inflights {
    const copy = new Inflights(this.#maxMessages, this.#maxBytes)
    copy.#lastIndexes = this.#lastIndexes.slice()
    copy.#sizes = this.#sizes.slice()
    copy.#start = this.#start
    copy.#count = this.#count
    copy.#bytes = this.#bytes
    return copy
  }

  #grow(): void {
    const capacity = Math.min(Math.max(1, this.#lastIndexes.length * 2), this.#maxMessages)
    this.#lastIndexes = this.#inOrder(this.#lastIndexes, capacity)
    this.#sizes = this.#inOrder(this.#sizes, capacity)
    this.#start = 0
  }

  #inOrder(ring: readonly number[], capacity: number): number[] {
    const straight = new Array<number>(capacity).fill(0)
    for (let position = 0; position < this.#count; position += 1) {
      straight[position] = ring[(this.#start + position) % ring.length] ?? 0
    }
    return straight
  }
}
