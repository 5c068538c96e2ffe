import type { OperationName } from './stages'

/** An operation that is followed over the nodes. */
export interface FollowedOperation {
  readonly traceId: string
  readonly operation: OperationName
  readonly key: Uint8Array | undefined
}

/** A Raft entry of an operation that is followed. */
export interface FollowedEntry extends FollowedOperation {
  readonly regionId: number
  readonly term: number
  readonly index: number
}

/** Entries that nobody applied any more (a leader was lost) give way to newer ones. */
const MOST_ENTRIES = 4096

const none: readonly FollowedEntry[] = []

/**
 * Which entries of this node's Raft logs belong to operations that are followed, from the moment they got an index to the
 * moment they are applied. Asked for every batch of the log, so that an empty one has to cost nothing.
 */
export class FollowedEntries {
  readonly #byRegion = new Map<number, Map<number, FollowedEntry>>()
  #count = 0

  get isEmpty(): boolean {
    return this.#count === 0
  }

  add(entry: FollowedEntry): void {
    let entries = this.#byRegion.get(entry.regionId)
    if (entries === undefined) this.#byRegion.set(entry.regionId, (entries = new Map()))
    if (!entries.has(entry.index)) this.#count += 1
    entries.set(entry.index, entry)
    if (this.#count > MOST_ENTRIES) this.#dropOldest()
  }

  /** Those of a region with `first <= index <= last`, in the order of indexes. */
  within(regionId: number, first: number, last: number): readonly FollowedEntry[] {
    const entries = this.#byRegion.get(regionId)
    if (entries === undefined) return none
    const found: FollowedEntry[] = []
    for (const entry of entries.values()) if (entry.index >= first && entry.index <= last) found.push(entry)
    return found.sort((one, other) => one.index - other.index)
  }

  /** Forgets those of a region up to an index: they are applied. */
  forgetUpTo(regionId: number, index: number): void {
    const entries = this.#byRegion.get(regionId)
    if (entries === undefined) return
    for (const known of entries.keys()) if (known <= index) this.#delete(regionId, entries, known)
  }

  clear(): void {
    this.#byRegion.clear()
    this.#count = 0
  }

  #dropOldest(): void {
    for (const [regionId, entries] of this.#byRegion) {
      for (const index of entries.keys()) {
        this.#delete(regionId, entries, index)
        return
      }
    }
  }

  #delete(regionId: number, entries: Map<number, FollowedEntry>, index: number): void {
    entries.delete(index)
    this.#count -= 1
    if (entries.size === 0) this.#byRegion.delete(regionId)
  }
}
