// A worker is paused by one number that both threads see. Messages alone would not do: a thread that stands still reads none.

const GO = 0
const STAND_STILL = 1
const DIE = 2

/** The number, in memory that the host and the worker share. */
export class PauseFlag {
  /** To be handed to the worker. */
  readonly memory: SharedArrayBuffer
  readonly #flag: Int32Array

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory
    this.#flag = new Int32Array(memory)
  }

  /** Host: the worker stands still the next time it looks. */
  raise(): void {
    Atomics.compareExchange(this.#flag, 0, GO, STAND_STILL)
  }

  /** Host: the worker goes on. */
  lower(): void {
    Atomics.compareExchange(this.#flag, 0, STAND_STILL, GO)
    Atomics.notify(this.#flag, 0)
  }

  /** Host: a worker that stands still wakes up only to die. */
  condemn(): void {
    Atomics.store(this.#flag, 0, DIE)
    Atomics.notify(this.#flag, 0)
  }

  /** Worker: stands still, the whole thread, for as long as the flag is raised. @returns whether it is to die */
  standStill(): boolean {
    while (Atomics.load(this.#flag, 0) === STAND_STILL) Atomics.wait(this.#flag, 0, STAND_STILL)
    return Atomics.load(this.#flag, 0) === DIE
  }
}
