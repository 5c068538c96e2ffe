import type { StageEvent } from '../../../../src-main/flow/stage-event'

/** Requests by the field that their key is in: the key itself, a pair that begins with it, or a range that does. */
const keyPaths: ReadonlyArray<readonly [RegExp, readonly number[]]> = [
  [/\.Kv(?:Batch)?(?:Get|Delete)Request$/, [3]],
  [/\.KvDeleteRangeRequest$/, [3, 1, 1]],
  [/\.Kv\w+Request$/, [3, 1]],
]

/** The (first) key of an operation, as its request has it; undefined before the request is known. */
export function tracedKey(stages: readonly StageEvent[]): Uint8Array | undefined {
  for (const { before, after } of stages) {
    for (const { type, bytes } of [...before, ...after]) {
      const [, path] = keyPaths.find(([pattern]) => pattern.test(type)) ?? []
      if (path === undefined || bytes.length === 0) continue
      const key = path.reduce<Uint8Array | undefined>((part, field) => part && firstField(part, field), bytes)
      if (key !== undefined && key.length > 0) return key
    }
  }
  return undefined
}

const VARINT = 0
const FIXED_64 = 1
const LENGTH_DELIMITED = 2
const FIXED_32 = 5

/** The bytes of the first field of a number in a protobuf message; undefined if there is none, or the message ends early. */
export function firstField(message: Uint8Array, wanted: number): Uint8Array | undefined {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let factor = 1; at < message.length; factor *= 128) {
      const byte = message[at] ?? 0
      at += 1
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
    return NaN
  }
  while (at < message.length) {
    const tag = varint()
    const field = Math.floor(tag / 8)
    switch (tag % 8) {
      case VARINT:
        varint()
        break
      case FIXED_64:
        at += 8
        break
      case FIXED_32:
        at += 4
        break
      case LENGTH_DELIMITED: {
        const length = varint()
        const start = at
        at += length
        if (field === wanted && at <= message.length) return message.subarray(start, at)
        break
      }
      default:
        return undefined
    }
    if (Number.isNaN(at)) return undefined
  }
  return undefined
}
