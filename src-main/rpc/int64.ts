import { Errno } from './generated/dingodb/error_pb'
import { dingoError } from './dingo-error'

/**
 * A 64-bit integer of the wire as a number. Ids, epochs and counts are numbers inside the program; timestamps stay
 * bigints, because they need more than 53 bits.
 *
 * @param what names the field in the error
 * @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS if it does not fit
 */
export function toNumber(value: bigint, what: string): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  const message = `${what} is ${String(value)}, which is beyond the 53 bits that this program keeps ids and counts in.`
  throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
}
