/** Takes runs of bytes of any length from a source that gives chunks of any length. */
export class ByteQueue {
  readonly #chunks: AsyncIterator<Uint8Array>
  /** Read and not taken yet, in order; `#offset` bytes of the first are taken. */
  #waiting: Uint8Array[] = []
  #offset = 0
  #available = 0
  #sourceEnded = false

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]()
  }

  /** The next `length` bytes, a view into a chunk where one holds them all; undefined if the source ends before. */
  async take(length: number): Promise<Uint8Array | undefined> {
    while (this.#available < length) if (!(await this.#readChunk())) return undefined
    this.#available -= length
    const first = this.#waiting[0]
    if (first === undefined) return new Uint8Array(0)
    if (first.length - this.#offset >= length) {
      const taken = first.subarray(this.#offset, this.#offset + length)
      this.#advance(length)
      return taken
    }
    const taken = new Uint8Array(length)
    for (let filled = 0; filled < length;) {
      const chunk = this.#waiting[0] as Uint8Array
      const part = chunk.subarray(this.#offset, this.#offset + length - filled)
      taken.set(part, filled)
      filled += part.length
      this.#advance(part.length)
    }
    return taken
  }

  /** Whether nothing is left. */
  async atEnd(): Promise<boolean> {
    while (this.#available === 0) if (!(await this.#readChunk())) return true
    return false
  }

  /** Tells the source that no more will be read, so that it lets go of what it holds. */
  async close(): Promise<void> {
    if (this.#sourceEnded) return
    this.#sourceEnded = true
    await this.#chunks.return?.()
  }

  async #readChunk(): Promise<boolean> {
    if (this.#sourceEnded) return false
    const { done, value } = await this.#chunks.next()
    if (done === true) {
      this.#sourceEnded = true
      return false
    }
    // Plain, so that what is taken is plain as well, even if the source gives Buffers.
    if (value.length > 0) this.#waiting.push(new Uint8Array(value.buffer, value.byteOffset, value.length))
    this.#available += value.length
    return true
  }

  #advance(length: number): void {
    this.#offset += length
    if (this.#offset < (this.#waiting[0]?.length ?? 0)) return
    this.#waiting.shift()
    this.#offset = 0
  }
}
