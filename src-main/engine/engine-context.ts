import type { RequestTrace } from '../flow/flow-probe'

/** What clients compare before they are served (common.proto, RegionEpoch). */
export interface RegionEpoch {
  /** Grows with each change of peers. */
  readonly confVersion: number
  /** Grows with each split or merge. */
  readonly version: number
}

/**
 * How a read proves that it sees everything that was acknowledged before it, the strongest first:
 * - `read-index`: the leader asks a quorum whether it still leads; many reads share one question.
 * - `lease`: the leader relies on its followers' promise not to elect another one, and asks a quorum where it holds no lease; no
 *   message, but trusts that clocks advance alike.
 * - `leader`: whoever believes to lead answers, as DingoDB ships; a deposed leader may answer with stale data.
 * - `local`: any replica answers with what it has applied.
 */
export type ReadMode = 'read-index' | 'lease' | 'leader' | 'local'
export const readModes: readonly ReadMode[] = ['read-index', 'lease', 'leader', 'local']

/** Made once per request and handed down explicitly (architecture.md part 4, Context). */
export interface EngineContext {
  readonly regionId: number
  /** The epoch that the request was checked against; it travels in the Raft command and is compared again when that is applied. */
  readonly epoch: RegionEpoch
  /** How reads prove themselves. Default: the engine's own setting. */
  readonly readMode?: ReadMode | undefined
  /** Says when nobody waits for the answer any more; an AbortSignal, or less. What is proposed already goes on. */
  readonly signal?: { readonly aborted: boolean } | undefined
  /** Takes down the stages of a request that somebody follows, and may hold it at each; undefined for all others. */
  readonly trace?: RequestTrace | undefined
}
