import { SandboxError } from '../../../base/sandbox-error'

const VARINT = 0
const FIXED64 = 1
const LENGTH_DELIMITED = 2
const FIXED32 = 5

/** Reads protobuf field by field. What it hands out are views of the bytes. */
export class WireReader {
  readonly #bytes: Uint8Array
  #position: number
  #end: number
  #wireType = VARINT

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#position = 0
    this.#end = bytes.length
  }

  /** The number of the next field; 0 at the end of the message. */
  field(): number {
    if (this.#position >= this.#end) return 0
    const tag = this.#varint()
    this.#wireType = tag % 8
    const field = Math.floor(tag / 8)
    if (field === 0) throw malformed('a field has the number 0')
    return field
  }

  /** The value of a number field, from 0 to 2^53 - 1. */
  number(): number {
    this.#expect(VARINT)
    return this.#varint()
  }

  boolean(): boolean {
    return this.number() !== 0
  }

  /** The value of a field of bytes. */
  data(): Uint8Array {
    this.#expect(LENGTH_DELIMITED)
    const length = this.#varint()
    const start = this.#position
    this.#advance(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** Reads a field that holds a message with the same reader, which costs no array. */
  message<T>(read: (reader: this) => T): T {
    this.#expect(LENGTH_DELIMITED)
    const length = this.#varint()
    const end = this.#position + length
    if (end > this.#end) throw malformed('it ends within a field')
    const outerEnd = this.#end
    this.#end = end
    const value = read(this)
    this.#end = outerEnd
    return value
  }

  /** The values of a repeated number field, packed as proto3 does or one by one. */
  numbers(into: number[]): void {
    if (this.#wireType === VARINT) {
      into.push(this.#varint())
      return
    }
    this.message(() => {
      while (this.#position < this.#end) into.push(this.#varint())
    })
  }

  /** Passes over the value of a field that this version does not know. */
  skip(): void {
    switch (this.#wireType) {
      case VARINT:
        // A number of a later version may be beyond 2^53 - 1.
        while ((this.#byte() & 0x80) !== 0);
        return
      case FIXED64:
        this.#advance(8)
        return
      case LENGTH_DELIMITED:
        this.#advance(this.#varint())
        return
      case FIXED32:
        this.#advance(4)
        return
      default:
        throw malformed(`a field has the wire type ${String(this.#wireType)}`)
    }
  }

  #varint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#byte()
      value += (byte & 0x7f) * scale
      if (!Number.isSafeInteger(value)) throw malformed('a number is beyond 2^53 - 1')
      if (byte < 0x80) return value
      if (scale > 2 ** 56) throw malformed('a number has too many bytes')
    }
  }

  #byte(): number {
    if (this.#position >= this.#end) throw malformed('it ends within a field')
    const byte = this.#bytes[this.#position] ?? 0
    this.#position += 1
    return byte
  }

  #advance(length: number): void {
    if (length > this.#end - this.#position) throw malformed('it ends within a field')
    this.#position += length
  }

  #expect(wireType: number): void {
    if (this.#wireType !== wireType) {
      throw malformed(`a field has the wire type ${String(this.#wireType)} instead of ${String(wireType)}`)
    }
  }
}

/** INVALID_ARGUMENT about bytes of a peer. */
export function malformed(reason: string): SandboxError {
  return new SandboxError('INVALID_ARGUMENT', `What another node sent cannot be read: ${reason}.`)
}
