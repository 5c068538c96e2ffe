import type { Timer } from '../../env'
import type { FaultKind } from './fault-mix'
import type { Fault, FaultParts } from './faults/fault'
import { crashFaults } from './faults/crash-faults'
import { diskFaults } from './faults/disk-faults'
import { groupFaults } from './faults/group-faults'
import { networkFaults } from './faults/network-faults'

const faults: Readonly<Record<FaultKind, Fault>> = { ...networkFaults, ...crashFaults, ...diskFaults, ...groupFaults }

/** Breaks things at times drawn from a seed, and puts each right after a while, until told that it is enough. */
export class FaultInjector {
  readonly #parts: FaultParts
  readonly #told: (kind: FaultKind) => void
  readonly #timers = new Map<FaultKind, Timer>()
  /** How to put right what is broken now. */
  readonly #repairs = new Set<() => void>()

  /** @param told is told of each fault when it begins */
  constructor(parts: FaultParts, told: (kind: FaultKind) => void) {
    this.#parts = parts
    this.#told = told
  }

  start(): void {
    for (const kind of this.#parts.mix.faults.keys()) this.#scheduleNext(kind)
  }

  /** Breaks nothing more and puts right what is broken. */
  heal(): void {
    for (const timer of this.#timers.values()) timer.cancel()
    for (const repair of [...this.#repairs]) repair()
  }

  /** Does something after the time that a fault lasts, or sooner if everything is healed. */
  repairLater(repair: () => void): void {
    const { clock, mix } = this.#parts
    const once = (): void => {
      if (!this.#repairs.delete(once)) return
      timer.cancel()
      repair()
    }
    this.#repairs.add(once)
    const timer = clock.setTimer(this.#exponential(mix.meanFaultMs), once)
  }

  #scheduleNext(kind: FaultKind): void {
    const { clock, mix } = this.#parts
    const timer = clock.setTimer(this.#exponential(mix.faults.get(kind) ?? 0), () => {
      this.#inject(kind)
      this.#scheduleNext(kind)
    })
    this.#timers.set(kind, timer)
  }

  #inject(kind: FaultKind): void {
    this.#told(kind)
    const repair = faults[kind](this.#parts)
    if (repair !== undefined) this.repairLater(repair)
  }

  #exponential(meanMs: number): number {
    return -Math.log(1 - this.#parts.random.fraction()) * meanMs
  }
}
