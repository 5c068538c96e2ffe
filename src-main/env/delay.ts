import { SandboxError } from '../base/sandbox-error'

/** The longest delay a clock takes: a hundred years. Longer ones are a mistake in the caller's arithmetic. */
export const MAX_DELAY_MS = 3_155_760_000_000

/** @throws SandboxError INVALID_ARGUMENT unless the delay is from 0 to {@link MAX_DELAY_MS} */
export function checkDelay(delayMs: number): void {
  if (delayMs >= 0 && delayMs <= MAX_DELAY_MS) return
  throw new SandboxError(
    'INVALID_ARGUMENT',
    `A timer needs a delay from 0 ms to ${String(MAX_DELAY_MS)} ms, but it is ${String(delayMs)} ms.`,
  )
}

/** @throws SandboxError INVALID_ARGUMENT unless the period is above 0 and at most {@link MAX_DELAY_MS} */
export function checkPeriod(periodMs: number): void {
  if (periodMs > 0 && periodMs <= MAX_DELAY_MS) return
  throw new SandboxError(
    'INVALID_ARGUMENT',
    `A repeating timer needs a period above 0 ms and up to ${String(MAX_DELAY_MS)} ms, but it is ${String(periodMs)} ms.`,
  )
}
