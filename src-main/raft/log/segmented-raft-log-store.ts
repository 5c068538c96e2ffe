import { assert } from '../../base/assert'
import { SandboxError } from '../../base/sandbox-error'
import type { Disk } from '../../env'
import { makeDurableDirectory } from '../../env/durable-directory'
import type { Entry, EntryId } from '../core/model/entry'
import type { HardState } from '../core/model/hard-state'
import { EntryCache } from './entry-cache'
import type { LogPositions } from './log-positions'
import { recoverLog } from './log-recovery'
import type { RecoveredLog } from './log-recovery'
import { checkUpdate } from './log-update'
import type { EntryPlace, LogUpdate, RaftLogStore } from './raft-log-store'
import { checkPrefixCut, checkRange, checkSuffixCut, compacted, limitBytes, outOfRange } from './log-range'
import type { Segment } from './segment'
import { SegmentEncoder, newSegment } from './segment-encoder'
import { readStoredEntries } from './segment-reader'
import { SegmentWriter } from './segment-writer'
import type { BatchInProgress } from './segment-writer'
import { DEFAULT_SPACE_AHEAD_BYTES } from './space-ahead'
import { SpareSegment } from './spare-segment'

/** How a log is kept. */
export interface SegmentedRaftLogOptions {
  readonly disk: Disk
  /** The log's own directory; made if missing. */
  readonly directory: string
  /** The region that the log belongs to; a file of another region is refused. Its low 32 bits are stored in each record. */
  readonly regionId: number
  /** A segment is closed when it has reached this many bytes. Default 32 MiB, as DingoDB's store sets it. */
  readonly segmentBytes?: number
  /** Data of the newest entries that is kept in memory, in bytes. Default 32 MiB. */
  readonly cacheBytes?: number
  /** The longest stretch of zeros that is laid out ahead of small writes, in bytes; 0 for none. Default 1 MiB. See SpaceAhead. */
  readonly spaceAheadBytes?: number
  /** Entries behind this index are kept in memory whatever they cost until {@link RaftLogStore.releaseUpTo} passes them. Default: none are. */
  readonly appliedIndex?: number
}

const DEFAULT_SEGMENT_BYTES = 32 * 1024 * 1024
const DEFAULT_CACHE_BYTES = 32 * 1024 * 1024

/**
 * The log of a Raft group in segment files: `log_inprogress_<first>` is written to, `log_<first>_<last>` are closed. Records
 * are only ever appended. Replaced entries stay in their segment as dead bytes until it is removed whole, so that no cut ever
 * changes bytes that were durable. One directory belongs to one open store; its owner holds the node's lock.
 */
export class SegmentedRaftLogStore implements RaftLogStore {
  readonly #disk: Disk
  readonly #directory: string
  readonly #identity: number
  readonly #segmentBytes: number
  readonly #positions: LogPositions
  readonly #cache: EntryCache
  readonly #encoder: SegmentEncoder
  readonly #writer: SegmentWriter
  readonly #spare: SpareSegment
  /** All segments that exist or are about to, by sequence; the last is the one that is written to. */
  readonly #segments = new Map<number, Segment>()
  readonly recovered: RecoveredLog['cut']
  #hardState: HardState
  #durableIndex: number
  #releasedIndex: number
  /** The lowest last index since the batch under way was closed: what it makes durable counts only up to here. */
  #lowestSinceBatch = Number.POSITIVE_INFINITY
  #removalDue = false
  #closing: Promise<void> | undefined

