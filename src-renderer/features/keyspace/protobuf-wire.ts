/**
 * Reads the wire format of protobuf without knowing the message: field numbers, wire types, and what the bytes of a field
 * may mean. After protobuf.dev/programming-guides/encoding.
 */

/** One field as it stands in the bytes. */
export interface WireField {
  readonly number: number
  readonly wireType: 'varint' | 'fixed64' | 'bytes' | 'fixed32'
  /** Offset of its tag, and of the byte behind it, in the bytes that were decoded first. */
  readonly start: number
  readonly end: number
  /** What a number may mean, the likeliest first: `150`, `zigzag 75`. Of `bytes`: how many, or the text. */
  readonly readings: readonly string[]
  /** Of a text: whether the bytes are UTF-8 that people can read. */
  readonly isText: boolean
  /** Fields of the message that the bytes hold, if they can be one. */
  readonly fields: readonly WireField[] | undefined
}

export interface WireMessage {
  readonly fields: readonly WireField[]
  /** Whether every byte belongs to a field. */
  readonly isComplete: boolean
  /** How many bytes belong to the fields that were read. */
  readonly readBytes: number
}

/** Deeper messages are shown as bytes. */
const MOST_LEVELS = 12
/** Fields that are shown of one value, at all levels. */
const MOST_FIELDS = 2_000
/** Field numbers are 1 to 2^29 - 1. */
const LARGEST_FIELD_NUMBER = 536_870_911

/** @param bytes the whole message, or its beginning: then it is read up to the last field that is there whole */
export function decodeWireFormat(bytes: Uint8Array): WireMessage {
  return new WireReader(bytes, 0, bytes.length, { fields: MOST_FIELDS }).message(0)
}

class WireReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #end: number
  /** How many more fields may be read, shared by all levels. */
  readonly #left: { fields: number }
  #offset: number

  constructor(bytes: Uint8Array, start: number, end: number, left: { fields: number }) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#offset = start
    this.#end = end
    this.#left = left
  }

  message(level: number): WireMessage {
    const begin = this.#offset
    const fields: WireField[] = []
    let readTo = begin
    while (this.#offset < this.#end && this.#left.fields > 0) {
      const field = this.#field(level)
      if (field === undefined) break
      fields.push(field)
      readTo = this.#offset
    }
    return { fields, isComplete: readTo === this.#end, readBytes: readTo - begin }
  }

  /** The next field; undefined if there is none whole. */
  #field(level: number): WireField | undefined {
    const start = this.#offset
    const tag = this.#varint()
    if (tag === undefined || tag > 0xffffffffn) return undefined
    const number = Number(tag >> 3n)
    if (number < 1 || number > LARGEST_FIELD_NUMBER) return undefined
    this.#left.fields -= 1
    const shared = { number, start, isText: false, fields: undefined }
    switch (Number(tag & 7n)) {
      case 0: {
        const value = this.#varint()
        if (value === undefined) return undefined
        return { ...shared, wireType: 'varint', end: this.#offset, readings: readingsOfVarint(value) }
      }
      case 1: {
        if (this.#end - this.#offset < 8) return undefined
        const unsigned = this.#view.getBigUint64(this.#offset, true)
        const float = this.#view.getFloat64(this.#offset, true)
        this.#offset += 8
        return {
          ...shared,
          wireType: 'fixed64',
          end: this.#offset,
          readings: [String(unsigned), `double ${String(float)}`],
        }
      }
      case 2:
        return this.#lengthDelimited(shared, level)
      case 5: {
        if (this.#end - this.#offset < 4) return undefined
        const unsigned = this.#view.getUint32(this.#offset, true)
        const float = this.#view.getFloat32(this.#offset, true)
        this.#offset += 4
        return {
          ...shared,
          wireType: 'fixed32',
          end: this.#offset,
          readings: [String(unsigned), `float ${String(float)}`],
        }
      }
      default:
        // Groups (3 and 4) are no longer written by anybody, and 6 and 7 do not exist: these are other bytes.
        return undefined
    }
  }

  #lengthDelimited(
    shared: { number: number; start: number; isText: boolean; fields: undefined },
    level: number,
  ): WireField | undefined {
    const length = this.#varint()
    if (length === undefined || length > BigInt(this.#end - this.#offset)) return undefined
    const from = this.#offset
    this.#offset += Number(length)
    const content = this.#bytes.subarray(from, this.#offset)
    const field = { ...shared, wireType: 'bytes' as const, end: this.#offset }
    const text = readableText(content)
    if (text !== undefined) return { ...field, isText: true, readings: [text] }
    if (level < MOST_LEVELS) {
      const inner = new WireReader(this.#bytes, from, this.#offset, this.#left).message(level + 1)
      if (inner.isComplete && inner.fields.length > 0) return { ...field, readings: [], fields: inner.fields }
    }
    return { ...field, readings: [hexOf(content)] }
  }

  /** At most ten bytes, seven bits each, the lowest first. */
  #varint(): bigint | undefined {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.#offset >= this.#end) return undefined
      const byte = this.#bytes[this.#offset] ?? 0
      this.#offset += 1
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    return undefined
  }
}

/** A number may be unsigned, signed, or zigzag: all that differ. */
function readingsOfVarint(value: bigint): string[] {
  const readings = [String(value)]
  const signed = BigInt.asIntN(64, value)
  if (signed !== value) readings.push(`int64 ${String(signed)}`)
  readings.push(`zigzag ${String((value >> 1n) ^ -(value & 1n))}`)
  return readings
}

/** Text that people can read; undefined for other bytes. */
function readableText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return /^[^\p{Cc}\p{Cn}]*$/u.test(text.replace(/[\t\n\r]/g, ' ')) ? text : undefined
  } catch {
    // Not UTF-8: that is the answer.
    return undefined
  }
}

const HEX_SHOWN = 32

function hexOf(bytes: Uint8Array): string {
  const digits = Array.from(bytes.subarray(0, HEX_SHOWN), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `0x${digits}${bytes.length > HEX_SHOWN ? '…' : ''}`
}
