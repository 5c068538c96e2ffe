/** Lets a limited number of pieces of work run at a time; the others wait in the order in which they came. */
export class Slots {
  #free: number
  readonly #waiting: Array<() => void> = []

  /** @param count 1 or more */
  constructor(count: number) {
    this.#free = count
  }

  /** Runs the work when there is room. Settles as the work does. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}
