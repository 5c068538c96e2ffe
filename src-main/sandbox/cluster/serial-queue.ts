/** Does work one piece after the other, in the order in which it was asked for. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve()

  /** Does the work when everything before it has ended, however that ended. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    // Its failure is its caller's to hear; the next piece of work only waits for its end.
    this.#last = done.catch(() => undefined)
    return done
  }
}
