import { SandboxError } from '../../../base/sandbox-error'

/** Bytes that a whole number from 0 to 2^53 - 1 takes as a varint. */
export function varintSize(value: number): number {
  let bytes = 1
  for (let left = value; left >= 0x80; left = Math.floor(left / 0x80)) bytes += 1
  return bytes
}

/** Bytes that a number field takes, its tag included (field numbers up to 15); protobuf leaves out a zero. */
export function numberFieldSize(value: number): number {
  return value === 0 ? 0 : 1 + varintSize(value)
}

/** Bytes that a field of so many bytes takes, tag and length included (field numbers up to 15). */
export function lengthFieldSize(length: number): number {
  return 1 + varintSize(length) + length
}

/**
 * Writes protobuf into one array whose size was worked out before: payloads are copied once, and nothing is moved to make
 * room for a length, as a writer that does not know the sizes has to. Field numbers up to 15.
 */
export class WireWriter {
  readonly bytes: Uint8Array
  #position = 0

  constructor(size: number) {
    // Every byte is written below, so there is nothing to clear.
    const buffer = Buffer.allocUnsafe(size)
    this.bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, size)
  }

  get isFull(): boolean {
    return this.#position === this.bytes.length
  }

  varint(value: number): void {
    let left = value
    while (left >= 0x80) {
      this.bytes[this.#position] = (left % 0x80) | 0x80
      this.#position += 1
      left = Math.floor(left / 0x80)
    }
    this.bytes[this.#position] = left
    this.#position += 1
  }

  /** A number field; a zero is left out. @throws SandboxError INVALID_ARGUMENT for what is no whole number from 0 up */
  number(field: number, value: number): void {
    if (value === 0) return
    if (!Number.isSafeInteger(value) || value < 0) {
      const message = `A number of a message between nodes is whole and from 0 up, but it is ${String(value)}.`
      throw new SandboxError('INVALID_ARGUMENT', message, { details: { field, value } })
    }
    this.varint(field << 3)
    this.varint(value)
  }

  boolean(field: number, value: boolean): void {
    if (value) this.number(field, 1)
  }

  /** The beginning of a field that holds a message of so many bytes. */
  message(field: number, size: number): void {
    this.varint((field << 3) | 2)
    this.varint(size)
  }

  /** A field of bytes; an empty one is left out. */
  data(field: number, data: Uint8Array): void {
    if (data.length === 0) return
    this.message(field, data.length)
    this.bytes.set(data, this.#position)
    this.#position += data.length
  }
}
