/** Each message travels behind its length in bytes: 4 bytes, unsigned, the most significant first. */
export const FRAME_HEADER_BYTES = 4

/** The header of a frame that carries so many bytes. */
export function frameHeader(length: number): Uint8Array {
  const header = new Uint8Array(FRAME_HEADER_BYTES)
  new DataView(header.buffer).setUint32(0, length)
  return header
}

/**
 * Cuts a stream of bytes into messages. Every message is copied once, into an array of its own, so that a kept message does not keep the
 * larger chunk that it came in.
 */
export class FrameReader {
  readonly #maxMessageBytes: number
  readonly #onMessage: (message: Uint8Array) => void
  #headerFilled = 0
  #length = 0
  #message: Uint8Array | undefined
  #messageFilled = 0

  constructor(maxMessageBytes: number, onMessage: (message: Uint8Array) => void) {
    this.#maxMessageBytes = maxMessageBytes
    this.#onMessage = onMessage
  }

  /**
   * Takes the next bytes of the stream.
   *
   * @returns false if a frame claims to be longer than allowed: the stream makes no sense any more
   */
  push(chunk: Uint8Array): boolean {
    let position = 0
    while (position < chunk.length) {
      if (this.#message === undefined) {
        this.#length = this.#length * 256 + (chunk[position++] ?? 0)
        if (++this.#headerFilled < FRAME_HEADER_BYTES) continue
        if (this.#length > this.#maxMessageBytes) return false
        this.#message = new Uint8Array(this.#length)
      } else {
        const part = chunk.subarray(position, position + this.#length - this.#messageFilled)
        this.#message.set(part, this.#messageFilled)
        this.#messageFilled += part.length
        position += part.length
      }
      if (this.#messageFilled === this.#length) this.#deliver(this.#message)
    }
    return true
  }

  #deliver(message: Uint8Array): void {
    this.#headerFilled = 0
    this.#length = 0
    this.#message = undefined
    this.#messageFilled = 0
    this.#onMessage(message)
  }
}
