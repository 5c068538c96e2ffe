import type { SandboxError } from '../base/sandbox-error'
import { dingoError } from './dingo-error'
import type { Error as ErrorMessage } from './generated/dingodb/error_pb'
import { Errno } from './generated/dingodb/error_pb'

/** A response of DingoDB's services, as far as errors go. */
export interface FallibleResponse {
  readonly error?: ErrorMessage | undefined
}

/** The error of a response with all hints that came with it; undefined if the call succeeded. */
export function responseError(response: FallibleResponse): SandboxError | undefined {
  const { error } = response
  if (error === undefined || error.errcode === Errno.OK) return undefined
  const sentence = error.errmsg === '' ? `The node answered with the error ${Errno[error.errcode]}.` : error.errmsg
  return dingoError(error.errcode, sentence, {
    leaderLocation: error.leaderLocation,
    storeRegionInfo: error.storeRegionInfo,
    storeId: error.storeId === 0n ? undefined : Number(error.storeId),
  })
}

/** @throws SandboxError DINGODB_ERROR with the errno and hints of the response, if it tells of an error */
export function throwIfError(response: FallibleResponse): void {
  const error = responseError(response)
  if (error !== undefined) throw error
}
