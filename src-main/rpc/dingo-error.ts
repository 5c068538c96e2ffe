import type { MessageInitShape } from '@bufbuild/protobuf'
import type { ErrorDetails } from '../base/sandbox-error'
import { SandboxError } from '../base/sandbox-error'
import type { LocationSchema } from './generated/dingodb/common_pb'
import type { ErrorSchema, StoreRegionInfoSchema } from './generated/dingodb/error_pb'
import { Errno } from './generated/dingodb/error_pb'

/** What a client needs to go on after an error of DingoDB's protocol (error.proto, message Error). */
export interface DingoErrorHints {
  /** Where the leader is served, if it is known. */
  readonly leaderLocation?: MessageInitShape<typeof LocationSchema> | undefined
  /** What the region is like now. */
  readonly storeRegionInfo?: MessageInitShape<typeof StoreRegionInfoSchema> | undefined
  /** The store that the error speaks of: for ERAFT_NOTLEADER the leader's. */
  readonly storeId?: number | undefined
}

const hintsOf = new WeakMap<SandboxError, DingoErrorHints>()

/**
 * An error of DingoDB's protocol: a SandboxError with the code DINGODB_ERROR, whose details hold `errno` and its name.
 *
 * @param message a sentence that says what, where, and what to do; clients never parse it
 */
export function dingoError(
  errno: Errno,
  message: string,
  options: DingoErrorHints & { readonly details?: ErrorDetails; readonly cause?: unknown } = {},
): SandboxError {
  const { details, cause, ...hints } = options
  const error = new SandboxError('DINGODB_ERROR', message, {
    details: { ...details, errno, name: Errno[errno] },
    cause,
  })
  hintsOf.set(error, hints)
  return error
}

/** The errno of an error of DingoDB's protocol; undefined for any other. */
export function errnoOf(thrown: unknown): Errno | undefined {
  if (!SandboxError.is(thrown, 'DINGODB_ERROR')) return undefined
  const { errno } = thrown.details
  return typeof errno === 'number' ? (errno as Errno) : undefined
}

/** The hints that came with an error of DingoDB's protocol; none for any other. */
export function dingoErrorHints(thrown: unknown): DingoErrorHints {
  return (thrown instanceof SandboxError ? hintsOf.get(thrown) : undefined) ?? {}
}

/** Anything thrown as the `error` field of a response: its own errno and hints, EINTERNAL for what is not of the protocol. */
export function toErrorMessage(thrown: unknown): MessageInitShape<typeof ErrorSchema> {
  const error = SandboxError.from(thrown)
  const { leaderLocation, storeRegionInfo, storeId } = dingoErrorHints(error)
  return {
    errcode: errnoOf(error) ?? Errno.EINTERNAL,
    errmsg: error.message,
    ...(leaderLocation === undefined ? {} : { leaderLocation }),
    ...(storeRegionInfo === undefined ? {} : { storeRegionInfo }),
    ...(storeId === undefined ? {} : { storeId: BigInt(storeId) }),
  }
}
