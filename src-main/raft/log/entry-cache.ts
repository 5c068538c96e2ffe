import type { Entry } from '../core/model/entry'

/** What an entry costs in memory beside its data, roughly, in bytes. */
const ENTRY_OVERHEAD_BYTES = 100

/**
 * The newest entries of a log, contiguous, as many as a number of bytes allows. Entries that are not durable yet are kept
 * whatever they cost, because they can be read nowhere else; so are those that are not applied, because their reader
 * cannot wait for the disk.
 */
export class EntryCache {
  readonly #maxBytes: number
  #entries: Entry[] = []
  /** Position of the oldest entry in the array; those before it are given back in bulk. */
  #start = 0
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Index of the oldest cached entry; undefined if there is none. */
  get firstIndex(): number | undefined {
    return this.#entries[this.#start]?.index
  }

  /** Adds the entry behind the newest. */
  push(entry: Entry): void {
    this.#entries.push(entry)
    this.#bytes += entry.data.length + ENTRY_OVERHEAD_BYTES
  }

  /** Forgets the entries above an index. */
  cutSuffix(lastIndexToKeep: number): void {
    let last = this.#entries.at(-1)
    while (last !== undefined && this.#entries.length > this.#start && last.index > lastIndexToKeep) {
      this.#entries.pop()
      this.#bytes -= last.data.length + ENTRY_OVERHEAD_BYTES
      last = this.#entries.at(-1)
    }
  }

  /** Forgets the entries up to an index. */
  cutPrefix(lastIndexToDrop: number): void {
    this.#dropOldestWhile((entry) => entry.index <= lastIndexToDrop)
  }

  /** Forgets the oldest entries, up to an index at most, until the rest fits. */
  evict(lastIndexToDrop: number): void {
    if (this.#bytes <= this.#maxBytes) return
    this.#dropOldestWhile((entry) => this.#bytes > this.#maxBytes && entry.index <= lastIndexToDrop)
  }

  clear(): void {
    this.#entries = []
    this.#start = 0
    this.#bytes = 0
  }

  /** Entries from `low` up to but not including `high`, at least one, cut off before `maxBytes` of data; undefined if `low` is not here. */
  read(low: number, high: number, maxBytes: number): readonly Entry[] | undefined {
    const first = this.firstIndex
    if (first === undefined || low < first) return undefined
    const from = this.#start + low - first
    const to = Math.min(this.#start + high - first, this.#entries.length)
    let bytes = 0
    for (let at = from; at < to; at += 1) {
      bytes += (this.#entries[at] as Entry).data.length
      if (bytes > maxBytes && at > from) return this.#entries.slice(from, at)
    }
    return this.#entries.slice(from, to)
  }

  #dropOldestWhile(condition: (entry: Entry) => boolean): void {
    let entry = this.#entries[this.#start]
    while (entry !== undefined && condition(entry)) {
      this.#bytes -= entry.data.length + ENTRY_OVERHEAD_BYTES
      this.#start += 1
      entry = this.#entries[this.#start]
    }
    if (this.#start < 1024 || this.#start * 2 < this.#entries.length) return
    this.#entries.splice(0, this.#start)
    this.#start = 0
  }
}
