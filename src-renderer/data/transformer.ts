import { parse, stringify } from 'devalue'

/** How values cross the door: the twin of src-main/api/transformer.ts. */
export const transformer = {
  serialize: (value: unknown): string => stringify(value, { Bytes: ownBytes }),
  deserialize: (text: string): unknown => parse(text, { Bytes: (bytes: Uint8Array) => bytes }),
}

function ownBytes(value: unknown): Uint8Array | false {
  return value instanceof Uint8Array && value.byteLength < value.buffer.byteLength && new Uint8Array(value)
}
