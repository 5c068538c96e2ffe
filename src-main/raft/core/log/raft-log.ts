import type { RaftLogger } from '../logger'
import { violated } from '../logger'
import type { Entry, EntryId } from '../model/entry'
import { NO_ENTRIES, NO_LIMIT, entriesSize } from '../model/entry'
import type { Snapshot } from '../model/snapshot'
import type { RaftStorage } from './storage'
import { UnstableLog } from './unstable-log'

/** A stretch of log as a leader sends it: what precedes the entries, and the entries, which follow each other. */
export interface LogSlice {
  readonly previous: EntryId
  readonly entries: readonly Entry[]
}

/**
 * The whole log of a node: what is stored, what is on its way there, and how far it is committed and applied.
 *
 * Invariant: firstIndex - 1 <= applied <= applying <= committed <= lastIndex.
 */
export class RaftLog {
  readonly #storage: RaftStorage
  readonly #logger: RaftLogger
  readonly #maxApplyingBytes: number
  readonly unstable: UnstableLog
  #committed: number
  #applying: number
  #applied: number
  #applyingBytes = 0
  #applyingPaused = false

  /** @param maxApplyingBytes how much may be handed out for applying and not be acknowledged yet; more than 0 */
  constructor(storage: RaftStorage, logger: RaftLogger, maxApplyingBytes: number) {
    this.#storage = storage
    this.#logger = logger
    this.#maxApplyingBytes = maxApplyingBytes
    this.unstable = new UnstableLog(storage.lastIndex() + 1, logger)
    // What was compacted is applied; anything beyond is for the caller to tell.
    this.#committed = storage.firstIndex() - 1
    this.#applying = this.#committed
    this.#applied = this.#committed
  }

  /** The highest index known to be held by a quorum. */
  get committed(): number {
    return this.#committed
  }

  /** The highest index that was handed out for applying. */
  get applying(): number {
    return this.#applying
  }

  /** The highest index whose application was acknowledged. */
  get applied(): number {
    return this.#applied
  }

  /** The first index that can be read. */
  firstIndex(): number {
    return this.unstable.firstIndex() ?? this.#storage.firstIndex()
  }

  /** The last index of the log, durable or not. */
  lastIndex(): number {
    return this.unstable.lastIndex() ?? this.#storage.lastIndex()
  }

