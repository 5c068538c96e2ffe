import { SandboxError } from '../../base/sandbox-error'
import type { Entry } from '../core/model/entry'
import type { RaftLogStore } from '../log/raft-log-store'

/** Data that is read from disk in one go, in bytes. */
const CHUNK_BYTES = 4 * 1024 * 1024
/** Chunks in memory or being read, at most: a few followers may be far behind at different places. */
const MAX_CHUNKS = 4

/**
 * Entries that are on disk only, for followers that are far behind. The core cannot wait, so what it asks for is read
 * beside it, and what comes after is read ahead. All such entries are applied, so they never change.
 */
export class CatchUpReader {
  readonly #log: RaftLogStore
  readonly #onFailure: (error: unknown) => void
  #chunks: Array<readonly Entry[]> = []
  /** First indexes of what is being read. */
  readonly #reading = new Set<number>()
  /** Grows when everything is forgotten, so that a read that was under way then is not kept. */
  #generation = 0

  constructor(log: RaftLogStore, onFailure: (error: unknown) => void) {
    this.#log = log
    this.#onFailure = onFailure
  }

  /**
   * Entries from `low` up to but not including `high` as far as they were read; undefined if they were not, and then they
   * are being read when this returns. A chunk is forgotten once its last entry was handed out.
   */
  read(low: number, high: number): readonly Entry[] | undefined {
    const chunk = this.#chunks.find((entries) => firstIndexOf(entries) <= low && low <= lastIndexOf(entries))
    if (chunk === undefined) {
      this.#readAhead(low)
      return undefined
    }
    const next = lastIndexOf(chunk) + 1
    if (next <= high - 1) this.#readAhead(next)
    if (high >= next) this.#chunks = this.#chunks.filter((other) => other !== chunk)
    const first = firstIndexOf(chunk)
    return chunk.slice(low - first, high - first)
  }

  /** Gives the memory back: this node leads no more, or its log was replaced. */
  forget(): void {
    this.#chunks = []
    this.#reading.clear()
    this.#generation += 1
  }

  #readAhead(low: number): void {
    const log = this.#log
    const isKnown = this.#reading.has(low) || this.#chunks.some((entries) => firstIndexOf(entries) === low)
    if (isKnown || this.#reading.size >= MAX_CHUNKS || low > log.lastIndex) return
    if (log.cachedEntries(low, low + 1, 0) !== undefined) return
    this.#reading.add(low)
    void this.#readChunk(low)
  }

  async #readChunk(low: number): Promise<void> {
    const generation = this.#generation
    try {
      const entries = await this.#log.readEntries(low, this.#log.lastIndex + 1, CHUNK_BYTES)
      if (generation !== this.#generation) return
      this.#reading.delete(low)
      if (entries.length === 0) return
      this.#chunks.push(entries)
      if (this.#chunks.length > MAX_CHUNKS) this.#chunks.shift()
    } catch (error) {
      if (generation === this.#generation) this.#reading.delete(low)
      // A snapshot has covered the entries meanwhile, or the node was stopped: nobody needs them any more.
      if (SandboxError.is(error, 'RAFT_LOG_COMPACTED') || SandboxError.is(error, 'RAFT_LOG_CLOSED')) return
      this.#onFailure(error)
    }
  }
}

function firstIndexOf(entries: readonly Entry[]): number {
  return entries[0]?.index ?? 0
}

function lastIndexOf(entries: readonly Entry[]): number {
  return entries.at(-1)?.index ?? 0
}
