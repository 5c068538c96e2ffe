import { SandboxError } from '../base/sandbox-error'

/** How messages travel in one direction between two ends. */
export interface LinkState {
  /** Nothing passes; what is on its way when it is cut is lost as well. */
  readonly isCut: boolean
  /** Ms on the way, beside what the way takes by itself. */
  readonly delayMs: number
}

/** One direction between two ends, as messages under way see it. Changes take effect at once. */
export class DirectedLink implements LinkState {
  #isCut = false
  #delayMs = 0
  #cuts = 0
  readonly #watchers = new Set<() => void>()

  get isCut(): boolean {
    return this.#isCut
  }

  get delayMs(): number {
    return this.#delayMs
  }

  /** Grows with each cut: what left before does not arrive. */
  get cuts(): number {
    return this.#cuts
  }

  /** What is not named stays. @throws SandboxError INVALID_ARGUMENT for a delay that is negative or endless */
  change(state: Partial<LinkState>): void {
    const delayMs = state.delayMs ?? this.#delayMs
    if (!(delayMs >= 0 && delayMs < Infinity)) {
      throw new SandboxError(
        'INVALID_ARGUMENT',
        `The delay of a link is a finite number of ms from 0 up, but it is ${String(delayMs)} ms.`,
      )
    }
    const wasCut = this.#isCut
    this.#isCut = state.isCut ?? wasCut
    this.#delayMs = delayMs
    if (!this.#isCut || wasCut) return
    this.#cuts += 1
    for (const watcher of [...this.#watchers]) watcher()
  }

  /** Calls back at each cut, within the call that cuts, until the returned function is called. */
  watch(onCut: () => void): () => void {
    this.#watchers.add(onCut)
    return () => {
      this.#watchers.delete(onCut)
    }
  }
}
