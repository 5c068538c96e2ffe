import { parse, stringify } from 'devalue'

/**
 * How values cross the door: devalue, which keeps 64-bit integers, dates, maps and bytes what they are. The page has a
 * twin of this (src-renderer/data/transformer.ts), because it may take only types from here; a test holds them together.
 */
export const transformer = {
  serialize: (value: unknown): string => stringify(value, { Bytes: ownBytes }),
  deserialize: (text: string): unknown => parse(text, { Bytes: (bytes: Uint8Array) => bytes }),
}

/** A view is replaced by a copy of what it shows: devalue would send the whole buffer behind it. */
function ownBytes(value: unknown): Uint8Array | false {
  return value instanceof Uint8Array && value.byteLength < value.buffer.byteLength && new Uint8Array(value)
}
