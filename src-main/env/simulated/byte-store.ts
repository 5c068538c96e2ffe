const FIRST_CAPACITY = 256

/** Bytes that grow: what a simulated file holds. Everything behind the end reads as zeros once it is inside. */
export class ByteStore {
  #buffer = new Uint8Array(0)
  #size = 0

  /** Length in bytes. */
  get size(): number {
    return this.#size
  }

  /** A copy of up to `length` bytes from `position`, fewer only at the end. */
  read(position: number, length: number): Uint8Array {
    return this.#buffer.slice(Math.min(position, this.#size), Math.min(position + length, this.#size))
  }

  write(position: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#growTo(position + bytes.length)
    this.#buffer.set(bytes, position)
  }

  /** Cuts, or extends with zeros. */
  truncate(size: number): void {
    if (size > this.#size) this.#growTo(size)
    else {
      this.#buffer.fill(0, size, this.#size)
      this.#size = size
    }
  }

  /** Turns one bit over. `position` lies inside; `bit` is from 0 to 7. */
  flipBit(position: number, bit: number): void {
    this.#buffer[position] = (this.#buffer[position] ?? 0) ^ (1 << bit)
  }

  /** Makes this a copy of another. */
  copyFrom(other: ByteStore): void {
    this.#buffer = other.#buffer.slice(0, other.#size)
    this.#size = other.#size
  }

  #growTo(size: number): void {
    if (size > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(size, 2 * this.#buffer.length, FIRST_CAPACITY))
      grown.set(this.#buffer)
      this.#buffer = grown
    }
    if (size > this.#size) this.#size = size
  }
}
