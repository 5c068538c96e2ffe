import { SandboxError } from '../../../base/sandbox-error'
import type { IterateOptions, RawIterator, RawSnapshot, ReadOptions } from '../raw-engine'
import { HandleRegistry } from './handle-registry'
import type { HandleOwner } from './handle-registry'
import { OperationCounter } from './operation-counter'
import type { ReadPath, Reader } from './read-path'

/** A driver's snapshot made safe: no read after close, and released only when its reads and iterators have ended. */
export class ManagedSnapshot<TSnapshot> implements RawSnapshot, Reader {
  readonly handles = new HandleRegistry()
  readonly operations = new OperationCounter()
  readonly #engine: HandleOwner
  readonly #reads: ReadPath<TSnapshot>
  readonly #native: TSnapshot
  readonly #release: (native: TSnapshot) => Promise<void>
  #closing: Promise<void> | undefined

  constructor(
    engine: HandleOwner,
    reads: ReadPath<TSnapshot>,
    native: TSnapshot,
    release: (native: TSnapshot) => Promise<void>,
  ) {
    this.#engine = engine
    this.#reads = reads
    this.#native = native
    this.#release = release
    engine.handles.add(this)
  }

  get(key: Uint8Array, options?: ReadOptions): Promise<Uint8Array | undefined> {
    return this.#reads.get(this, key, options, this.#native)
  }

  getMany(keys: readonly Uint8Array[], options?: ReadOptions): Promise<ReadonlyArray<Uint8Array | undefined>> {
    return this.#reads.getMany(this, keys, options, this.#native)
  }

  iterate(options: IterateOptions = {}): RawIterator {
    this.assertUsable()
    return this.#reads.iterate(options, this.#native, this)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Whether this snapshot was taken from that engine. */
  isOf(engine: HandleOwner): boolean {
    return this.#engine === engine
  }

  assertUsable(): void {
    this.#engine.assertUsable()
    if (this.#closing === undefined) return
    throw new SandboxError('ENGINE_HANDLE_CLOSED', 'The snapshot is closed: take a new one.')
  }

  async #close(): Promise<void> {
    try {
      await this.handles.closeAll()
    } finally {
      await this.operations.idle()
      await this.#release(this.#native)
      this.#engine.handles.remove(this)
    }
  }
}
