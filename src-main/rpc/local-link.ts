import { SandboxError } from '../base/sandbox-error'

/** How calls travel in one direction. */
export interface LocalLinkState {
  /** Nothing passes; what is on its way when it is cut is lost as well. */
  readonly isCut: boolean
  /** Ms on the way. */
  readonly delayMs: number
}

/** One direction between two ends, as calls under way see it. */
export class LocalLink implements LocalLinkState {
  isCut = false
  delayMs = 0
  /** Grows with each cut: what left before does not arrive. */
  cuts = 0

  /** What is not named stays. @throws SandboxError INVALID_ARGUMENT */
  change(state: Partial<LocalLinkState>): void {
    const delayMs = state.delayMs ?? this.delayMs
    if (!(delayMs >= 0 && delayMs < Infinity)) {
      throw new SandboxError(
        'INVALID_ARGUMENT',
        `The delay of a link is a finite number of ms from 0 up, but it is ${String(delayMs)} ms.`,
      )
    }
    const isCut = state.isCut ?? this.isCut
    if (isCut && !this.isCut) this.cuts += 1
    this.isCut = isCut
    this.delayMs = delayMs
  }
}
