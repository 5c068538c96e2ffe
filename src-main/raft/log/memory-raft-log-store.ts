import { SandboxError } from '../../base/sandbox-error'
import type { Entry, EntryId } from '../core/model/entry'
import type { HardState } from '../core/model/hard-state'
import { checkPrefixCut, checkRange, checkSuffixCut, compacted, limitBytes, outOfRange } from './log-range'
import { checkUpdate } from './log-update'
import type { LogUpdate, RaftLogStore } from './raft-log-store'

/**
 * The contract of {@link RaftLogStore} without a disk, for tests and for groups that need not outlive the process. What is
 * appended counts as durable with the next sync, so that code which forgets to sync is found here too.
 */
export class MemoryRaftLogStore implements RaftLogStore {
  #mark: EntryId = { index: 0, term: 0 }
  #entries: Entry[] = []
  #hardState: HardState = { term: 0, vote: 0, commit: 0 }
  #durableIndex = 0
  #isClosed = false

  get mark(): EntryId {
    return this.#mark
  }

  get firstIndex(): number {
    return this.#mark.index + 1
  }

  get lastIndex(): number {
    return this.#mark.index + this.#entries.length
  }

  get durableIndex(): number {
    return this.#durableIndex
  }

  get hardState(): HardState {
    return this.#hardState
  }

  term(index: number): number {
    if (index === this.#mark.index) return this.#mark.term
    if (index < this.#mark.index) throw compacted(index, this.firstIndex)
    const entry = this.#entries[index - this.firstIndex]
    if (entry === undefined) throw outOfRange(index, this.lastIndex)
    return entry.term
  }

  cachedEntries(low: number, high: number, maxBytes: number): readonly Entry[] {
    checkRange(low, high, this.firstIndex, this.lastIndex)
    return limitBytes(this.#entries.slice(low - this.firstIndex, high - this.firstIndex), maxBytes)
  }

  readEntries(low: number, high: number, maxBytes: number): Promise<readonly Entry[]> {
    return this.#promise(() => this.cachedEntries(low, high, maxBytes))
  }

  place(index: number): undefined {
    checkRange(index, index + 1, this.firstIndex, this.lastIndex)
  }

  append(update: LogUpdate): void {
    this.#assertOpen()
    checkUpdate(this, this.#hardState, update)
    const { reset, entries = [], hardState = this.#hardState } = update
    if (reset !== undefined) {
      this.#mark = reset
      this.#entries = []
      this.#durableIndex = reset.index
    }
    const [first] = entries
    if (first !== undefined) this.#forgetSuffix(first.index - 1)
    this.#entries.push(...entries)
    this.#hardState = hardState
  }

  cutSuffix(lastIndexToKeep: number): void {
    this.#assertOpen()
    checkSuffixCut(lastIndexToKeep, this.#mark.index, this.#hardState.commit)
    this.#forgetSuffix(lastIndexToKeep)
  }

  cutPrefix(lastIndexToDrop: number): Promise<void> {
    return this.#promise(() => {
      if (lastIndexToDrop <= this.#mark.index) return
      checkPrefixCut(lastIndexToDrop, this.lastIndex)
      const mark = { index: lastIndexToDrop, term: this.term(lastIndexToDrop) }
      this.#entries = this.#entries.slice(lastIndexToDrop - this.#mark.index)
      this.#mark = mark
      this.#durableIndex = this.lastIndex
    })
  }

  sync(onWritten?: () => void): Promise<void> {
    return this.#promise(() => {
      onWritten?.()
      this.#durableIndex = this.lastIndex
    })
  }

  releaseUpTo(_appliedIndex: number): void {
    // Everything is in memory and stays there.
  }

  close(): Promise<void> {
    this.#isClosed = true
    return Promise.resolve()
  }

  #forgetSuffix(lastIndexToKeep: number): void {
    this.#entries.length = Math.min(this.#entries.length, lastIndexToKeep - this.#mark.index)
    this.#durableIndex = Math.min(this.#durableIndex, lastIndexToKeep)
  }

  /** What throws becomes a rejection, as in a store that really waits. */
  #promise<T>(work: () => T): Promise<T> {
    return Promise.resolve().then(() => {
      this.#assertOpen()
      return work()
    })
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new SandboxError('RAFT_LOG_CLOSED', 'The Raft log in memory was closed. Open it again.')
  }
}
