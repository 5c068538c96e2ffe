import { decodeWireFormat } from './protobuf-wire'

/** What bytes look like. A guess: the store knows nothing of what values mean. */
export type ValueKind = 'empty' | 'json' | 'text' | 'protobuf' | 'bytes'

/** Bytes that a guess looks at, at most. */
const LOOKED_AT = 4096

/** Control characters that no text has; tab, line feed and carriage return are of texts. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/

/** @param isWhole whether these are all bytes of the value: then JSON is tried, else only its first sign looked at */
export function guessValueKind(bytes: Uint8Array, isWhole: boolean): ValueKind {
  if (bytes.length === 0) return 'empty'
  const looked = bytes.subarray(0, LOOKED_AT)
  const text = decodeText(looked, isWhole && looked.length === bytes.length)
  if (text !== undefined && !CONTROL.test(text)) {
    if (!/^\s*[[{]/.test(text)) return 'text'
    if (!isWhole || looked.length < bytes.length) return 'json'
    return parseJson(text) === undefined ? 'text' : 'json'
  }
  // A message that is cut off decodes up to the cut.
  const { fields, isComplete } = decodeWireFormat(looked)
  const isCut = !isWhole || looked.length < bytes.length
  return fields.length > 0 && (isComplete || isCut) ? 'protobuf' : 'bytes'
}

/** UTF-8 as text; undefined for other bytes. @param isWhole false: a character that is cut off at the end is passed over */
export function decodeText(bytes: Uint8Array, isWhole: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole })
  } catch {
    // Not UTF-8: that is the answer.
    return undefined
  }
}

/** The JSON of a text, in a box of its own, since null is JSON, too; undefined if it is none. */
export function parseJson(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) as unknown }
  } catch {
    // Not JSON: that is the answer.
    return undefined
  }
}
