import type { ConfState } from '../model/conf-state'
import type { Entry } from '../model/entry'
import type { HardState } from '../model/hard-state'
import type { Snapshot } from '../model/snapshot'

/** Why stored entries cannot be had: they were compacted into a snapshot, or the log does not reach that far. */
export type LogGap = 'compacted' | 'unavailable'

/**
 * The stored log as the core reads it. The core never writes: it says in each Ready, or in each MsgStorageAppend, what
 * is to be written. All calls answer at once, from memory; reads that would have to wait belong below this interface.
 * Whatever an implementation throws passes through the core unchanged, and the node must then be stopped.
 *
 * Invariant: firstIndex() <= lastIndex() + 1, and the term at firstIndex() - 1 is known.
 */
export interface RaftStorage {
  /** What the node left behind when it last ran; asked for once, at the start. */
  initialState(): { readonly hardState: HardState; readonly confState: ConfState }
  /** The first index that can still be read; one after the last compaction. */
  firstIndex(): number
  /** The last index that is stored. */
  lastIndex(): number
  /** The term of an entry, also of the one just before firstIndex(). */
  term(index: number): number | LogGap
  /**
   * The entries from `low` up to but not including `high`, at least one if there is one, and no more than fit into
   * `maxBytes`. The core does not change the list, and neither may the storage afterwards.
   */
  entries(low: number, high: number, maxBytes: number): readonly Entry[] | LogGap
  /**
   * The newest snapshot, for a member that needs entries that were compacted; undefined while there is none at hand,
   * in which case the core asks again later.
   */
  snapshot(): Snapshot | undefined
}
