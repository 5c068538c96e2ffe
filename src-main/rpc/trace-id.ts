import { SandboxError } from '../base/sandbox-error'

/** The metadata of a call that names the operation it belongs to. */
export const TRACE_ID_HEADER = 'x-dingo-trace-id'

/** Hexadecimal digits, as W3C trace contexts have them; what is longer is no id but somebody's attempt to fill memory. */
const tracePattern = /^[0-9a-f]{1,64}$/

/** Reads an id that came with a call. @returns undefined for none, and for what is no id: a call is served without being followed */
export function readTraceId(text: unknown): string | undefined {
  return typeof text === 'string' && tracePattern.test(text) ? text : undefined
}

/** @throws SandboxError INVALID_ARGUMENT for what is no id */
export function checkTraceId(traceId: string): void {
  if (tracePattern.test(traceId)) return
  const message = `"${traceId.slice(0, 80)}" is no id of a trace: it has 1 to 64 of the digits 0 to 9 and a to f.`
  throw new SandboxError('INVALID_ARGUMENT', message, { details: { field: 'traceId' } })
}
