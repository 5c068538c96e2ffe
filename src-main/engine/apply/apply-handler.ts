import type { SandboxError } from '../../base/sandbox-error'
import type { CommandRequest } from '../command/command'
import type { PendingChanges } from './pending-changes'

/** What a request gave: one state a key (none where the command has no states), or why nothing of its command happens. */
export type HandlerResult = readonly boolean[] | { readonly refusedWith: SandboxError }

/** For commands whose requests have no states. */
export const NO_STATES: readonly boolean[] = []

/**
 * Applies one kind of request. What it does follows from the request and the state before it alone, so that all replicas
 * do the same.
 */
export interface ApplyHandler<Request extends CommandRequest> {
  /** The plain keys whose values it will ask for. */
  keysRead(request: Request): readonly Uint8Array[]
  /** Stages its changes. Does not wait for anything. */
  apply(request: Request, changes: PendingChanges): HandlerResult
}

/** For requests that depend on nothing. */
export const NO_KEYS: readonly Uint8Array[] = []
