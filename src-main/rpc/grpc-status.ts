import type { ErrorDetails } from '../base/sandbox-error'
import { SandboxError } from '../base/sandbox-error'

/** The status codes of gRPC by name, as the protocol numbers them. */
export const grpcStatusCodes = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const

/** The name of a status code of gRPC. */
export type GrpcStatusName = keyof typeof grpcStatusCodes

const namesByCode = new Map<number, GrpcStatusName>(
  (Object.keys(grpcStatusCodes) as GrpcStatusName[]).map((name) => [grpcStatusCodes[name], name]),
)

/** The name of a status code; UNKNOWN for a number that gRPC does not know, as its specification asks. */
export function grpcStatusName(code: number): GrpcStatusName {
  return namesByCode.get(code) ?? 'UNKNOWN'
}

/**
 * A call that is refused below the level of DingoDB's own errors: RPC_FAILED, whose `details.grpcCode` names the status
 * that travels.
 */
export function callRefused(status: GrpcStatusName, message: string, details: ErrorDetails = {}): SandboxError {
  return new SandboxError('RPC_FAILED', message, { details: { ...details, grpcCode: status } })
}

/** The status under which an error travels where the response has no `error` field to carry it. */
export function grpcStatusOf(error: SandboxError): GrpcStatusName {
  switch (error.code) {
    case 'RPC_FAILED': {
      const { grpcCode } = error.details
      return typeof grpcCode === 'string' && Object.hasOwn(grpcStatusCodes, grpcCode)
        ? (grpcCode as GrpcStatusName)
        : 'UNKNOWN'
    }
    case 'INVALID_ARGUMENT':
      return 'INVALID_ARGUMENT'
    case 'CANCELLED':
      return 'CANCELLED'
    case 'RPC_UNAVAILABLE':
      return 'UNAVAILABLE'
    case 'RPC_DEADLINE_EXCEEDED':
      return 'DEADLINE_EXCEEDED'
    default:
      return 'INTERNAL'
  }
}
