import type { Entry, EntryId } from '../core/model/entry'
import type { HardState } from '../core/model/hard-state'

/** Changes that belong together; see {@link RaftLogStore.append}. */
export interface LogUpdate {
  /** Replaces term, vote and commit. */
  readonly hardState?: HardState
  /** A snapshot up to here was installed: every entry goes, and the log starts behind it. */
  readonly reset?: EntryId
  /** Follow each other without gap. The first may stand where another entry is: that one and all behind it go (suffix cut). */
  readonly entries?: readonly Entry[]
}

/** Where the record of an entry stands, or is about to. */
export interface EntryPlace {
  /** Name of the segment file in the log's directory, as it is now. */
  readonly segment: string
  readonly offset: number
  /** Bytes that the record takes, header and padding included. */
  readonly length: number
}

/**
 * The log of one Raft group on one node: entries behind a snapshot mark, and the hard state.
 *
 * Three moments are apart: *appended* (visible to the reads below), *written* (handed to the operating system: survives the
 * death of the process) and *durable* (survives the loss of power). Nobody may be told of an entry, a vote or a term before
 * the sync that covers it has resolved. Calls may be made while a sync is under way.
 *
 * A failed write or sync is final: what is on the disk is then unknown, so the store refuses every further change with
 * RAFT_LOG_FAILED, and the node has to be started again, which reads what is really there.
 */
export interface RaftLogStore {
  /** The entry before the first one: what the newest cut prefix or installed snapshot ends with; index 0, term 0 at first. */
  readonly mark: EntryId
  /** Index of the first entry that is, or would be, in the log: `mark.index + 1`. */
  readonly firstIndex: number
  /** Index of the last entry; `mark.index` if there is none. */
  readonly lastIndex: number
  /** Index up to which entries are durable; never above `lastIndex`. */
  readonly durableIndex: number
  /** As last appended. */
  readonly hardState: HardState

  /**
   * The term of the entry at an index from `mark.index` to `lastIndex`.
   *
   * @throws SandboxError RAFT_LOG_COMPACTED below, RAFT_LOG_OUT_OF_RANGE above
   */
  term(index: number): number

  /**
   * Entries from `low` up to but not including `high` as far as they are in memory, cut off where their data would exceed
   * `maxBytes` (but at least one); undefined if the one at `low` is not in memory. Costs no disk access.
   *
   * @throws SandboxError RAFT_LOG_COMPACTED, RAFT_LOG_OUT_OF_RANGE
   */
  cachedEntries(low: number, high: number, maxBytes: number): readonly Entry[] | undefined

  /**
   * The same from memory or disk, checked against its checksums.
   *
   * @throws SandboxError RAFT_LOG_COMPACTED, RAFT_LOG_OUT_OF_RANGE, RAFT_LOG_DAMAGED, RAFT_LOG_CLOSED, DISK_*
   */
  readEntries(low: number, high: number, maxBytes: number): Promise<readonly Entry[]>

  /**
   * Where an entry that is in the log has its record, for inspection; undefined for a log without files. Up to
   * {@link durableIndex} it is there to be read.
   *
   * @throws SandboxError RAFT_LOG_COMPACTED, RAFT_LOG_OUT_OF_RANGE
   */
  place(index: number): EntryPlace | undefined

  /**
   * Takes an update whole or refuses it whole. Entry data is copied or kept: it must not be changed afterwards.
   *
   * @throws SandboxError INVALID_ARGUMENT for a gap, a term or commit that goes back, a second vote in one term, or an entry at or below the mark; RAFT_LOG_FAILED, RAFT_LOG_CLOSED
   */
  append(update: LogUpdate): void

  /**
   * Drops the entries above an index, down to the mark. Rarely needed: appending over them does it as well.
   *
   * @throws SandboxError INVALID_ARGUMENT if the index is below the mark or what is committed; RAFT_LOG_FAILED, RAFT_LOG_CLOSED
   */
  cutSuffix(lastIndexToKeep: number): void

  /**
   * Drops the entries up to an index (at most `lastIndex`), which a durable snapshot or a durable state covers, and resolves when that is
   * durable and the space given back as far as whole segments allow. An index at or below the mark changes nothing.
   *
   * @throws SandboxError RAFT_LOG_OUT_OF_RANGE, RAFT_LOG_FAILED, RAFT_LOG_CLOSED
   */
  cutPrefix(lastIndexToDrop: number): Promise<void>

  /**
   * Resolves when everything appended before the call is durable. Calls that wait at the same time share one write and one
   * sync (group commit). `onWritten` is called in between, when it is all written.
   *
   * @throws SandboxError RAFT_LOG_FAILED, RAFT_LOG_CLOSED
   */
  sync(onWritten?: () => void): Promise<void>

  /**
   * Entries up to an index are applied and may leave the memory. Entries behind it stay in {@link cachedEntries} whatever they
   * cost. It never goes back.
   */
  releaseUpTo(appliedIndex: number): void

  /** Makes durable what was appended and lets go of the files. Twice is harmless. @throws SandboxError RAFT_LOG_FAILED */
  close(): Promise<void>
}

/** What may be looked at of a log that somebody else writes. */
export type LogReader = Pick<RaftLogStore, 'firstIndex' | 'lastIndex' | 'durableIndex' | 'readEntries' | 'place'>
