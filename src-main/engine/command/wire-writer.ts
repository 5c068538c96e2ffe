const VARINT = 0
const LENGTH_DELIMITED = 2

const TWO_TO_32 = 2 ** 32

/** The tag of a field with a number in it. */
export function varintTag(field: number): number {
  return (field << 3) | VARINT
}

/** The tag of a field with bytes or a message in it. */
export function bytesTag(field: number): number {
  return (field << 3) | LENGTH_DELIMITED
}

/** How many bytes a number of 0 to 2^53 - 1 takes as a varint. */
export function varintLength(value: number): number {
  let length = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length += 1
  return length
}

/** How many bytes an integer of 0 to 2^63 - 1 takes as a varint. */
export function varint64Length(value: bigint): number {
  const high = Number(value >> 28n)
  return high === 0 ? varintLength(Number(value)) : 4 + varintLength(high)
}

/** How many bytes a field takes whose content has a length: tag, length and content. */
export function bytesFieldLength(field: number, contentLength: number): number {
  return varintLength(bytesTag(field)) + varintLength(contentLength) + contentLength
}

/**
 * Writes fields in the binary form of Protocol Buffers into a buffer of exactly the right length, from its start to its
 * end. What is long is put into its place directly by whoever has it, so that nothing is copied twice.
 */
export class WireWriter {
  readonly bytes: Uint8Array
  /** Where the next byte goes. */
  position = 0

  constructor(length: number) {
    this.bytes = new Uint8Array(length)
  }

  /** A number of 0 to 2^53 - 1. */
  varint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      // Bit operations work on 32 bits only; what is above is divided.
      this.bytes[this.position++] = (rest & 0x7f) | 0x80
      rest = rest < TWO_TO_32 ? rest >>> 7 : Math.floor(rest / 0x80)
    }
    this.bytes[this.position++] = rest
  }

  /** An integer of 0 to 2^63 - 1. */
  varint64(value: bigint): void {
    const high = Number(value >> 28n)
    if (high === 0) {
      this.varint(Number(value))
      return
    }
    const low = Number(value & 0xfffffffn)
    for (let shift = 0; shift < 28; shift += 7) this.bytes[this.position++] = ((low >>> shift) & 0x7f) | 0x80
    this.varint(high)
  }

  /** A field with a number; left out if it is 0, as the format says. */
  varintField(field: number, value: number): void {
    if (value === 0) return
    this.varint(varintTag(field))
    this.varint(value)
  }

  /** The start of a field whose content of a known length follows. */
  beginField(field: number, contentLength: number): void {
    this.varint(bytesTag(field))
    this.varint(contentLength)
  }

  /** A field with bytes. */
  bytesField(field: number, content: Uint8Array): void {
    this.beginField(field, content.length)
    this.bytes.set(content, this.position)
    this.position += content.length
  }
}
