/** Something that must be closed before what it came from: an iterator, a snapshot. */
export interface ClosableHandle {
  close(): Promise<void>
}

/** Who hands out handles: an engine or a snapshot. */
export interface HandleOwner {
  /** @throws SandboxError ENGINE_CLOSED, ENGINE_HANDLE_CLOSED */
  assertUsable(): void
  readonly handles: HandleRegistry
}

/** The open handles of an owner. */
export class HandleRegistry {
  readonly #open = new Set<ClosableHandle>()

  get size(): number {
    return this.#open.size
  }

  [Symbol.iterator](): IterableIterator<ClosableHandle> {
    return this.#open.values()
  }

  add(handle: ClosableHandle): void {
    this.#open.add(handle)
  }

  remove(handle: ClosableHandle): void {
    this.#open.delete(handle)
  }

  /** Closes all, side by side, and throws the first failure after all have ended. */
  async closeAll(): Promise<void> {
    const outcomes = await Promise.allSettled([...this.#open].map((handle) => handle.close()))
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  }
}