  /** The term and index of the last entry. */
  lastEntryId(): EntryId {
    const index = this.lastIndex()
    const term = this.term(index)
    if (term === undefined) violated(this.#logger, `the term of the last entry ${index} is unknown`)
    return { term, index }
  }

  /** The term of an entry, undefined if it was compacted away or lies beyond the end. */
  term(index: number): number | undefined {
    const unstable = this.unstable.term(index)
    if (unstable !== undefined) return unstable
    // The term of the entry just before the first one is still known; it is needed to compare logs.
    if (index + 1 < this.firstIndex() || index > this.lastIndex()) return undefined
    const stored = this.#storage.term(index)
    return typeof stored === 'string' ? undefined : stored
  }

  /** Whether the log holds exactly this entry, and with it everything that its leader's log held before it. */
  matchTerm(id: EntryId): boolean {
    return this.term(id.index) === id.term
  }

  /** Whether a log that ends with this entry is at least as complete as this one (section 5.4.1 of the paper). */
  isUpToDate(last: EntryId): boolean {
    const own = this.lastEntryId()
    return last.term > own.term || (last.term === own.term && last.index >= own.index)
  }

  /**
   * Takes what a leader sent, if it connects to this log, and commits as far as both reach.
   *
   * @returns the index of the last entry sent, or undefined if the entry before them is not here
   * @throws RaftInvariantError if it contradicts a committed entry
   */
  maybeAppend(slice: LogSlice, leaderCommit: number): number | undefined {
    if (!this.matchTerm(slice.previous)) return undefined
    const lastNew = slice.previous.index + slice.entries.length
    const conflict = this.#findConflict(slice.entries)
    if (conflict !== 0) {
      if (conflict <= this.#committed) {
        violated(this.#logger, `entry ${conflict} conflict with committed entry [committed(${this.#committed})]`)
      }
      this.append(slice.entries, conflict - slice.previous.index - 1)
    }
    this.commitTo(Math.min(leaderCommit, lastNew))
    return lastNew
  }

  /**
   * Puts `entries[from..]` into their places, replacing what stood there and after.
   *
   * @throws RaftInvariantError if a committed entry would be replaced
   */
  append(entries: readonly Entry[], from = 0): void {
    const first = entries[from]
    if (first === undefined) return
    if (first.index <= this.#committed) {
      violated(this.#logger, `after(${first.index - 1}) is out of range [committed(${this.#committed})]`)
    }
    this.unstable.truncateAndAppend(entries, from)
  }

  /** The index of the first entry that is not here already, 0 if all are. */
  #findConflict(entries: readonly Entry[]): number {
    for (const entry of entries) {
      const term = this.term(entry.index)
      if (term === entry.term) continue
      if (entry.index <= this.lastIndex()) {
        this.#logger.info(
          `found conflict at index ${entry.index} [existing term: ${term ?? 0}, conflicting term: ${entry.term}]`,
        )
      }
      return entry.index
    }
    return 0
  }

  /**
   * The best guess where this log and another one, of which a single (index, term) is known, still agree: the highest
   * index up to `index` whose term is not higher. Terms only grow along a log, so nothing above can agree. This skips
   * whole terms where going back one entry at a time could take as many round trips as there are entries.
   *
   * @returns the guess with its term, 0 if the term is not known here
   */
  findConflictByTerm(index: number, term: number): EntryId {
    for (let guess = index; guess > 0; guess -= 1) {
      const termHere = this.term(guess)
      if (termHere === undefined) return { index: guess, term: 0 }
      if (termHere <= term) return { index: guess, term: termHere }
    }
    return { index: 0, term: 0 }
  }

  /** Advances the commit index; it never goes back. */
  commitTo(index: number): void {
    if (index <= this.#committed) return
    const last = this.lastIndex()
    if (index > last) {
      violated(
        this.#logger,
        `tocommit(${index}) is out of range [lastIndex(${last})]. Was the raft log corrupted, truncated, or lost?`,
      )
    }
    this.#committed = index
  }

  /**
   * Commits up to an entry that a quorum holds, if it is of the leader's own term. Entries of earlier terms are
   * committed only along with one (section 5.4.2 of the paper: a quorum alone does not make them safe).
   *
   * @returns whether the commit index moved
   */
  maybeCommit(index: number, term: number): boolean {
    if (index <= this.#committed || term === 0 || this.term(index) !== term) return false
    this.commitTo(index)
    return true
  }

  /** Application up to an index is acknowledged. @param bytes the size of the entries acknowledged */
  appliedTo(index: number, bytes: number): void {
    if (index > this.#committed || index < this.#applied) {
      violated(
        this.#logger,
        `applied(${index}) is out of range [prevApplied(${this.#applied}), committed(${this.#committed})]`,
      )
    }
    this.#applied = index
    this.#applying = Math.max(this.#applying, index)
    this.#applyingBytes = Math.max(0, this.#applyingBytes - bytes)
    this.#applyingPaused = this.#applyingBytes >= this.#maxApplyingBytes
  }

  /** Entries up to an index were handed out for applying. */
  acceptApplying(index: number, bytes: number, allowUnstable: boolean): void {
    if (index > this.#committed) {
      violated(
        this.#logger,
        `applying(${index}) is out of range [prevApplying(${this.#applying}), committed(${this.#committed})]`,
      )
    }
    this.#applying = index
    this.#applyingBytes += bytes
    // Pause also if the limit cut the entries off: then the next one would go beyond it.
    this.#applyingPaused =
      this.#applyingBytes >= this.#maxApplyingBytes || index < this.#maxAppliableIndex(allowUnstable)
  }

  /**
   * Whether {@link nextCommittedEntries} would return any. While a snapshot waits to be stored nothing is applied: its
   * place in the order would be unclear.
   *
   * @param allowUnstable whether entries may be applied that are not known to be durable on this node. They are on a
   *   quorum, so that is safe if the caller stores them before it applies them.
   */
  hasNextCommittedEntries(allowUnstable: boolean): boolean {
    if (this.#applyingPaused || this.unstable.snapshot !== undefined) return false
    return this.#applying < this.#maxAppliableIndex(allowUnstable)
  }

  /** The committed entries to apply next, as many as the limit lets through. */
  nextCommittedEntries(allowUnstable: boolean): readonly Entry[] {
    if (!this.hasNextCommittedEntries(allowUnstable)) return NO_ENTRIES
    const bytesLeft = this.#maxApplyingBytes - this.#applyingBytes
    if (bytesLeft <= 0) {
      violated(
        this.#logger,
        `applying entry size (${this.#maxApplyingBytes}-${this.#applyingBytes})=${bytesLeft} not positive`,
      )
    }
    const entries = this.#slice(this.#applying + 1, this.#maxAppliableIndex(allowUnstable) + 1, bytesLeft)
    if (entries === undefined) violated(this.#logger, 'unexpected error when getting unapplied entries (compacted)')
    return entries
  }

  #maxAppliableIndex(allowUnstable: boolean): number {
    return allowUnstable ? this.#committed : Math.min(this.#committed, this.unstable.offset - 1)
  }

  /**
   * The entries from an index on, at least one if there is one, as many as fit. Undefined if they were compacted away.
   */
  entries(from: number, maxBytes: number): readonly Entry[] | undefined {
    const last = this.lastIndex()
    return from > last ? NO_ENTRIES : this.#slice(from, last + 1, maxBytes)
  }

  /** Visits `[from, to)` in pages of limited size until the visitor returns true; returns whether it did. */
  scan(from: number, to: number, pageBytes: number, visit: (entry: Entry) => boolean): boolean {
    let next = from
    while (next < to) {
      const page = this.#slice(next, to, pageBytes)
      if (page === undefined || page.length === 0) {
        violated(this.#logger, `error scanning unapplied entries [${from}, ${to}): nothing at ${next}`)
      }
      if (page.some(visit)) return true
      next += page.length
    }
    return false
  }

  #slice(low: number, high: number, maxBytes: number): readonly Entry[] | undefined {
    this.#assertInBounds(low, high)
    if (low < this.firstIndex()) return undefined
    if (low === high) return NO_ENTRIES
    const offset = this.unstable.offset
    if (low >= offset) return this.unstable.slice(low, high, maxBytes)

    const cut = Math.min(high, offset)
    const stored = this.#storage.entries(low, cut, maxBytes)
    if (stored === 'compacted') return undefined
    if (stored === 'unavailable') {
      violated(this.#logger, `entries[${low}:${cut}) is unavailable from storage`)
    }
    // A shorter answer than asked for means that the next entry does not fit.
    if (high <= offset || stored.length < cut - low) return stored
    const bytesLeft = maxBytes === NO_LIMIT ? NO_LIMIT : maxBytes - entriesSize(stored)
    if (bytesLeft <= 0) return stored
    const unstable = this.unstable.slice(offset, high, bytesLeft)
    // A single entry is returned whatever its size; here there are others already, so the limit holds.
    if (unstable.length === 1 && entriesSize(unstable) > bytesLeft) return stored
    return stored.concat(unstable)
  }

  #assertInBounds(low: number, high: number): void {
    if (low > high) violated(this.#logger, `invalid slice ${low} > ${high}`)
    const last = this.lastIndex()
    if (high > last + 1) {
      violated(this.#logger, `slice[${low},${high}) out of bound [${this.firstIndex()},${last}]`)
    }
  }

  /** The newest snapshot, undefined while there is none at hand. */
  snapshot(): Snapshot | undefined {
    return this.unstable.snapshot ?? this.#storage.snapshot()
  }

  /** Replaces the whole log by a snapshot that a leader sent. It still has to be stored and applied. */
  restore(snapshot: Snapshot): void {
    this.#logger.info(
      `log [${this.describe()}] starts to restore snapshot [index: ${snapshot.index}, term: ${snapshot.term}]`,
    )
    this.#committed = snapshot.index
    this.unstable.restore(snapshot)
  }

  /** The state of the log in one line. */
  describe(): string {
    return (
      `committed=${this.#committed}, applied=${this.#applied}, applying=${this.#applying}, ` +
      `unstable.offset=${this.unstable.offset}, unstable.offsetInProgress=${this.unstable.offsetInProgress}, ` +
      `len(unstable.Entries)=${this.unstable.length}`
    )
  }
}
