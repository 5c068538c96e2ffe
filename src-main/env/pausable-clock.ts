import type { Clock, Timer } from './clock'
import type { PauseGate } from './pause-gate'
import { sleepOn } from './sleep'

/**
 * The clock of a node that can be paused. Its time flows on, as that of a machine does whose processor stands still: what has
 * become due by then runs when the gate opens, a repeating timer once. A lease that ran out meanwhile has run out.
 */
export class PausableClock implements Clock {
  readonly #clock: Clock
  readonly #gate: PauseGate

  constructor(clock: Clock, gate: PauseGate) {
    this.#clock = clock
    this.#gate = gate
  }

  wallTimeMs(): number {
    return this.#clock.wallTimeMs()
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs()
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    return this.#held((run) => this.#clock.setTimer(delayMs, run), callback)
  }

  setRepeatingTimer(periodMs: number, callback: () => void): Timer {
    return this.#held((run) => this.#clock.setRepeatingTimer(periodMs, run), callback)
  }

  atEndOfTurn(callback: () => void): void {
    this.#clock.atEndOfTurn(() => {
      this.#gate.pass(callback)
    })
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal)
  }

  #held(set: (run: () => void) => Timer, callback: () => void): Timer {
    let isCancelled = false
    let isHeld = false
    const run = (): void => {
      isHeld = false
      if (!isCancelled) callback()
    }
    const timer = set(() => {
      if (!this.#gate.isClosed) run()
      else if (!isHeld) {
        isHeld = true
        this.#gate.pass(run)
      }
    })
    return {
      cancel: () => {
        isCancelled = true
        timer.cancel()
      },
    }
  }
}
