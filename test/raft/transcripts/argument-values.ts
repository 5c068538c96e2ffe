import { TranscriptSyntaxError } from './transcript-format'

/** A value that must be a whole number that JavaScript holds exactly. */
export function toWholeNumber(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(value)) throw new TranscriptSyntaxError(`"${text}" is no whole number below 2^53`)
  return value
}

/** A value that must be true or false, in any of the spellings that transcripts may use. */
export function toBoolean(text: string): boolean {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false
  throw new TranscriptSyntaxError(`"${text}" is neither true nor false`)
}
