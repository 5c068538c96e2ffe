import { SandboxError } from '../base/sandbox-error'
import { murmurHash } from './murmur-hash'
import type { Random } from './random'

/** What a generator grows from: any finite number, any text, any bytes. Seeds of different kinds are unrelated. */
export type RandomSeed = number | string | Uint8Array

const WARM_UP_ROUNDS = 12
const TWO_TO_32 = 2 ** 32
const TWO_TO_MINUS_53 = 2 ** -53

/** Keeps the seeds of different kinds apart, so that the number 1 and the text "1" do not give the same numbers. */
const SEED_KIND = { number: 0, text: 1, bytes: 2, fork: 3 } as const

/**
 * The generator of both environments: sfc32 of Chris Doty-Humphrey's PractRand, 128 bits of state, a few machine
 * instructions a number, seeded by four independent MurmurHash3 values of the seed. The numbers of a seed are part of
 * saved runs: changing them changes what old seeds mean.
 */
export class SeededRandom implements Random {
  #a = 0
  #b = 0
  #c = 0
  #counter = 0

  /** @throws SandboxError INVALID_ARGUMENT for a seed that is not a finite number */
  constructor(seed: RandomSeed) {
    this.#seedFrom(seedBytes(seed))
  }

  uint32(): number {
    const result = (this.#a + this.#b + this.#counter) | 0
    const c = this.#c
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (c + (c << 3)) | 0
    this.#c = (((c << 21) | (c >>> 11)) + result) | 0
    return result >>> 0
  }

  fraction(): number {
    const high = this.uint32() >>> 5
    const low = this.uint32() >>> 6
    return (high * 2 ** 26 + low) * TWO_TO_MINUS_53
  }

  integer(low: number, high: number): number {
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || low > high) {
      throw new SandboxError(
        'INVALID_ARGUMENT',
        `A random whole number needs safe integers in ascending order as bounds, but they are ${String(low)} and ${String(high)}.`,
      )
    }
    const count = high - low + 1
    if (count <= TWO_TO_32) return low + this.#below(count)
    return Number(BigInt(low) + this.#belowWide(BigInt(high) - BigInt(low) + 1n))
  }

  chance(probability: number): boolean {
    if (!(probability >= 0 && probability <= 1)) {
      throw new SandboxError('INVALID_ARGUMENT', `A probability lies from 0 to 1, but it is ${String(probability)}.`)
    }
    return this.fraction() < probability
  }

  bytes(length: number): Uint8Array {
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new SandboxError(
        'INVALID_ARGUMENT',
        `A number of random bytes is a whole number from 0 up, but it is ${String(length)}.`,
      )
    }
    const bytes = new Uint8Array(length)
    let word = 0
    for (let position = 0; position < length; position++) {
      word = position % 4 === 0 ? this.uint32() : word >>> 8
      bytes[position] = word
    }
    return bytes
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new SandboxError('INVALID_ARGUMENT', 'There is nothing to pick from an empty list.')
    return items[this.#below(items.length)] as T
  }

  clone(): SeededRandom {
    const copy = new SeededRandom(0)
    copy.#a = this.#a
    copy.#b = this.#b
    copy.#c = this.#c
    copy.#counter = this.#counter
    return copy
  }

  fork(name: string): SeededRandom {
    const nameBytes = new TextEncoder().encode(name)
    const material = new Uint8Array(17 + nameBytes.length)
    const view = new DataView(material.buffer)
    material[0] = SEED_KIND.fork
    view.setInt32(1, this.#a, true)
    view.setInt32(5, this.#b, true)
    view.setInt32(9, this.#c, true)
    view.setInt32(13, this.#counter, true)
    material.set(nameBytes, 17)
    const forked = new SeededRandom(0)
    forked.#seedFrom(material)
    return forked
  }

  /** A whole number from 0 to `count - 1`; `count` from 1 to 2^32. Draws again where the remainder would favour low numbers. */
  #below(count: number): number {
    const unbiased = TWO_TO_32 - (TWO_TO_32 % count)
    let word = this.uint32()
    while (word >= unbiased) word = this.uint32()
    return word % count
  }

  /** The same for counts above 2^32, which products of two words reach. Rare, so that big integers do not hurt. */
  #belowWide(count: bigint): bigint {
    const all = 1n << 64n
    const unbiased = all - (all % count)
    for (;;) {
      const word = (BigInt(this.uint32()) << 32n) | BigInt(this.uint32())
      if (word < unbiased) return word % count
    }
  }

  #seedFrom(material: Uint8Array): void {
    this.#a = murmurHash(material, 0x9e3779b9) | 0
    this.#b = murmurHash(material, 0x243f6a88) | 0
    this.#c = murmurHash(material, 0xb7e15162) | 0
    this.#counter = murmurHash(material, 0x6a09e667) | 0
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.uint32()
  }
}

function seedBytes(seed: RandomSeed): Uint8Array {
  if (typeof seed === 'number') {
    if (!Number.isFinite(seed)) {
      throw new SandboxError('INVALID_ARGUMENT', `A random seed is a finite number, but it is ${String(seed)}.`)
    }
    const bytes = new Uint8Array(9)
    bytes[0] = SEED_KIND.number
    new DataView(bytes.buffer).setFloat64(1, seed, true)
    return bytes
  }
  const content = typeof seed === 'string' ? new TextEncoder().encode(seed) : seed
  const bytes = new Uint8Array(1 + content.length)
  bytes[0] = typeof seed === 'string' ? SEED_KIND.text : SEED_KIND.bytes
  bytes.set(content, 1)
  return bytes
}
