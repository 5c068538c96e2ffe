import { hexToBytes } from '../../ui/format'
import { parseJson } from './value-kind'

/** How a value is typed. */
export type ValueFormat = 'text' | 'hex' | 'json' | 'file'

/** What the form of a value holds. */
export interface ValueForm {
  format: ValueFormat
  text: string
  /** Of the format `file`. */
  file: { readonly name: string; readonly bytes: Uint8Array } | undefined
}

export type ValueProblem = 'notHex' | 'notJson' | 'noFile' | 'tooLong'

/** The largest value that one request carries. */
export const LARGEST_VALUE_BYTES = 8 * 1024 * 1024

export type ParsedValue =
  | { readonly bytes: Uint8Array; readonly problem?: undefined }
  | { readonly problem: ValueProblem; readonly bytes?: undefined }

/** The bytes that a form means. JSON is stored as it was typed. */
export function parseValue({ format, text, file }: ValueForm): ParsedValue {
  const parsed = bytesOf(format, text, file?.bytes)
  if (parsed.bytes !== undefined && parsed.bytes.length > LARGEST_VALUE_BYTES) return { problem: 'tooLong' }
  return parsed
}

function bytesOf(format: ValueFormat, text: string, file: Uint8Array | undefined): ParsedValue {
  switch (format) {
    case 'text':
      return { bytes: new TextEncoder().encode(text) }
    case 'json':
      return parseJson(text) === undefined ? { problem: 'notJson' } : { bytes: new TextEncoder().encode(text) }
    case 'hex': {
      const bytes = hexToBytes(text.trim())
      return bytes === undefined ? { problem: 'notHex' } : { bytes }
    }
    case 'file':
      return file === undefined ? { problem: 'noFile' } : { bytes: file }
  }
}
