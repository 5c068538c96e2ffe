import { SandboxError } from '../../base/sandbox-error'
import type { Clock, Timer } from '../clock'
import { checkDelay, checkPeriod } from '../delay'
import { sleepOn } from '../sleep'
import { SimulatedEvent } from './event-heap'
import type { SimulatedClock } from './simulated-clock'
import { toMicroseconds } from './simulated-clock'

/** How a node's clock differs from the simulation's. */
export interface NodeClockOptions {
  /** What is added to the wall time, in ms. Default 0. */
  readonly wallOffsetMs?: number
  /** How many ms of the node's time pass in one ms of the simulation's, above 0; 1.001 is a clock that gains 1 ms a second. Default 1. */
  readonly rate?: number
}

/**
 * The clock of one run of a node, derived from the simulation's: it can be off, run fast or slow, be paused as a stopped
 * process is, and end with the process. After its end no timer fires and no sleep resolves.
 */
export class SimulatedNodeClock implements Clock {
  readonly #master: SimulatedClock
  readonly #pending = new Set<NodeTimer>()
  #overdue: NodeTimer[] = []
  #wallOffsetMs: number
  #rate = 1
  /** Where the line from the simulation's time to the node's starts; it is drawn anew when the rate changes. */
  #originMasterUs = 0
  #originUs = 0
  #paused = false
  #stopped = false

  /** @throws SandboxError INVALID_ARGUMENT for a rate that is not above 0 */
  constructor(master: SimulatedClock, options: NodeClockOptions = {}) {
    this.#master = master
    this.#wallOffsetMs = options.wallOffsetMs ?? 0
    this.setRate(options.rate ?? 1)
  }

  wallTimeMs(): number {
    return Math.floor(this.#master.epochMs + this.#wallOffsetMs + this.#nowUs() / 1000)
  }

  monotonicMs(): number {
    return this.#nowUs() / 1000
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    checkDelay(delayMs)
    return this.#start(new NodeTimer(this, callback, undefined), delayMs)
  }

  setRepeatingTimer(periodMs: number, callback: () => void): Timer {
    checkPeriod(periodMs)
    return this.#start(new NodeTimer(this, callback, periodMs), periodMs)
  }

  /** Events come one at a time here, so that a turn ends with its event. */
  atEndOfTurn(callback: () => void): void {
    queueMicrotask(callback)
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal)
  }

  /** How many timers of this node wait, overdue ones of a paused node included. */
  get pendingCount(): number {
    return this.#pending.size
  }

  get paused(): boolean {
    return this.#paused
  }

  get stopped(): boolean {
    return this.#stopped
  }

  /** Changes the speed from now on; timers that are set already keep their moment. @throws SandboxError INVALID_ARGUMENT */
  setRate(rate: number): void {
    if (!(rate > 0 && rate < Infinity)) {
      throw new SandboxError('INVALID_ARGUMENT', `The rate of a clock must be above 0, but it is ${String(rate)}.`)
    }
    this.#originUs = this.#nowUs()
    this.#originMasterUs = this.#master.nowUs
    this.#rate = rate
  }

  /** Makes the wall time jump, as when a person sets the machine's clock. */
  setWallOffset(wallOffsetMs: number): void {
    this.#wallOffsetMs = wallOffsetMs
  }

  /** Stops the process as SIGSTOP does: time goes on, but no timer of the node runs until {@link resume}. */
  pause(): void {
    this.#paused = true
  }

  /** Lets the process go on. Timers that fell due in the meantime run at this moment, in the order in which they fell due. */
  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    const overdue = this.#overdue
    this.#overdue = []
    for (const timer of overdue) if (this.#pending.has(timer)) this.#master.schedule(timer, 0)
  }

  /** Ends the process: pending timers are dropped, and later ones never fire. */
  stop(): void {
    this.#stopped = true
    for (const timer of this.#pending) this.#master.unschedule(timer)
    this.#pending.clear()
    this.#overdue = []
  }

  /** For {@link NodeTimer}: its moment has come. */
  timerIsDue(timer: NodeTimer): void {
    if (this.#paused) {
      this.#overdue.push(timer)
      return
    }
    if (timer.periodMs === undefined) this.#pending.delete(timer)
    else this.#schedule(timer, timer.periodMs)
    timer.callback()
  }

  /** For {@link NodeTimer}. */
  cancelTimer(timer: NodeTimer): void {
    this.#master.unschedule(timer)
    this.#pending.delete(timer)
  }

  #start(timer: NodeTimer, delayMs: number): NodeTimer {
    if (this.#stopped) return timer
    this.#pending.add(timer)
    this.#schedule(timer, delayMs)
    return timer
  }

  #schedule(timer: NodeTimer, delayMs: number): void {
    const delayUs = toMicroseconds(delayMs)
    this.#master.schedule(timer, this.#rate === 1 ? delayUs : this.#masterDelayUs(delayUs))
  }

  /** How much of the simulation's time passes until so much of the node's has: never less, so that no timer looks early. */
  #masterDelayUs(delayUs: number): number {
    const dueUs = this.#nowUs() - this.#originUs + delayUs
    const passedUs = this.#master.nowUs - this.#originMasterUs
    return Math.max(0, Math.ceil(dueUs / this.#rate - 1e-6) - passedUs)
  }

  #nowUs(): number {
    const passedUs = this.#master.nowUs - this.#originMasterUs
    // The tolerance makes up for the error of a division and a product.
    return this.#originUs + (this.#rate === 1 ? passedUs : Math.floor(passedUs * this.#rate + 1e-3))
  }
}

class NodeTimer extends SimulatedEvent implements Timer {
  readonly #clock: SimulatedNodeClock
  readonly callback: () => void
  readonly periodMs: number | undefined

  constructor(clock: SimulatedNodeClock, callback: () => void, periodMs: number | undefined) {
    super()
    this.#clock = clock
    this.callback = callback
    this.periodMs = periodMs
  }

  fire(): void {
    this.#clock.timerIsDue(this)
  }

  cancel(): void {
    this.#clock.cancelTimer(this)
  }
}
