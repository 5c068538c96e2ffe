import type { TRPCError } from '@trpc/server'
import { ZodError } from 'zod'
import type { SerializedSandboxError } from '../base/sandbox-error'
import { SandboxError } from '../base/sandbox-error'

/**
 * The error that a page gets for what a procedure threw: code, sentence and details, never a stack. Whatever is not
 * meant for people (a defect of ours, an error of some library) is replaced by one sentence, because its own words may
 * hold paths, addresses or code; the host's log keeps them.
 */
export function errorForPage(error: TRPCError, procedure: string | undefined): SerializedSandboxError {
  return toSandboxError(error, procedure).serialize()
}

/** Whether the host's log needs the whole of this error, because the page does not get it. */
export function isDefect(error: TRPCError): boolean {
  return toSandboxError(error, undefined).code === 'INTERNAL'
}

function toSandboxError(error: TRPCError, procedure: string | undefined): SandboxError {
  const where = procedure ?? 'an unnamed procedure'
  const { cause } = error
  if (SandboxError.is(cause) && cause.code !== 'INTERNAL') return cause
  if (cause instanceof ZodError) {
    const issues = cause.issues.map((issue) => ({ path: issue.path.map(String).join('.'), problem: issue.message }))
    return new SandboxError('INVALID_ARGUMENT', `The input of ${where} is not valid. The details say which part.`, {
      details: { procedure: where, issues },
    })
  }
  switch (error.code) {
    case 'NOT_FOUND':
      return new SandboxError(
        'DOOR_UNKNOWN_PROCEDURE',
        `This host has no procedure ${where}: the page is of another version. Reload it.`,
        { details: { procedure: where } },
      )
    case 'BAD_REQUEST':
    case 'PARSE_ERROR':
    case 'METHOD_NOT_SUPPORTED':
    case 'UNSUPPORTED_MEDIA_TYPE':
      return new SandboxError('INVALID_ARGUMENT', `The request to ${where} cannot be read. Reload the page.`, {
        details: { procedure: where, reason: error.code },
      })
    default:
      return new SandboxError(
        'INTERNAL',
        `The host failed in ${where}, by a defect of the program. Its log has the details; please report them.`,
        { details: { procedure: where } },
      )
  }
}
