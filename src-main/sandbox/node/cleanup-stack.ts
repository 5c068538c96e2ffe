/** How to close something: in order, or as after a kill, when nothing more is to reach the disk than must. */
export interface CleanupMode {
  readonly isOrderly: boolean
}

type Cleanup = (mode: CleanupMode) => Promise<void> | void

/** What was opened and is to be closed, the newest first. */
export class CleanupStack {
  readonly #cleanups: Cleanup[] = []

  push(cleanup: Cleanup): void {
    this.#cleanups.push(cleanup)
  }

  /**
   * Closes everything, also what comes after a failure.
   *
   * @throws the first failure
   */
  async unwind(mode: CleanupMode): Promise<void> {
    const failures: unknown[] = []
    for (let cleanup = this.#cleanups.pop(); cleanup !== undefined; cleanup = this.#cleanups.pop()) {
      try {
        await cleanup(mode)
      } catch (thrown) {
        failures.push(thrown)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
