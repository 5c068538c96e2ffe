import { RaftError, RaftInvariantError } from '../errors'
import type { ConfState } from '../model/conf-state'
import type { Entry } from '../model/entry'
import { countWithinSize } from '../model/entry'
import type { HardState } from '../model/hard-state'
import { EMPTY_HARD_STATE } from '../model/hard-state'
import type { Snapshot } from '../model/snapshot'
import { EMPTY_SNAPSHOT } from '../model/snapshot'
import type { LogGap, RaftStorage } from './storage'

/**
 * A stored log that lives in memory: for tests, transcripts and simulations, and as the plainest example of what the
 * core expects of a storage. Besides the reading side it has the writing side that a driver needs.
 */
export class MemoryStorage implements RaftStorage {
  #hardState: HardState = EMPTY_HARD_STATE
  #snapshot: Snapshot = EMPTY_SNAPSHOT
  /** The entry before the first one: compacted away, but its term is still needed to compare logs. */
  #compactedIndex = 0
  #compactedTerm = 0
  #entries: Entry[] = []

  initialState(): { readonly hardState: HardState; readonly confState: ConfState } {
    return { hardState: this.#hardState, confState: this.#snapshot.confState }
  }

  firstIndex(): number {
    return this.#compactedIndex + 1
  }

  lastIndex(): number {
    return this.#compactedIndex + this.#entries.length
  }

  term(index: number): number | LogGap {
    if (index === this.#compactedIndex) return this.#compactedTerm
    if (index < this.#compactedIndex) return 'compacted'
    return this.#entries[index - this.firstIndex()]?.term ?? 'unavailable'
  }

  entries(low: number, high: number, maxBytes: number): readonly Entry[] | LogGap {
    if (low < this.firstIndex()) return 'compacted'
    if (high > this.lastIndex() + 1) {
      throw new RaftInvariantError(`entries' hi(${high}) is out of bound lastindex(${this.lastIndex()})`)
    }
    if (this.#entries.length === 0) return 'unavailable'
    const from = low - this.firstIndex()
    return this.#entries.slice(from, from + countWithinSize(this.#entries, from, high - this.firstIndex(), maxBytes))
  }

  snapshot(): Snapshot | undefined {
    return this.#snapshot
  }

  /** Replaces the stored hard state. */
  setHardState(hardState: HardState): void {
    this.#hardState = hardState
  }

  /**
   * Replaces everything by a snapshot.
   *
   * @throws RaftError SNAPSHOT_OUT_OF_DATE if one at least as new is there already
   */
  applySnapshot(snapshot: Snapshot): void {
    if (this.#snapshot.index >= snapshot.index) throw outOfDate()
    this.#snapshot = snapshot
    this.#compactedIndex = snapshot.index
    this.#compactedTerm = snapshot.term
    this.#entries = []
  }

  /**
   * Takes a snapshot of the state machine at an applied index. The log is kept; {@link compact} cuts it.
   *
   * @param confState the membership at that index, if it changed since the last snapshot
   * @throws RaftError SNAPSHOT_OUT_OF_DATE if one at least as new is there already
   * @throws RaftError LOG_UNAVAILABLE if the log does not reach that far
   */
  createSnapshot(index: number, confState: ConfState | undefined, data: Uint8Array): Snapshot {
    if (index <= this.#snapshot.index) throw outOfDate()
    const term = this.term(index)
    if (typeof term === 'string') {
      throw new RaftError('LOG_UNAVAILABLE', `snapshot ${index} is out of bound lastindex(${this.lastIndex()})`)
    }
    this.#snapshot = { index, term, confState: confState ?? this.#snapshot.confState, data }
    return this.#snapshot
  }

  /**
   * Forgets the entries up to and including an index. It is the caller's duty not to go beyond what is applied.
   *
   * @throws RaftError LOG_COMPACTED if that was done already, LOG_UNAVAILABLE if the log does not reach that far
   */
  compact(index: number): void {
    if (index <= this.#compactedIndex) {
      throw new RaftError('LOG_COMPACTED', 'requested index is unavailable due to compaction')
    }
    const term = this.term(index)
    if (typeof term === 'string') {
      throw new RaftError('LOG_UNAVAILABLE', `compact ${index} is out of bound lastindex(${this.lastIndex()})`)
    }
    this.#entries = this.#entries.slice(index - this.#compactedIndex)
    this.#compactedIndex = index
    this.#compactedTerm = term
  }

  /**
   * Appends consecutive entries, replacing whatever is stored from the first of them on. Entries that were compacted
   * already are skipped.
   *
   * @throws RaftInvariantError if there would be a gap
   */
  append(entries: readonly Entry[]): void {
    const first = entries[0]
    if (first === undefined) return
    if (first.index > this.lastIndex() + 1) {
      throw new RaftInvariantError(`missing log entry [last: ${this.lastIndex()}, append at: ${first.index}]`)
    }
    const skip = Math.max(0, this.firstIndex() - first.index)
    if (skip >= entries.length) return
    const keep = first.index + skip - this.firstIndex()
    if (keep < this.#entries.length) this.#entries = this.#entries.slice(0, keep)
    for (let position = skip; position < entries.length; position += 1) {
      const entry = entries[position]
      if (entry !== undefined) this.#entries.push(entry)
    }
  }

  /** An independent copy, sharing the entries, which never change. */
  clone(): MemoryStorage {
    const copy = new MemoryStorage()
    copy.#hardState = this.#hardState
    copy.#snapshot = this.#snapshot
    copy.#compactedIndex = this.#compactedIndex
    copy.#compactedTerm = this.#compactedTerm
    copy.#entries = this.#entries.slice()
    return copy
  }
}

function outOfDate(): RaftError {
  return new RaftError('SNAPSHOT_OUT_OF_DATE', 'requested index is older than the existing snapshot')
}