  private constructor(options: SegmentedRaftLogOptions, identity: number, log: RecoveredLog) {
    this.#disk = options.disk
    this.#directory = options.directory
    this.#identity = identity
    this.#segmentBytes = options.segmentBytes ?? DEFAULT_SEGMENT_BYTES
    this.#positions = log.replay.positions
    this.#hardState = log.replay.hardState
    this.#durableIndex = this.#positions.lastIndex
    this.#releasedIndex = options.appliedIndex ?? Number.POSITIVE_INFINITY
    this.#cache = new EntryCache(options.cacheBytes ?? DEFAULT_CACHE_BYTES)
    this.recovered = log.cut
    for (const segment of [...log.obsolete, ...log.segments]) this.#segments.set(segment.sequence, segment)
    const last = log.segments.at(-1)
    const isOpen = last?.file !== undefined
    const segment = isOpen
      ? last
      : newSegment((last?.sequence ?? 0) + 1, { firstIndex: this.lastIndex + 1, reusedBytes: 0 })
    this.#segments.set(segment.sequence, segment)
    this.#encoder = new SegmentEncoder(identity, segment)
    if (!isOpen) this.#encoder.header(this.mark, this.#hardState, last?.checksum ?? 0)
    const { disk, directory, spaceAheadBytes = DEFAULT_SPACE_AHEAD_BYTES } = options
    this.#spare = new SpareSegment(disk, directory, this.#segmentBytes / 2)
    this.#writer = new SegmentWriter(
      { disk, directory, encoder: this.#encoder, spare: this.#spare, spaceAheadBytes },
      { beginBatch: () => this.#beginBatch() },
    )
  }

  /**
   * Opens the log, making it if there is none, and recovers it from whatever a crash left.
   *
   * @throws SandboxError RAFT_LOG_DAMAGED, RAFT_LOG_VERSION, DISK_*
   */
  static async open(options: SegmentedRaftLogOptions): Promise<SegmentedRaftLogStore> {
    const identity = options.regionId >>> 0
    await makeDurableDirectory(options.disk, options.directory)
    const log = await recoverLog(options.disk, options.directory, identity)
    const store = new SegmentedRaftLogStore(options, identity, log)
    await store.#warmCache(options.cacheBytes ?? DEFAULT_CACHE_BYTES)
    store.#removalDue = true
    await store.sync()
    return store
  }

  get mark(): EntryId {
    return this.#positions.mark
  }

  get firstIndex(): number {
    return this.#positions.mark.index + 1
  }

  get lastIndex(): number {
    return this.#positions.lastIndex
  }

  get durableIndex(): number {
    return this.#durableIndex
  }

  get hardState(): HardState {
    return this.#hardState
  }

  term(index: number): number {
    if (index < this.mark.index) throw compacted(index, this.firstIndex)
    if (index > this.lastIndex) throw outOfRange(index, this.lastIndex)
    return this.#positions.term(index)
  }

  cachedEntries(low: number, high: number, maxBytes: number): readonly Entry[] | undefined {
    checkRange(low, high, this.firstIndex, this.lastIndex)
    return low === high ? [] : this.#cache.read(low, high, maxBytes)
  }

  async readEntries(low: number, high: number, maxBytes: number): Promise<readonly Entry[]> {
    const cached = this.cachedEntries(low, high, maxBytes)
    if (cached !== undefined) return cached
    this.#assertOpen()
    const cachedFrom = Math.min(this.#cache.firstIndex ?? high, high)
    const stored: Entry[] = []
    let missing = maxBytes
    for (let index = low; index < cachedFrom && (missing > 0 || stored.length === 0);) {
      const entries = await this.#readStored(index, cachedFrom, missing)
      for (const entry of entries) {
        stored.push(entry)
        missing -= entry.data.length
      }
      index += entries.length
    }
    const rest =
      stored.length === cachedFrom - low && cachedFrom < high ? this.#cache.read(cachedFrom, high, maxBytes) : undefined
    return limitBytes([...stored, ...(rest ?? [])], maxBytes)
  }

  place(index: number): EntryPlace | undefined {
    checkRange(index, index + 1, this.firstIndex, this.lastIndex)
    const { segment, offset, length } = this.#positions.position(index)
    const name = this.#segments.get(segment)?.name
    return name === undefined ? undefined : { segment: name, offset, length }
  }

  append(update: LogUpdate): void {
    this.#assertWritable()
    checkUpdate(this.#positions, this.#hardState, update)
    const { reset, entries = [], hardState = this.#hardState } = update
    const before = this.#hardState
    // Term and vote go before the entries and the commit index behind them, so that every prefix that a crash may leave
    // is a state in which the node could have been.
    const early: HardState = { term: hardState.term, vote: hardState.vote, commit: before.commit }
    const termOrVoteChanged = early.term !== before.term || early.vote !== before.vote
    this.#hardState = early
    if (reset !== undefined) this.#reset(reset)
    else if (termOrVoteChanged) this.#encoder.hardState(early)
    for (const entry of entries) this.#appendEntry(entry)
    if (hardState.commit !== early.commit) {
      this.#hardState = { term: hardState.term, vote: hardState.vote, commit: hardState.commit }
      this.#encoder.hardState(this.#hardState)
    }
  }

  cutSuffix(lastIndexToKeep: number): void {
    this.#assertWritable()
    checkSuffixCut(lastIndexToKeep, this.mark.index, this.#hardState.commit)
    if (lastIndexToKeep >= this.lastIndex) return
    this.#forgetSuffix(lastIndexToKeep)
    this.#encoder.suffixCut(lastIndexToKeep)
  }

  async cutPrefix(lastIndexToDrop: number): Promise<void> {
    this.#assertWritable()
    if (lastIndexToDrop <= this.mark.index) return
    checkPrefixCut(lastIndexToDrop, this.lastIndex)
    const mark = { index: lastIndexToDrop, term: this.#positions.term(lastIndexToDrop) }
    this.#positions.cutPrefix(mark)
    this.#cache.cutPrefix(lastIndexToDrop)
    this.#encoder.prefixCut(mark)
    this.#removalDue = true
    await this.sync()
  }

  async sync(onWritten?: () => void): Promise<void> {
    if (this.#closing !== undefined) throw this.#closedError()
    await this.#writer.sync(onWritten)
  }

  releaseUpTo(appliedIndex: number): void {
    if (appliedIndex <= this.#releasedIndex) return
    this.#releasedIndex = appliedIndex
    this.#evict()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    try {
      await this.#writer.sync()
      // A last record behind durable bytes lets the next opening tell damage from a torn tail.
      this.#encoder.trailer()
      await this.#writer.sync()
      await this.#writer.end()
    } finally {
      for (const segment of this.#segments.values()) {
        await segment.file?.close()
        segment.file = undefined
      }
    }
  }

  #appendEntry(entry: Entry): void {
    if (entry.index <= this.lastIndex) this.#forgetSuffix(entry.index - 1, () => this.#beginSegmentIf(entry.index))
    else if (this.#encoder.segment.encodedBytes >= this.#segmentBytes) this.#beginSegment(this.lastIndex, entry.index)
    const offset = this.#encoder.entry(entry)
    const { sequence, encodedBytes } = this.#encoder.segment
    this.#positions.push(entry.term, sequence, offset, encodedBytes - offset)
    this.#cache.push(entry)
  }

  /** A segment's name says where it starts, so entries that go back before that begin a new one. */
  #beginSegmentIf(nextIndex: number): void {
    if (nextIndex < this.#encoder.segment.firstIndex) this.#beginSegment(this.lastIndex, nextIndex)
  }

  #beginSegment(lastIndexBefore: number, firstIndex: number): void {
    const next = { firstIndex, reusedBytes: this.#spare.claim() }
    this.#encoder.beginSegment(lastIndexBefore, next, this.mark, this.#hardState)
    this.#segments.set(this.#encoder.segment.sequence, this.#encoder.segment)
  }

  #forgetSuffix(lastIndexToKeep: number, beforehand?: () => void): void {
    beforehand?.()
    this.#positions.cutSuffix(lastIndexToKeep)
    this.#cache.cutSuffix(lastIndexToKeep)
    this.#durableIndex = Math.min(this.#durableIndex, lastIndexToKeep)
    this.#lowestSinceBatch = Math.min(this.#lowestSinceBatch, lastIndexToKeep)
    this.#removalDue = true
  }

  #reset(mark: EntryId): void {
    const lastIndexBefore = this.lastIndex
    this.#positions.reset(mark)
    this.#cache.clear()
    this.#durableIndex = mark.index
    this.#lowestSinceBatch = mark.index
    this.#removalDue = true
    this.#beginSegment(lastIndexBefore, mark.index + 1)
  }

  #beginBatch(): BatchInProgress {
    const { lastIndex } = this
    this.#lowestSinceBatch = Number.POSITIVE_INFINITY
    const obsolete = this.#removalDue ? this.#obsoleteSegments() : []
    this.#removalDue = false
    return {
      obsolete,
      done: () => {
        this.#durableIndex = Math.max(Math.min(lastIndex, this.#lowestSinceBatch), this.mark.index)
        assert(this.#durableIndex <= this.lastIndex, 'durable entries are in the log', {
          durableIndex: this.#durableIndex,
          lastIndex: this.lastIndex,
        })
        this.#evict()
      },
    }
  }

  #evict(): void {
    this.#cache.evict(Math.min(this.#durableIndex, this.#releasedIndex))
  }

  /** Takes the segments without a live entry off the list; the writer removes them when what replaced them is durable. */
  #obsoleteSegments(): Segment[] {
    const live = this.#positions.liveSegments()
    const obsolete = [...this.#segments.values()].filter(
      (segment) => segment !== this.#encoder.segment && !live.has(segment.sequence),
    )
    for (const segment of obsolete) this.#segments.delete(segment.sequence)
    return obsolete
  }

  async #readStored(low: number, high: number, maxBytes: number): Promise<readonly Entry[]> {
    if (low < this.firstIndex) throw compacted(low, this.firstIndex)
    const segment = this.#segments.get(this.#positions.position(low).segment)
    assert(segment !== undefined, 'every live entry has its segment', { index: low })
    const wanted = { low, high, maxBytes, positions: this.#positions, identity: this.#identity }
    try {
      return await readStoredEntries(this.#disk, this.#directory, segment, wanted)
    } catch (error) {
      // While we read, a snapshot may have covered the entries and removed the segment or used its file again, or the segment
      // was closed and renamed.
      const isGone = this.#segments.get(segment.sequence) !== segment
      const hasMoved = SandboxError.is(error, 'DISK_NOT_FOUND') || SandboxError.is(error, 'DISK_CLOSED')
      if (!hasMoved && !(isGone && SandboxError.is(error, 'RAFT_LOG_DAMAGED'))) throw error
      this.#assertOpen()
      if (low < this.firstIndex) throw compacted(low, this.firstIndex)
      if (isGone) {
        // Other entries have taken the place of these, elsewhere.
        if (low > this.lastIndex) throw outOfRange(low, this.lastIndex)
        return await this.#readStored(low, Math.min(high, this.lastIndex + 1), maxBytes)
      }
      return await readStoredEntries(this.#disk, this.#directory, segment, wanted)
    }
  }

  /** Reads the newest entries into memory: all that are not released, and before them as many as fit. */
  async #warmCache(cacheBytes: number): Promise<void> {
    let low = this.lastIndex + 1
    for (let bytes = 0; low > this.firstIndex; low -= 1) {
      bytes += this.#positions.position(low - 1).length
      if (bytes > cacheBytes && low - 1 <= this.#releasedIndex) break
    }
    while (low <= this.lastIndex) {
      const entries = await this.#readStored(low, this.lastIndex + 1, Number.POSITIVE_INFINITY)
      for (const entry of entries) this.#cache.push(entry)
      low += entries.length
    }
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw this.#closedError()
  }

  #assertWritable(): void {
    this.#assertOpen()
    if (this.#writer.failure !== undefined) throw this.#writer.failure
  }

  #closedError(): SandboxError {
    return new SandboxError('RAFT_LOG_CLOSED', `The Raft log in ${this.#directory} was closed. Open it again.`, {
      details: { directory: this.#directory },
    })
  }
}
