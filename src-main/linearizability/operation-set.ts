import { mixBits } from './hash'

/**
 * The set of operations that a search has placed: one bit an operation, and a hash that follows the completed ones.
 *
 * Open operations come first, then the completed ones in the order of their calls. Of the completed ones nearly all of
 * the past is placed and nothing of the future is, so between `windowStart` and `windowEnd` a few words tell the set
 * apart from all others; a history of thousands of operations costs no more there than a short one.
 */
export class OperationSet {
  readonly words: Int32Array
  /** Words of open operations: all before this index. */
  readonly openWords: number
  /** First word of completed operations in which one is missing. */
  windowStart: number
  /** Behind the last word of completed operations in which one is placed; never below `windowStart`. */
  windowEnd: number
  /** A 32-bit integer, the same for sets with the same completed operations. */
  completedHash = 0
  private readonly openCount: number

  constructor(openCount: number, completedCount: number) {
    this.openCount = openCount
    this.openWords = wordsFor(openCount)
    this.words = new Int32Array(this.openWords + wordsFor(completedCount))
    this.windowStart = this.openWords
    this.windowEnd = this.openWords
  }

  /** Puts an operation in if it is out, and takes it out if it is in. Open operations have the numbers below all others. */
  toggle(operation: number): void {
    const bit = operation < this.openCount ? operation : operation - this.openCount + this.openWords * 32
    const word = bit >>> 5
    this.words[word] = (this.words[word] ?? 0) ^ (1 << (bit & 31))
    if (word < this.openWords) return
    // Exclusive or undoes itself, so the hash follows in both directions without a look at the other members.
    this.completedHash ^= mixBits(bit + 1)
    this.moveWindow(word)
  }

  private moveWindow(changed: number): void {
    this.windowStart = Math.min(this.windowStart, changed)
    while (this.words[this.windowStart] === -1) this.windowStart += 1
    this.windowEnd = Math.max(this.windowEnd, changed + 1)
    while (this.windowEnd > this.openWords && this.words[this.windowEnd - 1] === 0) this.windowEnd -= 1
  }
}

const wordsFor = (operations: number) => Math.ceil(operations / 32)
