import type { EntryId } from '../core/model/entry'

/** Where one live entry stands on disk. */
export interface EntryPosition {
  readonly term: number
  /** Sequence number of the segment that holds it. */
  readonly segment: number
  readonly offset: number
  /** Length in bytes, header and padding included. */
  readonly length: number
}

/**
 * Which entries are live and where each stands: four numbers an entry in flat arrays, so that a log of millions of entries
 * opens without millions of objects. Entries are contiguous behind `mark`.
 */
export class LogPositions {
  #mark: EntryId = { index: 0, term: 0 }
  /** Position in the arrays of the entry behind the mark. Dropped ones before it are given back in bulk. */
  #start = 0
  readonly #terms: number[] = []
  readonly #segments: number[] = []
  readonly #offsets: number[] = []
  readonly #lengths: number[] = []

  get mark(): EntryId {
    return this.#mark
  }

  get lastIndex(): number {
    return this.#mark.index + this.#terms.length - this.#start
  }

  /** The term at an index from the mark to the last. */
  term(index: number): number {
    return index === this.#mark.index ? this.#mark.term : (this.#terms[this.#at(index)] as number)
  }

  /** The position of a live entry. */
  position(index: number): EntryPosition {
    const at = this.#at(index)
    return {
      term: this.#terms[at] as number,
      segment: this.#segments[at] as number,
      offset: this.#offsets[at] as number,
      length: this.#lengths[at] as number,
    }
  }

  /** Adds the entry behind the last. */
  push(term: number, segment: number, offset: number, length: number): void {
    this.#terms.push(term)
    this.#segments.push(segment)
    this.#offsets.push(offset)
    this.#lengths.push(length)
  }

  /** Forgets the entries above an index that is not below the mark. */
  cutSuffix(lastIndexToKeep: number): void {
    const kept = this.#start + Math.max(0, lastIndexToKeep - this.#mark.index)
    if (kept >= this.#terms.length) return
    this.#terms.length = kept
    this.#segments.length = kept
    this.#offsets.length = kept
    this.#lengths.length = kept
  }

  /** Moves the mark forward over entries that are there. */
  cutPrefix(mark: EntryId): void {
    this.#start += mark.index - this.#mark.index
    this.#mark = mark
    if (this.#start < 4096 || this.#start * 2 < this.#terms.length) return
    for (const column of [this.#terms, this.#segments, this.#offsets, this.#lengths]) column.splice(0, this.#start)
    this.#start = 0
  }

  /** Forgets every entry and starts behind a mark. */
  reset(mark: EntryId): void {
    this.#mark = mark
    this.#start = 0
    for (const column of [this.#terms, this.#segments, this.#offsets, this.#lengths]) column.length = 0
  }

  /** The sequence numbers of the segments that hold a live entry. */
  liveSegments(): ReadonlySet<number> {
    const live = new Set<number>()
    let previous = -1
    for (let at = this.#start; at < this.#segments.length; at += 1) {
      const segment = this.#segments[at] as number
      if (segment !== previous) live.add(segment)
      previous = segment
    }
    return live
  }

  #at(index: number): number {
    return this.#start + index - this.#mark.index - 1
  }
}
