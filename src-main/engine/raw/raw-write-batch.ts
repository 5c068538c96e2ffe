import { defaultColumnFamily } from './column-family'
import type { KeyRange } from './key-range'
import { checkKey, checkRange, checkValue } from './validation'

/** Sets a key to a value. */
export interface PutOperation {
  readonly kind: 'put'
  readonly columnFamily: string
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** Removes a key; harmless if it is not there. */
export interface DeleteOperation {
  readonly kind: 'delete'
  readonly columnFamily: string
  readonly key: Uint8Array
}

/** Removes every key of a range. */
export interface DeleteRangeOperation {
  readonly kind: 'delete-range'
  readonly columnFamily: string
  readonly range: KeyRange
}

/** One step of a {@link RawWriteBatch}. */
export type RawWriteOperation = PutOperation | DeleteOperation | DeleteRangeOperation

/**
 * Operations over any column families that a raw engine applies all or not at all, in the order in which they were
 * added: of two operations on one key the later wins. Bad input is refused when it is added and leaves the batch as it
 * was. Keys, values and bounds are not copied: they must stay unchanged until the write resolves. A batch may be written
 * more than once.
 */
export class RawWriteBatch {
  readonly #operations: RawWriteOperation[] = []
  #byteLength = 0
  #deletesRanges = false

  /** The operations in the order of their effect. */
  get operations(): readonly RawWriteOperation[] {
    return this.#operations
  }

  /** How many operations the batch holds. */
  get length(): number {
    return this.#operations.length
  }

  /** Bytes of all keys, values and bounds. */
  get byteLength(): number {
    return this.#byteLength
  }

  /** Whether any operation is a delete range, which some engines must treat apart. */
  get deletesRanges(): boolean {
    return this.#deletesRanges
  }

  /** @throws SandboxError ENGINE_INVALID_KEY, ENGINE_INVALID_VALUE, INVALID_ARGUMENT */
  put(key: Uint8Array, value: Uint8Array, columnFamily: string = defaultColumnFamily): this {
    checkKey(key)
    checkValue(value)
    this.#operations.push({ kind: 'put', columnFamily, key, value })
    this.#byteLength += key.length + value.length
    return this
  }

  /** @throws SandboxError ENGINE_INVALID_KEY, INVALID_ARGUMENT */
  delete(key: Uint8Array, columnFamily: string = defaultColumnFamily): this {
    checkKey(key)
    this.#operations.push({ kind: 'delete', columnFamily, key })
    this.#byteLength += key.length
    return this
  }

  /** @throws SandboxError ENGINE_INVALID_KEY for an empty or too long bound, ENGINE_INVALID_RANGE, INVALID_ARGUMENT */
  deleteRange(range: KeyRange, columnFamily: string = defaultColumnFamily): this {
    checkRange(range)
    this.#operations.push({ kind: 'delete-range', columnFamily, range })
    this.#byteLength += (range.start?.length ?? 0) + (range.end?.length ?? 0)
    this.#deletesRanges = true
    return this
  }

  /** Takes all operations out, so that the batch can be filled anew. */
  clear(): void {
    this.#operations.length = 0
    this.#byteLength = 0
    this.#deletesRanges = false
  }
}
