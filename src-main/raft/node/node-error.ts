import { SandboxError } from '../../base/sandbox-error'
import type { ErrorCode } from '../../base/error-codes'
import { RaftError } from '../core/errors'

/** Turns what the core throws into the error class of the program; everything else stays what it is or is wrapped under `code`. */
export function toNodeError(thrown: unknown, regionId: number, code: ErrorCode = 'INTERNAL'): SandboxError {
  if (thrown instanceof SandboxError) return thrown
  const details = { regionId }
  if (!(thrown instanceof RaftError)) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    const message = `The Raft node of region ${String(regionId)} failed: ${reason}`
    return new SandboxError(code, message, { details, cause: thrown })
  }
  const message = `The Raft core of region ${String(regionId)} stopped: ${thrown.message}. Open the node anew to go on from what is stored.`
  return new SandboxError('RAFT_INVARIANT_VIOLATED', message, {
    details: { ...details, reason: thrown.code },
    cause: thrown,
  })
}
