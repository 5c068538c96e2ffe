import { assert } from '../../base/assert'
import type { Entry, EntryId } from '../core/model/entry'

/**
 * What the group has committed so far, behind the entry with which it was founded: the one history that every node must
 * agree with. It only grows, and only by what was found durable on a quorum.
 */
export class CommittedHistory {
  readonly #start: EntryId
  readonly #entries: Entry[] = []

  constructor(start: EntryId) {
    this.#start = start
  }

  /** Index of the last committed entry; that of the founding if there is none. */
  get lastIndex(): number {
    return this.#start.index + this.#entries.length
  }

  /** The entry at an index behind the founding and up to {@link lastIndex}. */
  entry(index: number): Entry {
    const entry = this.#entries[index - this.#start.index - 1]
    assert(entry !== undefined, 'only committed entries are asked for', { index, lastIndex: this.lastIndex })
    return entry
  }

  /** The term at an index up to {@link lastIndex}; 0 before the founding. */
  term(index: number): number {
    if (index > this.#start.index) return this.entry(index).term
    return index === this.#start.index ? this.#start.term : 0
  }

  append(entries: readonly Entry[]): void {
    for (const entry of entries) {
      assert(entry.index === this.lastIndex + 1, 'the committed history has no gap', { index: entry.index })
      this.#entries.push(entry)
    }
  }
}
