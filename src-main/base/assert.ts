import { SandboxError } from './sandbox-error'
import type { ErrorDetails } from './sandbox-error'

/**
 * States an invariant. A broken one is a defect of the program: it throws at once, in every build, before bad state can
 * spread.
 *
 * @throws SandboxError INTERNAL
 */
export function assert(condition: boolean, invariant: string, details?: ErrorDetails): asserts condition {
  if (condition) return
  throw new SandboxError(
    'INTERNAL',
    `The invariant "${invariant}" does not hold. Please report it.`,
    details === undefined ? {} : { details },
  )
}
