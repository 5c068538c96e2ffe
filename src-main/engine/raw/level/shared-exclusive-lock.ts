/**
 * Many holders that share, or one that is alone. Who wants to be alone waits for those before it and is waited for by
 * those after it, so that neither side starves. Taking a share that nobody contests takes no turn of
 * the event loop.
 */
export class SharedExclusiveLock {
  #sharing = 0
  #allReleased: (() => void) | undefined
  /** Settles when the last exclusive holder so far has ended; undefined when there is none. */
  #exclusive: Promise<void> | undefined

  /** Takes a share if nobody wants to be alone. Followed by {@link releaseShare}, as is {@link share}. */
  tryShare(): boolean {
    if (this.#exclusive !== undefined) return false
    this.#sharing += 1
    return true
  }

  /** Takes a share, behind exclusive work asked for before. */
  async share(): Promise<void> {
    while (this.#exclusive !== undefined) await this.#exclusive
    this.#sharing += 1
  }

  releaseShare(): void {
    this.#sharing -= 1
    if (this.#sharing === 0) this.#allReleased?.()
  }

  /** Runs work while no other work runs. */
  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#exclusive
    let release = (): void => undefined
    const mine = new Promise<void>((resolve) => {
      release = resolve
    })
    this.#exclusive = mine
    try {
      await before
      if (this.#sharing > 0) {
        await new Promise<void>((resolve) => {
          this.#allReleased = resolve
        })
        this.#allReleased = undefined
      }
      return await work()
    } finally {
      if (this.#exclusive === mine) this.#exclusive = undefined
      release()
    }
  }
}
