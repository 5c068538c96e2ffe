import type { Error as ErrorMessage } from '../rpc/generated/dingodb/error_pb'
import { Errno } from '../rpc/generated/dingodb/error_pb'
import type { FallibleResponse } from '../rpc/response-error'
import { throwIfError } from '../rpc/response-error'

/** The error in a response; undefined if it succeeded. Present with errcode OK is success, too. */
export function errorIn(response: object): ErrorMessage | undefined {
  const { error } = response as FallibleResponse
  return error === undefined || error.errcode === Errno.OK ? undefined : error
}

/** @throws SandboxError DINGODB_ERROR if the response carries an error */
export function checked<Response extends object>(response: Response): Response {
  throwIfError(response as FallibleResponse)
  return response
}
