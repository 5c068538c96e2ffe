import type { ErrorCode } from './error-codes'
import { errorCodes } from './error-codes'

/** What may stand in the details of an error: plain data that survives a trip to a screen or a log. */
export type ErrorDetail =
  string | number | bigint | boolean | null | readonly ErrorDetail[] | { readonly [name: string]: ErrorDetail }

/** The named facts beside an error's sentence: paths, keys, limits, what was expected and what was found. */
export type ErrorDetails = Readonly<Record<string, ErrorDetail>>

/** The shape in which an error crosses a process or network border. The stack stays at home. */
export interface SerializedSandboxError {
  readonly code: ErrorCode
  readonly message: string
  readonly details: ErrorDetails
}

/**
 * The one error class of the program (architecture.md part 7). The message is a sentence that says what failed, where,
 * and what to do; the code is stable and is what code compares; details hold the facts as data.
 */
export class SandboxError extends Error {
  override readonly name = 'SandboxError'
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly details?: ErrorDetails; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = options.details ?? {}
  }

  /** Whether a value is a SandboxError, and of this code if one is named. */
  static is(value: unknown, code?: ErrorCode): value is SandboxError {
    return value instanceof SandboxError && (code === undefined || value.code === code)
  }

  /**
   * Turns whatever was thrown into a SandboxError: one of ours is returned as it is, anything else is wrapped as its
   * cause under `code`, so that no fact is lost.
   */
  static from(thrown: unknown, code: ErrorCode = 'INTERNAL'): SandboxError {
    if (thrown instanceof SandboxError) return thrown
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    return new SandboxError(code, message, { cause: thrown })
  }

  /** The error as plain data, without stack and cause. */
  serialize(): SerializedSandboxError {
    return { code: this.code, message: this.message, details: this.details }
  }

  /** The reverse of {@link serialize}; a code that this version does not know becomes INTERNAL, its name kept in the details. */
  static deserialize(data: SerializedSandboxError): SandboxError {
    if (Object.hasOwn(errorCodes, data.code))
      return new SandboxError(data.code, data.message, { details: data.details })
    return new SandboxError('INTERNAL', data.message, { details: { ...data.details, unknownCode: data.code } })
  }
}
