import type { SandboxError } from '../../base/sandbox-error'

/** The command took effect. */
export interface CommandApplied {
  readonly kind: 'applied'
  readonly ts: bigint
  /** See WriteResult. */
  readonly keyStates: readonly boolean[]
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
