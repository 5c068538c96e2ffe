import type { MessageAction } from './gate'

/** A stage that has to wait. */
export interface WaitingStage {
  readonly holdId: string
  /** Undefined for a message that belongs to no followed operation. */
  readonly traceId: string | undefined
  readonly regionId: number | undefined
  /** Whether anything stops it, asked when its turn comes; '' for a stop that is no gate's, undefined if it may pass. */
  readonly stopAt: () => string | undefined
  /** It stands now. */
  readonly onHeld: (gateId: string | undefined) => void
  readonly onReleased: (action: MessageAction) => void
}

/**
 * What a node holds. Stages of one operation stand one behind the other: while one of them is held, those that come after
 * it on this node wait for their turn, so that a person who steps sees each, in the order of the path, although the path
 * itself would do some of them side by side.
 */
export class StageHolds {
  /** Held stages, each followed by those of the same operation that wait behind it. */
  readonly #lines = new Map<string, WaitingStage[]>()

  /** Whether a stage of this operation is held here. */
  isHeld(traceId: string): boolean {
    return this.#lines.has(traceId)
  }

  /** Holds a stage; if one of its operation is held already, behind that. */
  add(stage: WaitingStage, gateId: string): void {
    const line = stage.traceId ?? stage.holdId
    const waiting = this.#lines.get(line)
    if (waiting !== undefined) {
      waiting.push(stage)
      return
    }
    this.#lines.set(line, [stage])
    stage.onHeld(gateId === '' ? undefined : gateId)
  }

  /** Lets a held stage go on, and those behind it up to the next that is stopped. @returns whether it was held */
  release(holdId: string, action: MessageAction): boolean {
    for (const [line, waiting] of this.#lines) {
      const [first, ...behind] = waiting
      if (first?.holdId !== holdId) continue
      first.onReleased(action)
      this.#advance(line, behind)
      return true
    }
    return false
  }

  /** Lets everything go on. */
  releaseAll(): void {
    const lines = [...this.#lines.values()]
    this.#lines.clear()
    for (const stage of lines.flat()) stage.onReleased({ kind: 'deliver' })
  }

  /** Drops whatever is held of a region. */
  releaseRegion(regionId: number): void {
    for (const [line, waiting] of [...this.#lines]) {
      const [first] = waiting
      const staying = waiting.filter((stage) => stage.regionId !== regionId)
      if (staying.length === waiting.length) continue
      for (const stage of waiting) if (stage.regionId === regionId) stage.onReleased({ kind: 'drop' })
      if (staying[0] !== undefined && staying[0] === first) this.#lines.set(line, staying)
      else this.#advance(line, staying)
    }
  }

  #advance(line: string, behind: readonly WaitingStage[]): void {
    for (const [position, stage] of behind.entries()) {
      const gateId = stage.stopAt()
      if (gateId !== undefined) {
        this.#lines.set(line, behind.slice(position))
        stage.onHeld(gateId === '' ? undefined : gateId)
        return
      }
      stage.onReleased({ kind: 'deliver' })
    }
    this.#lines.delete(line)
  }
}
