import { mixBits } from './hash'
import type { Model } from './model'
import type { OperationSet } from './operation-set'

/** What one entry costs beside the words of its set: a slot in the index, three numbers and the reference to the state. */
const BYTES_PER_ENTRY = 64

/** The words that stand before those of a set: where its window starts, and how long it is. */
const HEADER_WORDS = 2

/**
 * The configurations that a search has been in. Two ways that placed the same operations, in whatever order, and
 * arrived at the same state have the same future, so only the first of them is followed. Open operations need not be
 * placed at all: to have placed fewer of them is as good, for those left over can be placed later or never.
 */
export class VisitedConfigurations<State> {
  private readonly model: Pick<Model<State, never, never>, 'equal' | 'hash'>
  /** The newest entry of each hash. */
  private readonly newestByHash = new Map<number, number>()
  /** For each entry the next older one of the same hash, -1 where there is none. */
  private readonly older: number[] = []
  private readonly states: State[] = []
  /** For each entry where its set begins in `sets`. */
  private readonly setStarts: number[] = []
  /** The sets of all entries, one behind the other: one array instead of millions of small ones. */
  private sets = new Int32Array(1024)
  private usedWords = 0

  constructor(model: Pick<Model<State, never, never>, 'equal' | 'hash'>) {
    this.model = model
  }

  /** How much the entries take, in bytes, without what the states hold themselves. Depends on the entries alone. */
  get sizeBytes(): number {
    return this.states.length * BYTES_PER_ENTRY + this.usedWords * 4
  }

  /**
   * Remembers a configuration; false if one as good is known already: the same state and completed operations, and no open
   * operation that this one lacks.
   */
  add(placed: OperationSet, state: State): boolean {
    // 30 bits stay small integers in V8, which are the quickest keys of a map.
    const hash = mixBits(placed.completedHash ^ mixBits(this.model.hash(state))) >>> 2
    const newest = this.newestByHash.get(hash) ?? -1
    // Different configurations may share a hash; taking one for the other would make the verdict wrong.
    for (let entry = newest; entry !== -1; entry = this.older[entry] ?? -1) {
      if (this.isAsGood(entry, placed) && this.model.equal(this.states[entry] as State, state)) return false
    }
    this.newestByHash.set(hash, this.states.length)
    this.older.push(newest)
    this.states.push(state)
    this.storeSet(placed)
    return true
  }

  private isAsGood(entry: number, { words, openWords, windowStart, windowEnd }: OperationSet): boolean {
    let at = this.setStarts[entry] ?? 0
    if (this.sets[at] !== windowStart || this.sets[at + 1] !== windowEnd - windowStart) return false
    at += HEADER_WORDS
    for (let word = 0; word < openWords; word += 1, at += 1) {
      if (((this.sets[at] ?? 0) & ~(words[word] ?? 0)) !== 0) return false
    }
    for (let word = windowStart; word < windowEnd; word += 1, at += 1) if (this.sets[at] !== words[word]) return false
    return true
  }

  private storeSet({ words, openWords, windowStart, windowEnd }: OperationSet): void {
    let at = this.usedWords
    this.setStarts.push(at)
    this.usedWords += HEADER_WORDS + openWords + (windowEnd - windowStart)
    this.reserve(this.usedWords)
    this.sets[at] = windowStart
    this.sets[at + 1] = windowEnd - windowStart
    at += HEADER_WORDS
    for (let word = 0; word < openWords; word += 1, at += 1) this.sets[at] = words[word] ?? 0
    for (let word = windowStart; word < windowEnd; word += 1, at += 1) this.sets[at] = words[word] ?? 0
  }

  private reserve(words: number): void {
    if (words <= this.sets.length) return
    const larger = new Int32Array(Math.max(words, this.sets.length * 2))
    larger.set(this.sets)
    this.sets = larger
  }
}
