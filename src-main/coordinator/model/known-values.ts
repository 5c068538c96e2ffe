import type { SandboxError } from '../../base/sandbox-error'
import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'

/**
 * Refuses a number that its enum does not have: proto3 lets any pass, as a later version may know more.
 *
 * @param names the enum as generated, which has the names by number, too
 * @param what names the field in the error
 * @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS
 */
export function requireKnown<Value extends number>(
  names: Readonly<Record<number, string | undefined>>,
  value: Value,
  what: string,
): Value {
  if (names[value] !== undefined) return value
  throw unknownValue(what, value)
}

/** EILLEGAL_PARAMTETERS about a number that its enum does not have. */
export function unknownValue(what: string, value: number): SandboxError {
  const message = `The number ${String(value)} is no ${what} that this coordinator knows: see the enum in its proto files.`
  return dingoError(Errno.EILLEGAL_PARAMTETERS, message)
}
