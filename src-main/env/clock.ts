/** A timer that was set on a {@link Clock}. */
export interface Timer {
  /** Makes sure that the callback does not run (again). Harmless when it already has. */
  cancel(): void
}

/**
 * Where time comes from. Real time flows; simulated time moves only when told, so that a run can be stopped, stepped and
 * repeated.
 */
export interface Clock {
  /** Wall time in ms since 1970-01-01 UTC; may jump when a person sets the machine's clock. For show and for TTLs. */
  wallTimeMs(): number
  /** Ms since an arbitrary origin, never going back, with fractions. For time-outs, leases and measuring. */
  monotonicMs(): number
  /** Runs the callback once, `delayMs` (0 or more) from now, never within this call. An endless delay is refused: INVALID_ARGUMENT. */
  setTimer(delayMs: number, callback: () => void): Timer
  /** Runs the callback every `periodMs` (above 0) until cancelled. A late run is not made up for. */
  setRepeatingTimer(periodMs: number, callback: () => void): Timer
  /** Runs the callback once what came in together has been handled, and never within this call: work that is cheaper for many at a time waits so for those who come at the same moment. Takes no time and cannot be called off. */
  atEndOfTurn(callback: () => void): void
  /** Resolves after `delayMs`; rejects with CANCELLED, and lets go of its timer, when the signal aborts first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>
}
