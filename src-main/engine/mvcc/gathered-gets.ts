import type { RawReader } from '../raw/raw-engine'

interface WaitingGet {
  readonly resolve: (value: Uint8Array | undefined) => void
  readonly reject: (reason: unknown) => void
}

/** Gets of single keys that come in one turn of the loop, asked of the raw engine together: one trip to its threads. */
export class GatheredGets {
  readonly #reader: RawReader
  #keys: Uint8Array[] = []
  #waiting: WaitingGet[] = []

  constructor(reader: RawReader) {
    this.#reader = reader
  }

  /** The value of a key of the family `default`. @throws SandboxError as `RawReader.getMany` */
  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#keys.push(key) === 1) queueMicrotask(this.#begin)
      this.#waiting.push({ resolve, reject })
    })
  }

  readonly #begin = (): void => {
    const keys = this.#keys
    const waiting = this.#waiting
    this.#keys = []
    this.#waiting = []
    this.#reader.getMany(keys).then(
      (values) => {
        for (const [position, { resolve }] of waiting.entries()) resolve(values[position])
      },
      (error: unknown) => {
        for (const { reject } of waiting) reject(error)
      },
    )
  }
}
