/** A lock that is held until it is released or its process dies. */
export interface ExclusiveLock {
  release(): void
}

export interface ExclusiveLockOptions {
  /** Called once when somebody else holds the lock. */
  readonly onWait?: () => void
  /** How often a waiter looks again. */
  readonly pollMs?: number
  /** How often the holder says that it is alive. */
  readonly heartbeatMs?: number
  /** How long a holder may be silent before it counts as dead. */
  readonly silenceLimitMs?: number
}

/** See exclusive-lock.mjs. */
export function acquireLock(path: string, options?: ExclusiveLockOptions): Promise<ExclusiveLock>
