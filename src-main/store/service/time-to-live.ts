import type { Clock } from '../../env/clock'
import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'

/**
 * The wall time in ms at which entries expire that live so many ms from now; undefined for 0, which is for ever.
 *
 * @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS if that lies beyond what a number holds
 */
export function expiresAtMs(clock: Clock, ttlMs: bigint): number | undefined {
  if (ttlMs === 0n) return undefined
  const expiry = clock.wallTimeMs() + Number(ttlMs)
  if (Number.isSafeInteger(expiry)) return expiry
  const message = `The ttl ${String(ttlMs)} ms ends beyond the year 287,000: give 0 for entries that never expire.`
  throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
}
