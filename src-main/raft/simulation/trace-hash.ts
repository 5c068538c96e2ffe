/**
 * The fingerprint of a run: everything that happens is added to it in order, so two runs with the same fingerprint took
 * the same course. 64 bits in two halves that mix differently (FNV-1a and a multiplicative hash); not for secrets.
 */
export class TraceHash {
  #first = 0x811c9dc5
  #second = 0x9e3779b9
  readonly #texts = new Map<string, number>()

  /** Adds a whole number up to 2^53. */
  number(value: number): void {
    this.#word(value | 0)
    if (value > 0x7fffffff) this.#word(Math.floor(value / 0x100000000))
  }

  /** Adds a text. Few different ones occur (names of operations, paths), so each is hashed once. */
  text(value: string): void {
    let hash = this.#texts.get(value)
    if (hash === undefined) {
      hash = hashText(value)
      this.#texts.set(value, hash)
    }
    this.#word(hash)
  }

  /** Sixteen hexadecimal digits. */
  digest(): string {
    return hexadecimal(this.#first) + hexadecimal(this.#second)
  }

  #word(word: number): void {
    this.#first = Math.imul(this.#first ^ word, 0x01000193)
    const mixed = Math.imul(this.#second ^ word, 0x85ebca6b)
    this.#second = mixed ^ (mixed >>> 15)
  }
}

function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let position = 0; position < text.length; position += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(position), 0x01000193)
  }
  return hash
}

function hexadecimal(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
