import { compareBytes } from '../key-range'
import type { RawWriteOperation } from '../raw-write-batch'

/** What a row takes beside its bytes, as measured: two arrays, a name, and its place in the map. */
const ROW_OVERHEAD_BYTES = 512

interface CachedRow {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/**
 * Values of single keys that were read lately. A read that finds its key here saves the way to the thread pool and back, which
 * costs many times what the read itself does. Only what was read while nobody wrote is kept, and a write forgets its keys
 * before it begins, so what is found here is what the database would say.
 *
 * The library has row and block caches of its own; they lie behind the thread pool.
 */
export class RowCache {
  readonly #maxBytes: number
  /** Oldest first, by family and key. */
  readonly #rows = new Map<string, CachedRow>()
  #bytes = 0
  #writesUnderWay = 0
  /** How many writes have begun. */
  #writes = 0

  /** @param maxBytes what keys and values may take; 0 for no cache */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** What all keys and values take, in bytes. */
  get bytes(): number {
    return this.#bytes
  }

  /** A copy of the value of a key; undefined if it is not kept. */
  find(columnFamily: string, key: Uint8Array): Uint8Array | undefined {
    if (this.#rows.size === 0) return undefined
    return this.#rows.get(nameOf(columnFamily, key))?.value.slice()
  }

  /** A read begins. @returns what {@link endRead} wants to know; undefined if what it finds cannot be kept */
  beginRead(): number | undefined {
    return this.#writesUnderWay > 0 || this.#maxBytes === 0 ? undefined : this.#writes
  }

  /** The read has found a value: a copy is kept if nobody has begun to write since it began. */
  endRead(begun: number | undefined, columnFamily: string, key: Uint8Array, value: Uint8Array): void {
    if (begun !== this.#writes) return
    const bytes = rowBytes(key, value)
    // One long value would take the place of hundreds, for a read whose way to the threads hardly counts.
    if (bytes > this.#maxBytes / 64) return
    const name = nameOf(columnFamily, key)
    if (this.#rows.has(name)) return
    this.#rows.set(name, { key: new Uint8Array(key), value: new Uint8Array(value) })
    this.#bytes += bytes
    while (this.#bytes > this.#maxBytes) this.#forgetOldest()
  }

  /** Does a write, of whose keys nothing is known from its beginning on. */
  async during(operations: readonly RawWriteOperation[], write: () => Promise<void>): Promise<void> {
    this.#writes += 1
    this.#writesUnderWay += 1
    if (this.#rows.size > 0) for (const operation of operations) this.#forgetChanged(operation)
    try {
      await write()
    } finally {
      this.#writesUnderWay -= 1
    }
  }

  #forgetChanged(operation: RawWriteOperation): void {
    if (operation.kind !== 'delete-range') this.#forget(nameOf(operation.columnFamily, operation.key))
    else {
      const { start, end } = operation.range
      const prefix = nameOf(operation.columnFamily, NO_BYTES)
      for (const [name, { key }] of this.#rows) {
        if (!name.startsWith(prefix)) continue
        const isBelow = start !== undefined && compareBytes(key, start) < 0
        const isAbove = end !== undefined && compareBytes(key, end) >= 0
        if (!isBelow && !isAbove) this.#forget(name)
      }
    }
  }

  #forgetOldest(): void {
    const oldest = this.#rows.keys().next()
    if (oldest.done !== true) this.#forget(oldest.value)
  }

  #forget(name: string): void {
    const row = this.#rows.get(name)
    if (row === undefined) return
    this.#rows.delete(name)
    this.#bytes -= rowBytes(row.key, row.value)
  }
}

const NO_BYTES = new Uint8Array(0)

function rowBytes(key: Uint8Array, value: Uint8Array): number {
  return 2 * key.length + value.length + ROW_OVERHEAD_BYTES
}

/** Names of families hold no zero character. */
function nameOf(columnFamily: string, key: Uint8Array): string {
  return `${columnFamily}\0${Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')}`
}
