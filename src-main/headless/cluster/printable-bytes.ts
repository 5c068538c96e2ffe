/** Bytes in JSON: always as hex, and as text too where they are readable UTF-8. */
export interface BytesJson {
  readonly hex: string
  readonly text?: string
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text that the bytes spell; undefined if they are no UTF-8, or contain what a terminal would not print. */
export function printableText(bytes: Uint8Array): string | undefined {
  try {
    const text = decoder.decode(bytes)
    return /[\p{Cc}\p{Cn}\p{Co}\p{Cs}]/u.test(text) ? undefined : text
  } catch {
    // A fatal decoder says in this way that the bytes are no UTF-8: then they have no text.
    return undefined
  }
}

export function bytesJson(bytes: Uint8Array): BytesJson {
  const hex = hexOf(bytes)
  const text = printableText(bytes)
  return text === undefined ? { hex } : { hex, text }
}

/** For people: the text if there is one, else `0x` and hex, shortened in the middle of nothing but at the end. */
export function readable(bytes: Uint8Array, maxLength = 120): string {
  const text = printableText(bytes) ?? `0x${hexOf(bytes.subarray(0, maxLength))}`
  return text.length <= maxLength ? text : `${text.slice(0, maxLength)}… (${String(bytes.length)} bytes)`
}

export const hexOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
