import type { ConfState } from './conf-state'
import { NO_MEMBERS } from './conf-state'
import { NO_BYTES } from './entry'

/** The state of the state machine after applying everything up to an index, with the membership at that point. */
export interface Snapshot {
  /** The last entry that the snapshot contains. */
  readonly index: number
  /** The term of that entry. */
  readonly term: number
  readonly confState: ConfState
  /** The state itself, or whatever tells the receiver where to fetch it; the core does not look at it. */
  readonly data: Uint8Array
}

/** The snapshot of a node that has none. */
export const EMPTY_SNAPSHOT: Snapshot = Object.freeze({ index: 0, term: 0, confState: NO_MEMBERS, data: NO_BYTES })

/** Whether there is no snapshot. */
export function isEmptySnapshot(snapshot: Snapshot): boolean {
  return snapshot.index === 0
}
