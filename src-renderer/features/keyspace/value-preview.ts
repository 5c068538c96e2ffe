import { bytesToHex, bytesToText } from '../../ui/format'
import { decodeText } from './value-kind'

/** Bytes of a value that a row of a list has room for. */
const PREVIEW_BYTES = 160
const PREVIEW_HEX_BYTES = 48

/** The beginning of a value in one line: its text, or hex if it is none. */
export function previewOf(value: Uint8Array): string {
  const head = value.subarray(0, PREVIEW_BYTES)
  const text = head.length === value.length ? bytesToText(head) : printable(decodeText(head, false))
  if (text !== undefined) return text.replace(/\s+/g, ' ')
  return `0x${bytesToHex(value.subarray(0, PREVIEW_HEX_BYTES))}${value.length > PREVIEW_HEX_BYTES ? '…' : ''}`
}

/** A text without control characters; undefined for others. */
function printable(text: string | undefined): string | undefined {
  return text === undefined || /[^\P{Cc}\t\n\r]/u.test(text) ? undefined : `${text}…`
}
