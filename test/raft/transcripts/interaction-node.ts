import type { RaftConfig } from '../../../src-main/raft/core/config'
import { MemoryStorage } from '../../../src-main/raft/core/log/memory-storage'
import type { LogGap, RaftStorage } from '../../../src-main/raft/core/log/storage'
import { decodeConfChange } from '../../../src-main/raft/core/model/conf-change'
import type { ConfState } from '../../../src-main/raft/core/model/conf-state'
import type { Entry } from '../../../src-main/raft/core/model/entry'
import type { HardState } from '../../../src-main/raft/core/model/hard-state'
import { isEmptyHardState } from '../../../src-main/raft/core/model/hard-state'
import type { Message } from '../../../src-main/raft/core/model/message'
import type { Snapshot } from '../../../src-main/raft/core/model/snapshot'
import { isEmptySnapshot } from '../../../src-main/raft/core/model/snapshot'
import { RawNode } from '../../../src-main/raft/core/raw-node'

/**
 * A node of a transcript with its storage, its storage threads' work, and a state machine that strings together the
 * data of all entries. Every state that the machine has had is kept; the newest one is the snapshot.
 */
export class InteractionNode {
  readonly raw: RawNode
  readonly storage = new MemoryStorage()
  readonly config: RaftConfig
  readonly appendWork: Message[] = []
  readonly applyWork: Message[] = []
  readonly #history: Snapshot[]

  /** @param initial the snapshot that the node starts from; an empty one starts an empty node */
  constructor(config: Omit<RaftConfig, 'storage'>, initial: Snapshot) {
    if (!isEmptySnapshot(initial)) this.storage.applySnapshot(initial)
    this.#history = [initial]
    this.config = { ...config, storage: new SnapshotOverride(this.storage, () => this.newestSnapshot) }
    this.raw = new RawNode(this.config)
  }

  get newestSnapshot(): Snapshot {
    const newest = this.#history.at(-1)
    if (newest === undefined) throw new Error('a node always has a snapshot')
    return newest
  }

  /** Stores what a Ready, or an order to the append thread, asks for. */
  store(hardState: HardState | undefined, entries: readonly Entry[], snapshot: Snapshot | undefined): void {
    if (hardState !== undefined && !isEmptyHardState(hardState)) this.storage.setHardState(hardState)
    if (snapshot === undefined || isEmptySnapshot(snapshot)) {
      this.storage.append(entries)
      return
    }
    if (entries.length > 0) throw new Error("can't apply snapshot and entries at the same time")
    this.storage.applySnapshot(snapshot)
  }

  /** Applies committed entries; membership changes go to the node as well. */
  apply(entries: readonly Entry[]): void {
    for (const entry of entries) {
      let update = entry.data
      let confState: ConfState = this.newestSnapshot.confState
      if (entry.type !== 'EntryNormal') {
        const change = decodeConfChange(entry)
        update = change.context
        confState = this.raw.applyConfChange(change, entry.index) ?? confState
      }
      const data = Uint8Array.of(...this.newestSnapshot.data, ...update)
      this.#history.push({ index: entry.index, term: entry.term, confState, data })
    }
  }
}

/** A storage of which the snapshot is always the newest state of the machine, whatever was compacted. */
class SnapshotOverride implements RaftStorage {
  readonly #storage: RaftStorage
  readonly #newest: () => Snapshot

  constructor(storage: RaftStorage, newest: () => Snapshot) {
    this.#storage = storage
    this.#newest = newest
  }

  initialState(): { readonly hardState: HardState; readonly confState: ConfState } {
    return this.#storage.initialState()
  }

  firstIndex(): number {
    return this.#storage.firstIndex()
  }

  lastIndex(): number {
    return this.#storage.lastIndex()
  }

  term(index: number): number | LogGap {
    return this.#storage.term(index)
  }

  entries(low: number, high: number, maxBytes: number): readonly Entry[] | LogGap {
    return this.#storage.entries(low, high, maxBytes)
  }

  snapshot(): Snapshot {
    return this.#newest()
  }
}
