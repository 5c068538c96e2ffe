import { SandboxError } from '../base/sandbox-error'
import type { ErrorCode } from '../base/error-codes'

/**
 * Data that came from outside (a file, another thread), read field by field. Every complaint names the field by its way
 * from the top, so that a person can mend the file.
 */
export class PlainData {
  readonly #value: unknown
  /** The way from the top: `settings.raft.tickMs`; empty at the top. */
  readonly #way: string
  readonly #document: string
  readonly #code: ErrorCode

  /**
   * @param document what it is, for sentences: `the configuration of a node`
   * @param code of the errors thrown for what is not as it should be
   */
  constructor(value: unknown, document: string, code: ErrorCode = 'INVALID_ARGUMENT', way = '') {
    this.#value = value
    this.#document = document
    this.#code = code
    this.#way = way
  }

  /** Parses JSON text. @throws SandboxError with the given code if it is none */
  static parse(text: string, document: string, code: ErrorCode = 'INVALID_ARGUMENT'): PlainData {
    try {
      return new PlainData(JSON.parse(text), document, code)
    } catch (cause) {
      const message = `This is not ${document}: it is no JSON (${SandboxError.from(cause).message}).`
      throw new SandboxError(code, message, { cause })
    }
  }

  /** Whether there is a value at all. */
  get exists(): boolean {
    return this.#value !== undefined
  }

  /** A field of an object; whether it exists is asked by who reads it. */
  field(name: string): PlainData {
    if (typeof this.#value !== 'object' || this.#value === null || Array.isArray(this.#value)) {
      throw this.#refuse('an object')
    }
    const fields = this.#value as Record<string, unknown>
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined
    return new PlainData(value, this.#document, this.#code, this.#way === '' ? name : `${this.#way}.${name}`)
  }

  text(): string {
    if (typeof this.#value === 'string' && this.#value !== '') return this.#value
    throw this.#refuse('a text that is not empty')
  }

  /** A text that may be empty. */
  string(): string {
    if (typeof this.#value === 'string') return this.#value
    throw this.#refuse('a text')
  }

  truth(): boolean {
    if (typeof this.#value === 'boolean') return this.#value
    throw this.#refuse('true or false')
  }

  bytes(): Uint8Array {
    if (this.#value instanceof Uint8Array) return this.#value
    throw this.#refuse('bytes')
  }

  /** A whole number from `least` to `greatest`. */
  wholeNumber(least: number, greatest: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#value
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= greatest) return value
    throw this.#refuse(`a whole number from ${String(least)} to ${String(greatest)}`)
  }

  oneOf<Choice extends string>(choices: readonly Choice[]): Choice {
    const found = choices.find((choice) => choice === this.#value)
    if (found !== undefined) return found
    throw this.#refuse(`one of ${choices.join(', ')}`)
  }

  list(): readonly PlainData[] {
    if (!Array.isArray(this.#value)) throw this.#refuse('a list')
    return this.#value.map(
      (value, index) => new PlainData(value, this.#document, this.#code, `${this.#way}[${String(index)}]`),
    )
  }

  #refuse(wanted: string): SandboxError {
    const shown =
      this.#value === undefined ? 'missing' : (JSON.stringify(this.#value) ?? typeof this.#value).slice(0, 80)
    const where = this.#way === '' ? `The top of ${this.#document}` : `The field "${this.#way}" of ${this.#document}`
    return new SandboxError(this.#code, `${where} is ${shown}; it should be ${wanted}.`, {
      details: { field: this.#way },
    })
  }
}
