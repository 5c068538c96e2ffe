// A mark of byte order is a character like any other here.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Control characters that have a short escape. */
const shortEscapes: ReadonlyMap<number, string> = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
])

/** Letters, marks, numbers, punctuation and symbols are shown as they are; so is the plain space, and no other. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

/**
 * Bytes between double quotes: text as it is, everything else escaped. The notation is that of Go's `%q`, which the
 * transcripts use.
 */
export function quoteBytes(bytes: Uint8Array): string {
  let quoted = '"'
  for (let position = 0; position < bytes.length;) {
    const length = sequenceLength(bytes, position)
    if (length === 0) {
      quoted += `\\x${hex(bytes[position] ?? 0, 2)}`
      position += 1
      continue
    }
    quoted += quoteCharacter(decoder.decode(bytes.subarray(position, position + length)))
    position += length
  }
  return `${quoted}"`
}

function quoteCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const short = shortEscapes.get(code)
  if (short !== undefined) return short
  if (printable.test(character)) return character
  if (code < 0x80) return `\\x${hex(code, 2)}`
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
}

/** The length of the valid UTF-8 sequence that begins here, 0 if none does. */
function sequenceLength(bytes: Uint8Array, position: number): number {
  const lead = bytes[position] ?? 0
  if (lead < 0x80) return 1
  const length = lead >= 0xf5 || lead < 0xc2 ? 0 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
  if (length === 0 || position + length > bytes.length) return 0
  for (let next = 1; next < length; next += 1) {
    if (((bytes[position + next] ?? 0) & 0xc0) !== 0x80) return 0
  }
  const second = bytes[position + 1] ?? 0
  // Overlong forms, surrogates and code points beyond the last one are no characters.
  const wrong =
    (lead === 0xe0 && second < 0xa0) ||
    (lead === 0xed && second > 0x9f) ||
    (lead === 0xf0 && second < 0x90) ||
    (lead === 0xf4 && second > 0x8f)
  return wrong ? 0 : length
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
