import { SandboxError } from '../../base/sandbox-error'
import { compareBytes, copyBytes } from './key-range'
import type { KeyRange } from './key-range'
import { rawEngineLimits } from './limits'

// Every raw engine checks its input here and nowhere else, so that the same bad input gives the same code everywhere and
// no binding sees a value that it answers with an abort of the process.

const { maxKeyBytes, maxValueBytes } = rawEngineLimits

/** @throws SandboxError ENGINE_INVALID_KEY if empty or too long, INVALID_ARGUMENT if not bytes */
export function checkKey(key: Uint8Array, what = 'key'): void {
  if (!(key instanceof Uint8Array)) throw notBytes(what, key)
  if (key.length > 0 && key.length <= maxKeyBytes) return
  if (key.length === 0) throw new SandboxError('ENGINE_INVALID_KEY', `The ${what} is empty: give it at least one byte.`)
  const message = `The ${what} has ${key.length} bytes, a raw engine takes at most ${maxKeyBytes}: shorten it.`
  throw new SandboxError('ENGINE_INVALID_KEY', message, { details: { bytes: key.length, maxKeyBytes } })
}

/** @throws SandboxError ENGINE_INVALID_VALUE if too long, INVALID_ARGUMENT if not bytes */
export function checkValue(value: Uint8Array): void {
  if (!(value instanceof Uint8Array)) throw notBytes('value', value)
  if (value.length <= maxValueBytes) return
  const message = `The value has ${value.length} bytes, a raw engine takes at most ${maxValueBytes}: split it.`
  throw new SandboxError('ENGINE_INVALID_VALUE', message, { details: { bytes: value.length, maxValueBytes } })
}

/**
 * @throws SandboxError ENGINE_INVALID_RANGE if the end lies before the start, ENGINE_INVALID_KEY for an empty or too long
 * bound (a bound that is not wanted is left out), INVALID_ARGUMENT if a bound is not bytes
 */
export function checkRange(range: KeyRange): void {
  if (range.start !== undefined) checkKey(range.start, 'start of the range')
  if (range.end !== undefined) checkKey(range.end, 'end of the range')
  if (range.start === undefined || range.end === undefined || compareBytes(range.start, range.end) <= 0) return
  const details = { start: toHex(range.start), end: toHex(range.end) }
  const message = `The range ends (${details.end}) before it starts (${details.start}): exchange the bounds.`
  throw new SandboxError('ENGINE_INVALID_RANGE', message, { details })
}

/** @throws SandboxError INVALID_ARGUMENT unless it is a whole number of 0 or more, or Infinity */
export function checkLimit(limit: number): void {
  if (limit === Infinity || (Number.isSafeInteger(limit) && limit >= 0)) return
  const message = `The limit ${limit} is not a number of entries: give a whole number of 0 or more, or leave it out.`
  throw new SandboxError('INVALID_ARGUMENT', message)
}

/** A range with bounds of its own, so that whoever handed in the bounds may change them. */
export function copyRange(range: KeyRange): KeyRange {
  return { start: range.start && copyBytes(range.start), end: range.end && copyBytes(range.end) }
}

/** The first bytes of a key as hex, for sentences; long keys are cut. */
export function toHex(key: Uint8Array): string {
  const shown = Buffer.from(key.buffer, key.byteOffset, Math.min(key.length, 32)).toString('hex')
  return key.length > 32 ? `${shown}…` : shown
}

function notBytes(what: string, given: unknown): SandboxError {
  const message = `The ${what} must be bytes (a Uint8Array), not ${given === null ? 'null' : typeof given}.`
  return new SandboxError('INVALID_ARGUMENT', message)
}
