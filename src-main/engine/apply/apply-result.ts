import type { SandboxError } from '../../base/sandbox-error'

/** When a run of entries was applied, in ms of the monotonic clock; one object for the whole run, filled as it goes. */
export interface ApplyMoments {
  /** Its first entry's turn came. */
  readonly beganMs: number
  /** What it changes was handed to the raw engine. */
  storeWriteMs: number
  /** It is written. */
  appliedMs: number
}

/** The command took effect. */
export interface CommandApplied {
  readonly kind: 'applied'
  readonly ts: bigint
  /** See WriteResult. */
  readonly keyStates: readonly boolean[]
  /** Of the run that it was applied in; undefined where nobody took them. */
  readonly moments?: Readonly<ApplyMoments> | undefined
}

/** The command was refused when its turn came, alike on every replica; nothing of it took effect. */
export interface CommandRefused {
  readonly kind: 'refused'
  readonly error: SandboxError
}

/** The entry carried no command: the first one of a leader, or a change of membership. */
export interface NothingToApply {
  readonly kind: 'nothing'
}

/** What applying one entry gave. */
export type ApplyResult = CommandApplied | CommandRefused | NothingToApply

/** Shared by all entries without command. */
export const NOTHING_TO_APPLY: NothingToApply = { kind: 'nothing' }
