import type { Clock } from '../../env/clock'

/** Few enough to be answered within some two ms, many enough to share what a turn costs. */
const READS_PER_TURN = 16

/** So many that are taken are removed from the list at once. */
const MOST_TAKEN = 1024

/**
 * Begins so many reads in one turn of the loop, and what is left in the turns that follow, in the order in which they came.
 * Answers leave at the end of a turn: if hundreds of reads that came together were answered in one, their clients would wait
 * for the last of them, and then this store for its clients. In portions both work at the same time. Writes need no such
 * thing, since those that are applied together are answered together, and the more of them go together the better.
 */
export class ReadTurns {
  readonly #clock: Pick<Clock, 'atEndOfTurn'>
  readonly #waiting: Array<() => void> = []
  /** Of those that wait, how many were begun. */
  #taken = 0
  #begunInTurn = 0

  constructor(clock: Pick<Clock, 'atEndOfTurn'>) {
    this.#clock = clock
  }

  /** Begins a read, at once or in its turn. @returns what it returns */
  begin<Result>(read: () => Promise<Result>): Promise<Result> {
    if (this.#begunInTurn < READS_PER_TURN) {
      this.#count()
      return read()
    }
    return new Promise((resolve) => {
      this.#waiting.push(() => {
        resolve(read())
      })
    })
  }

  #count(): void {
    this.#begunInTurn += 1
    if (this.#begunInTurn === 1) this.#clock.atEndOfTurn(this.#turnEnded)
  }

  readonly #turnEnded = (): void => {
    this.#begunInTurn = 0
    while (this.#begunInTurn < READS_PER_TURN) {
      const beginNext = this.#waiting[this.#taken]
      if (beginNext === undefined) break
      this.#taken += 1
      this.#count()
      beginNext()
    }
    // As long as more come than are begun, the list is not empty: what is taken must not stay for ever.
    if (this.#taken < this.#waiting.length && this.#taken < MOST_TAKEN) return
    this.#waiting.splice(0, this.#taken)
    this.#taken = 0
  }
}
