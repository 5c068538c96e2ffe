import { SandboxError } from '../../base/sandbox-error'
import type { RawEngine, RawEntry } from '../../engine/raw'
import { RawWriteBatch } from '../../engine/raw'
import { metaColumnFamily, metaKeyText, metaRange } from './meta-keys'

/** Reads and writes the store's records in the `meta` family of its raw engine. */
export class MetaStorage {
  readonly #engine: RawEngine
  /** The flush that has not begun yet and covers whatever is written by then. */
  #nextFlush: Promise<void> | undefined
  #flushing: Promise<void> = Promise.resolve()

  constructor(engine: RawEngine) {
    this.#engine = engine
  }

  /** Writes a batch that {@link MetaBatch} has filled, all or nothing. @throws SandboxError ENGINE_* */
  async write(fill: (batch: MetaBatch) => void): Promise<void> {
    const batch = new RawWriteBatch()
    fill(new MetaBatch(batch))
    if (batch.length > 0) await this.#engine.write(batch)
  }

  /**
   * Resolves when everything that was written before the call survives the loss of power, where the engine has a place that
   * lasts. Calls that come while a flush is under way share the next one. @throws SandboxError ENGINE_*
   */
  makeDurable(): Promise<void> {
    if (!this.#engine.supports.persistent) return Promise.resolve()
    this.#nextFlush ??= this.#flushing.then(() => {
      this.#nextFlush = undefined
      const flush = this.#engine.flush()
      // The failure goes to those who wait for this flush; the next one is tried all the same.
      this.#flushing = flush.catch(() => undefined)
      return flush
    })
    return this.#nextFlush
  }

  /** The value of a key; undefined if there is none. @throws SandboxError ENGINE_* */
  read(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#engine.get(key, { columnFamily: metaColumnFamily })
  }

  /** All records whose keys begin with a prefix, in the order of their keys. @throws SandboxError ENGINE_* */
  async readAll(prefix: string, options: { readonly keysOnly?: boolean } = {}): Promise<RawEntry[]> {
    const entries: RawEntry[] = []
    const iterator = this.#engine.iterate({ ...options, columnFamily: metaColumnFamily, range: metaRange(prefix) })
    for await (const entry of iterator) entries.push(entry)
    return entries
  }
}

/** A batch over the `meta` family. */
export class MetaBatch {
  readonly #batch: RawWriteBatch

  constructor(batch: RawWriteBatch) {
    this.#batch = batch
  }

  put(key: Uint8Array, value: Uint8Array): this {
    this.#batch.put(key, value, metaColumnFamily)
    return this
  }

  delete(key: Uint8Array): this {
    this.#batch.delete(key, metaColumnFamily)
    return this
  }
}

/** The error for a record that cannot be what was written. */
export function damagedRecord(key: Uint8Array, reason: string, cause?: unknown): SandboxError {
  const name = metaKeyText(key)
  const message = `The record ${name} in the column family ${metaColumnFamily} of this store cannot be read: ${reason}. Restore the store's data, or remove the store and let it be filled again.`
  return new SandboxError('STORE_RECORD_DAMAGED', message, { details: { key: name }, cause })
}

/** Decodes a record. @throws SandboxError STORE_RECORD_DAMAGED, naming the key */
export function decodeRecord<Message>({ key, value }: RawEntry, decode: (bytes: Uint8Array) => Message): Message {
  try {
    return decode(value)
  } catch (thrown) {
    throw damagedRecord(key, thrown instanceof Error ? thrown.message : String(thrown), thrown)
  }
}
