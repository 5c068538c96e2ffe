import type { DiskErrorCode, DiskOperation } from '../disk-error'
import { isAtOrBelow, normalizePath } from '../disk-path'
import type { Random } from '../random'
import type { FailureExtent } from './stored-file'

/** What a fault does to the operation that it hits. */
export type DiskFault =
  /**
   * The operation is refused with the code. `extent` is what happened all the same, for nothing is known after a failure:
   * `none` (default) of it, `part` (a beginning of a write, some of the changes that a sync covers), or `all` of it.
   */
  | { readonly kind: 'fail'; readonly code?: DiskErrorCode; readonly extent?: FailureExtent }
  /** The operation takes so much longer. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** The operation never ends; only a crash ends the wait. */
  | { readonly kind: 'hang' }
  /** A read returns bytes with so many bits turned over (default 1); what is stored is sound. Other operations are left alone. */
  | { readonly kind: 'flip-bits'; readonly bits?: number }

/** Which operations a fault hits. All conditions must hold. */
export interface DiskFaultRule {
  readonly fault: DiskFault
  /** Default: every operation. */
  readonly operations?: readonly DiskOperation[]
  /** A path with all below it, or a condition on the path. For a rename: either of its paths. Default: every path. */
  readonly path?: string | ((path: string) => boolean)
  /** So many matching operations pass unharmed first. Default 0. */
  readonly skip?: number
  /** So many are hit, then the rule is spent. Default: no limit. */
  readonly count?: number
  /** How likely each one is hit, 0 to 1. Default 1. */
  readonly probability?: number
}

/** A rule at work. */
export interface ActiveDiskFault {
  /** How many operations it has hit. */
  readonly hits: number
  /** Takes it back. Harmless when it is gone. */
  remove(): void
}

/** The faults of a simulated disk. The first rule that hits an operation decides; rules are asked in the order of {@link add}. */
export class DiskFaults {
  readonly #random: Random
  readonly #rules = new Set<ActiveRule>()

  constructor(random: Random) {
    this.#random = random
  }

  add(rule: DiskFaultRule): ActiveDiskFault {
    const active = new ActiveRule(rule, this.#rules)
    this.#rules.add(active)
    return active
  }

  /** Takes back all rules. */
  clear(): void {
    this.#rules.clear()
  }

  /** The fault that hits this operation, if one does. Counts against the rules that match. */
  strike(operation: DiskOperation, path: string, otherPath?: string): DiskFault | undefined {
    if (this.#rules.size === 0) return undefined
    for (const rule of this.#rules) {
      const matches = rule.matches(operation, path) || (otherPath !== undefined && rule.matches(operation, otherPath))
      if (matches && rule.strikes(this.#random)) return rule.fault
    }
    return undefined
  }
}

class ActiveRule implements ActiveDiskFault {
  readonly #rule: DiskFaultRule
  readonly #rules: Set<ActiveRule>
  readonly #path: string | ((path: string) => boolean) | undefined
  #passed = 0
  #hits = 0

  constructor(rule: DiskFaultRule, rules: Set<ActiveRule>) {
    this.#rule = rule
    this.#rules = rules
    this.#path = typeof rule.path === 'string' ? normalizePath(rule.path) : rule.path
  }

  get fault(): DiskFault {
    return this.#rule.fault
  }

  get hits(): number {
    return this.#hits
  }

  remove(): void {
    this.#rules.delete(this)
  }

  matches(operation: DiskOperation, path: string): boolean {
    if (this.#rule.operations?.includes(operation) === false) return false
    if (this.#path === undefined) return true
    return typeof this.#path === 'string' ? isAtOrBelow(path, this.#path) : this.#path(path)
  }

  strikes(random: Random): boolean {
    if (this.#passed < (this.#rule.skip ?? 0)) {
      this.#passed++
      return false
    }
    if (!random.chance(this.#rule.probability ?? 1)) return false
    this.#hits++
    if (this.#hits >= (this.#rule.count ?? Infinity)) this.remove()
    return true
  }
}
