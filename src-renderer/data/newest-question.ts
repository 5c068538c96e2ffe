/**
 * Tells answers to the newest question from those that come late. One for each piece of state that answers overwrite.
 */
export class NewestQuestion {
  #newest = 0

  /** A question is asked. @returns whether an answer to it still counts: nobody asked, and nothing was told, since */
  ask(): () => boolean {
    this.#newest += 1
    const own = this.#newest
    return () => own === this.#newest
  }

  /** Answers to everything asked so far no longer count. */
  forget(): void {
    this.#newest += 1
  }
}
