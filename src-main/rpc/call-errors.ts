import type { DescMethodUnary } from '@bufbuild/protobuf'
import { SandboxError } from '../base/sandbox-error'
import { callRefused } from './grpc-status'

/** The longest message that nodes and clients take unless told otherwise: 64 MiB, as DingoDB's servers do. */
export const DEFAULT_MAX_MESSAGE_BYTES = 64 * 1024 * 1024

/** Ms after which a call is given up unless told otherwise. */
export const DEFAULT_CALL_TIMEOUT_MS = 30_000

/** Names a method in errors: `dingodb.pb.store.StoreService/KvGet`. */
export function methodName(method: Pick<DescMethodUnary, 'parent' | 'name'>): string {
  return `${method.parent.typeName}/${method.name}`
}

/** RPC_UNAVAILABLE. @param sent whether the call may have reached the node, and so may have had its effect */
export function nodeUnavailable(
  address: string,
  method: string,
  sent: boolean,
  reason: string,
  cause?: unknown,
): SandboxError {
  const effect = sent ? 'it may have had its effect' : 'it had no effect'
  const message = `The call of ${method} to ${address} was not answered: ${reason}; ${effect}.`
  return new SandboxError('RPC_UNAVAILABLE', message, { details: { address, method, sent }, cause })
}

export function deadlineExceeded(address: string, method: string, timeoutMs: number, cause?: unknown): SandboxError {
  return new SandboxError(
    'RPC_DEADLINE_EXCEEDED',
    `The call of ${method} to ${address} was not answered within ${String(timeoutMs)} ms; it may have had its effect.`,
    { details: { address, method, timeoutMs, sent: true }, cause },
  )
}

export function callCancelled(address: string, method: string, cause?: unknown): SandboxError {
  return new SandboxError('CANCELLED', `The call of ${method} to ${address} was given up by its caller.`, {
    details: { address, method },
    cause,
  })
}

/** RPC_FAILED with RESOURCE_EXHAUSTED. @param what "request" or "response" */
export function messageTooLarge(what: string, method: string, bytes: number, maxMessageBytes: number): SandboxError {
  return callRefused(
    'RESOURCE_EXHAUSTED',
    `The ${what} of ${method} has ${String(bytes)} bytes, more than the ${String(maxMessageBytes)} that a message may ` +
      'have: ask for less at a time, or raise the limit at both ends.',
    { method, bytes, maxMessageBytes },
  )
}
