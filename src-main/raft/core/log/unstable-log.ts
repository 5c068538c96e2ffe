import type { RaftLogger } from '../logger'
import { violated } from '../logger'
import type { Entry, EntryId } from '../model/entry'
import { NO_ENTRIES, countWithinSize } from '../model/entry'
import type { Snapshot } from '../model/snapshot'

/**
 * The end of the log that is not known to be durable yet: entries, and a snapshot that replaces everything before
 * them. It first waits to be handed out for writing, then is being written, and leaves once the write is acknowledged.
 * Until then the log must be read from here, because storage may still hold what is being overwritten.
 *
 * Invariants: entry i stands at index offset + i; offset <= offsetInProgress <= offset + number of entries.
 */
export class UnstableLog {
  readonly #logger: RaftLogger
  #snapshot: Snapshot | undefined
  #snapshotInProgress = false
  #entries: Entry[] = []
  #offset: number
  #offsetInProgress: number

  /** @param offset the index after the last stored entry */
  constructor(offset: number, logger: RaftLogger) {
    this.#offset = offset
    this.#offsetInProgress = offset
    this.#logger = logger
  }

  /** The index of the first entry here. Everything before is durable. */
  get offset(): number {
    return this.#offset
  }

  /** The index after the last entry that was handed out for writing. */
  get offsetInProgress(): number {
    return this.#offsetInProgress
  }

  /** How many entries are here. */
  get length(): number {
    return this.#entries.length
  }

  /** The snapshot that is not known to be durable yet. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot
  }

  /** The first index of the log, if a snapshot here decides it. */
  firstIndex(): number | undefined {
    return this.#snapshot === undefined ? undefined : this.#snapshot.index + 1
  }

  /** The last index of the log, if it is decided here. */
  lastIndex(): number | undefined {
    if (this.#entries.length > 0) return this.#offset + this.#entries.length - 1
    return this.#snapshot?.index
  }

  /** The term at an index, if it is known here. */
  term(index: number): number | undefined {
    if (index >= this.#offset) return this.#entries[index - this.#offset]?.term
    return this.#snapshot?.index === index ? this.#snapshot.term : undefined
  }

  /** The entries that were not handed out for writing yet. */
  nextEntries(): readonly Entry[] {
    const inProgress = this.#offsetInProgress - this.#offset
    return inProgress === this.#entries.length ? NO_ENTRIES : this.#entries.slice(inProgress)
  }

  /** Whether there is an entry that was not handed out for writing yet. */
  get hasNextEntries(): boolean {
    return this.#offsetInProgress - this.#offset < this.#entries.length
  }

  /** The snapshot, if it was not handed out for writing yet. */
  nextSnapshot(): Snapshot | undefined {
    return this.#snapshotInProgress ? undefined : this.#snapshot
  }

  /** Everything here was handed out for writing. */
  acceptInProgress(): void {
    this.#offsetInProgress = this.#offset + this.#entries.length
    if (this.#snapshot !== undefined) this.#snapshotInProgress = true
  }

  /**
   * The entries up to this one are durable and cannot be overwritten by a write under way. If the entry here is another
   * one by now, what is durable is not what is here, and nothing leaves.
   */
  stableTo({ term, index }: EntryId): void {
    const termHere = this.term(index)
    if (termHere === undefined) {
      this.#logger.info(`entry at index ${index} missing from unstable log; ignoring`)
      return
    }
    if (index < this.#offset) {
      this.#logger.info(`entry at index ${index} matched unstable snapshot; ignoring`)
      return
    }
    if (termHere !== term) {
      this.#logger.info(
        `entry at (index,term)=(${index},${term}) mismatched with entry at (${index},${termHere}) in unstable log; ignoring`,
      )
      return
    }
    const count = index + 1 - this.#offset
    this.#entries = count === this.#entries.length ? [] : this.#entries.slice(count)
    this.#offset = index + 1
    this.#offsetInProgress = Math.max(this.#offsetInProgress, this.#offset)
  }

  /** The snapshot with this index is durable. */
  stableSnapshotTo(index: number): void {
    if (this.#snapshot?.index !== index) return
    this.#snapshot = undefined
    this.#snapshotInProgress = false
  }

  /** Replaces everything by a snapshot. */
  restore(snapshot: Snapshot): void {
    this.#offset = snapshot.index + 1
    this.#offsetInProgress = this.#offset
    this.#entries = []
    this.#snapshot = snapshot
    this.#snapshotInProgress = false
  }

  /**
   * Puts `entries[from..]` into their places, dropping whatever stood there and after. Entries dropped while being
   * written are written again, by those that replace them.
   */
  truncateAndAppend(entries: readonly Entry[], from: number): void {
    const first = entries[from]
    if (first === undefined) return
    const end = this.#offset + this.#entries.length
    if (first.index > end) {
      violated(this.#logger, `entries from index ${first.index} would leave a gap after ${end - 1}`)
    }
    if (first.index < end) this.#truncateFrom(first.index)
    for (let position = from; position < entries.length; position += 1) {
      const entry = entries[position]
      if (entry !== undefined) this.#entries.push(entry)
    }
  }

  #truncateFrom(index: number): void {
    if (index <= this.#offset) {
      this.#logger.info(`replace the unstable entries from index ${index}`)
      this.#entries = []
      this.#offset = index
      this.#offsetInProgress = index
      return
    }
    this.#logger.info(`truncate the unstable entries before index ${index}`)
    this.#entries = this.#entries.slice(0, index - this.#offset)
    this.#offsetInProgress = Math.min(this.#offsetInProgress, index)
  }

  /** The entries from `low` up to but not including `high` that fit into `maxBytes`, at least one. All must be here. */
  slice(low: number, high: number, maxBytes: number): readonly Entry[] {
    const end = this.#offset + this.#entries.length
    if (low > high) violated(this.#logger, `invalid unstable.slice ${low} > ${high}`)
    if (low < this.#offset || high > end) {
      violated(this.#logger, `unstable.slice[${low},${high}) out of bound [${this.#offset},${end}]`)
    }
    const from = low - this.#offset
    return this.#entries.slice(from, from + countWithinSize(this.#entries, from, high - this.#offset, maxBytes))
  }
}
