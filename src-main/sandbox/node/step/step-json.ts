/** How bytes are written in the JSON of the step service. */
interface BytesJson {
  readonly $bytes: string
}

/** Plain data as JSON; bytes in it as `{"$bytes": base64}`, what is undefined left out. */
export function toStepJson(value: unknown): string {
  return JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, name, shown: unknown) {
    // Asked of its holder: some kinds of byte arrays turn themselves into lists of numbers before this is called.
    const bytes = this[name]
    if (!(bytes instanceof Uint8Array)) return shown
    const $bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
    return { $bytes } satisfies BytesJson
  })
}

/** What {@link toStepJson} wrote. @throws SyntaxError if it is no JSON */
export function fromStepJson(text: string): unknown {
  return JSON.parse(text, (_name, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('$bytes' in value)) return value
    return new Uint8Array(Buffer.from(String(value.$bytes), 'base64'))
  })
}
