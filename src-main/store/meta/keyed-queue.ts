/** Runs work one at a time for each key, in the order in which it came; work of different keys runs side by side. */
export class KeyedQueue<Key> {
  readonly #last = new Map<Key, Promise<void>>()

  /** Runs the work when all earlier work of the key has ended, however it ended. Settles as the work does. */
  run<Result>(key: Key, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const result = before.then(work)
    const ended = result.then(
      () => undefined,
      // The failure is the caller's; those behind go on.
      () => undefined,
    )
    this.#last.set(key, ended)
    void ended.then(() => {
      if (this.#last.get(key) === ended) this.#last.delete(key)
    })
    return result
  }

  /** Resolves when all work that was given by now has ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#last.values())
  }
}
