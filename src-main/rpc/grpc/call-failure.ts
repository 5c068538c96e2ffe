import type { ServiceError } from '@grpc/grpc-js'
import { status } from '@grpc/grpc-js'
import type { SandboxError } from '../../base/sandbox-error'
import { callCancelled, deadlineExceeded, nodeUnavailable } from '../call-errors'
import { callRefused, grpcStatusName } from '../grpc-status'

/** Which call failed, and how far its caller let it go. */
export interface FailedCall {
  readonly address: string
  readonly method: string
  readonly timeoutMs: number
  /** The caller gave it up. */
  readonly isGivenUp: boolean
}

/**
 * How the library begins its sentence when it found no connection to send the call on, or when the node refused the stream:
 * by RFC 9113, 8.7 a refused stream was not worked on at all.
 */
const NOT_SENT =
  /^(No connection established|Channel closed before call started|Name resolution failed|Stream refused by server)/

/** What a failure of gRPC means to a caller; see RpcChannel for the codes. */
export function callFailure(error: ServiceError, call: FailedCall): SandboxError {
  const { address, method, timeoutMs } = call
  const sentence = error.details || error.message
  switch (error.code) {
    case status.CANCELLED:
      return call.isGivenUp
        ? callCancelled(address, method, error)
        : nodeUnavailable(address, method, true, 'the node broke it off', error)
    case status.DEADLINE_EXCEEDED:
      return deadlineExceeded(address, method, timeoutMs, error)
    case status.UNAVAILABLE:
      return nodeUnavailable(address, method, !NOT_SENT.test(sentence), withoutDot(sentence), error)
    case status.INTERNAL:
      // A connection that breaks while a request is being written shows itself as a reset of the stream.
      if (sentence.startsWith('Received RST_STREAM')) {
        return nodeUnavailable(address, method, true, withoutDot(sentence), error)
      }
      break
    default:
  }
  const grpcCode = grpcStatusName(error.code)
  const message = `${address} refused the call of ${method} (${grpcCode}): ${withoutDot(sentence)}.`
  return callRefused(grpcCode, message, { address, method })
}

function withoutDot(sentence: string): string {
  return sentence.replace(/\.$/, '')
}
