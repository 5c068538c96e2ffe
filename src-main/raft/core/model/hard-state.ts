import type { NodeId } from './node-id'

/**
 * What a node must find again after a crash, besides its log. Term and vote must be durable before anything that rests
 * on them leaves the node; the commit index may be behind.
 */
export interface HardState {
  readonly term: number
  /** Whom the node voted for in this term, 0 for nobody yet. */
  readonly vote: NodeId
  readonly commit: number
}

/** The hard state of a node that has never run. */
export const EMPTY_HARD_STATE: HardState = Object.freeze({ term: 0, vote: 0, commit: 0 })

/** Whether the node that left this behind has never run. */
export function isEmptyHardState(state: HardState): boolean {
  return state.term === 0 && state.vote === 0 && state.commit === 0
}
