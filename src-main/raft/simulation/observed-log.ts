import type { Entry, EntryId } from '../core/model/entry'
import type { HardState } from '../core/model/hard-state'
import type { LogUpdate, RaftLogStore } from '../log/raft-log-store'

/** Who is told what happens to a log. */
export interface LogListener {
  /** The log is about to take an update. */
  appends(update: LogUpdate): void
  /** The log has taken an update. */
  appended(update: LogUpdate): void
  /** All above the index is about to be dropped. */
  cutsSuffix(lastIndexToKeep: number): void
  /** A sync begins. @returns what to call when it has made everything before durable */
  syncs(): () => void
}

/** A log that tells what is done to it and passes everything on. It stands right above the store that writes to the disk. */
export class ObservedLog implements RaftLogStore {
  readonly #inner: RaftLogStore
  readonly #listener: LogListener

  constructor(inner: RaftLogStore, listener: LogListener) {
    this.#inner = inner
    this.#listener = listener
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

  append(update: LogUpdate): void {
    this.#listener.appends(update)
    this.#inner.append(update)
    this.#listener.appended(update)
  }

  cutSuffix(lastIndexToKeep: number): void {
    this.#listener.cutsSuffix(lastIndexToKeep)
    this.#inner.cutSuffix(lastIndexToKeep)
  }

  cutPrefix(lastIndexToDrop: number): Promise<void> {
    return this.#inner.cutPrefix(lastIndexToDrop)
  }

  async sync(onWritten?: () => void): Promise<void> {
    const synced = this.#listener.syncs()
    await this.#inner.sync(onWritten)
    synced()
  }

  releaseUpTo(appliedIndex: number): void {
    this.#inner.releaseUpTo(appliedIndex)
  }

  close(): Promise<void> {
    return this.#inner.close()
  }
}
