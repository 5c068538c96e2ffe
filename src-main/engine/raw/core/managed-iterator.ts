import { SandboxError } from '../../../base/sandbox-error'
import type { RawEntry, RawIterator } from '../raw-engine'
import type { HandleOwner } from './handle-registry'
import type { RawCursor } from './raw-driver'

const noEntries: readonly RawEntry[] = []

/** A driver's cursor made safe: one call at a time, no call after close, no close under a call. */
export class ManagedIterator implements RawIterator {
  readonly #owner: HandleOwner
  readonly #cursor: RawCursor
  #page = noEntries
  #position = 0
  #reading: Promise<readonly RawEntry[]> | undefined
  /** What a read failed with: the walk cannot go on, and must not look as if it had ended. */
  #failure: SandboxError | undefined
  #ended = false
  #closed = false
  #releasing: Promise<void> | undefined

  constructor(owner: HandleOwner, cursor: RawCursor) {
    this.#owner = owner
    this.#cursor = cursor
    owner.handles.add(this)
  }

  async next(): Promise<RawEntry | undefined> {
    this.#assertUsable()
    if (this.#position >= this.#page.length) {
      this.#page = await this.#read()
      this.#position = 0
    }
    return this.#page[this.#position++]
  }

  async nextPage(): Promise<readonly RawEntry[]> {
    this.#assertUsable()
    if (this.#position >= this.#page.length) return this.#read()
    const rest = this.#page.slice(this.#position)
    this.#page = noEntries
    return rest
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RawEntry, void, undefined> {
    try {
      for (;;) {
        const page = await this.nextPage()
        if (page.length === 0) return
        yield* page
      }
    } finally {
      await this.close()
    }
  }

  close(): Promise<void> {
    this.#closed = true
    return this.#release()
  }

  #assertUsable(): void {
    // The owner first: when an engine has closed its iterators the reason to name is the engine.
    this.#owner.assertUsable()
    if (this.#closed) throw new SandboxError('ENGINE_HANDLE_CLOSED', 'The iterator is closed: make a new one.')
    if (this.#failure !== undefined) throw this.#failure
    if (this.#reading === undefined) return
    const message = 'A call of this iterator is under way: await it first, or use one iterator for each caller.'
    throw new SandboxError('INVALID_ARGUMENT', message)
  }

  async #read(): Promise<readonly RawEntry[]> {
    if (this.#ended) return noEntries
    let page: readonly RawEntry[]
    try {
      this.#reading = this.#cursor.readPage()
      page = await this.#reading
    } catch (thrown) {
      this.#failure = SandboxError.from(thrown, 'ENGINE_IO')
      throw this.#failure
    } finally {
      this.#reading = undefined
    }
    this.#assertUsable()
    if (page.length === 0) {
      // Whoever walks to the end need not close.
      this.#ended = true
      await this.#release()
    }
    return page
  }

  #release(): Promise<void> {
    this.#releasing ??= this.#closeCursor()
    return this.#releasing
  }

  async #closeCursor(): Promise<void> {
    try {
      // A read that fails tells its own caller; here only its end matters.
      await this.#reading?.catch(() => noEntries)
      await this.#cursor.close()
    } finally {
      this.#owner.handles.remove(this)
    }
  }
}
