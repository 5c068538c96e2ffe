import type { Entry, EntryId } from '../core/model/entry'
import type { HardState } from '../core/model/hard-state'
import type { EntryPlace, LogUpdate, RaftLogStore } from '../log/raft-log-store'

/**
 * A log that passes everything on to another one: what stands between a node and its log overrides what it cares for.
 */
export class ForwardingLog implements RaftLogStore {
  readonly #inner: RaftLogStore

  constructor(inner: RaftLogStore) {
    this.#inner = inner
  }

  get mark(): EntryId {
    return this.#inner.mark
  }

  get firstIndex(): number {
    return this.#inner.firstIndex
  }

  get lastIndex(): number {
    return this.#inner.lastIndex
  }

  get durableIndex(): number {
    return this.#inner.durableIndex
  }

  get hardState(): HardState {
    return this.#inner.hardState
  }

  term(index: number): number {
    return this.#inner.term(index)
  }

  cachedEntries(low: number, high: number, maxBytes: number): readonly Entry[] | undefined {
    return this.#inner.cachedEntries(low, high, maxBytes)
  }

  readEntries(low: number, high: number, maxBytes: number): Promise<readonly Entry[]> {
    return this.#inner.readEntries(low, high, maxBytes)
  }

  place(index: number): EntryPlace | undefined {
    return this.#inner.place(index)
  }

  append(update: LogUpdate): void {
    this.#inner.append(update)
  }

  cutSuffix(lastIndexToKeep: number): void {
    this.#inner.cutSuffix(lastIndexToKeep)
  }

  cutPrefix(lastIndexToDrop: number): Promise<void> {
    return this.#inner.cutPrefix(lastIndexToDrop)
  }

  sync(onWritten?: () => void): Promise<void> {
    return this.#inner.sync(onWritten)
  }

  releaseUpTo(appliedIndex: number): void {
    this.#inner.releaseUpTo(appliedIndex)
  }

  close(): Promise<void> {
    return this.#inner.close()
  }
}
