import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { murmurHash } from '../../src-main/env/murmur-hash'
import { SeededRandom } from '../../src-main/env/seeded-random'

const take = (random: SeededRandom, count: number): number[] => Array.from({ length: count }, () => random.uint32())
const invalid = expect.objectContaining({ code: 'INVALID_ARGUMENT' })

describe('murmurHash', () => {
  it('gives the published values', () => {
    const hash = (text: string, seed: number): number => murmurHash(new TextEncoder().encode(text), seed)
    expect(hash('', 0)).toBe(0)
    expect(hash('', 1)).toBe(0x514e28b7)
    expect(hash('', 0xffffffff)).toBe(0x81f16f39)
    expect(hash('hello', 0)).toBe(0x248bfa47)
    expect(hash('hello, world', 0)).toBe(0x149bbb7f)
    expect(hash('The quick brown fox jumps over the lazy dog', 0)).toBe(0x2e4ff723)
  })
})

describe('SeededRandom', () => {
  it('gives the same numbers for a seed on every machine and in every version', () => {
    expect(take(new SeededRandom(1), 3)).toMatchInlineSnapshot(`
      [
        2602397293,
        1287143684,
        514663280,
      ]
    `)
    expect(take(new SeededRandom('one'), 3)).toMatchInlineSnapshot(`
      [
        1555432572,
        905290075,
        3158234125,
      ]
    `)
    expect(take(new SeededRandom(Uint8Array.of(1)), 3)).toMatchInlineSnapshot(`
      [
        2895507344,
        4237696979,
        3233638118,
      ]
    `)
    expect(take(new SeededRandom(1).fork('disk'), 3)).toMatchInlineSnapshot(`
      [
        3380110000,
        3332540015,
        3365664228,
      ]
    `)
  })

  it('tells kinds of seeds and close seeds apart', () => {
    const seeds = [
      0,
      -0,
      1,
      2,
      2 ** 32,
      2 ** 40,
      0.5,
      '1',
      '',
      '2',
      Uint8Array.of(),
      Uint8Array.of(1),
      Uint8Array.of(49),
    ]
    const starts = seeds.map((seed) => take(new SeededRandom(seed), 4).join())
    expect(new Set(starts).size).toBe(seeds.length)
    expect(() => new SeededRandom(NaN)).toThrow(invalid)
  })

  it('sets every bit about half of the time', () => {
    const random = new SeededRandom('bits')
    const counts = new Array<number>(32).fill(0)
    for (const word of take(random, 20_000)) counts.forEach((_, bit) => (counts[bit]! += (word >>> bit) & 1))
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })

  it('draws whole numbers within bounds, each about as often', () => {
    const random = new SeededRandom('integers')
    const counts = new Map<number, number>()
    for (let draw = 0; draw < 30_000; draw++) {
      const value = random.integer(-1, 1)
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    expect([...counts.keys()].sort((left, right) => left - right)).toEqual([-1, 0, 1])
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })

  it('draws whole numbers over any range of safe integers', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), fc.integer(), (one, other, seed) => {
        const [low, high] = one < other ? [one, other] : [other, one]
        const value = new SeededRandom(seed).integer(low, high)
        expect(Number.isSafeInteger(value)).toBe(true)
        expect(value).toBeGreaterThanOrEqual(low)
        expect(value).toBeLessThanOrEqual(high)
      }),
    )
    const random = new SeededRandom('wide')
    const halves = Array.from({ length: 1000 }, () => random.integer(0, Number.MAX_SAFE_INTEGER) >= 2 ** 52)
    expect(Math.abs(halves.filter(Boolean).length - 500)).toBeLessThan(100)
  })

  it('draws fractions from 0 to below 1, and chances as likely as asked', () => {
    const random = new SeededRandom('fractions')
    let sum = 0
    for (let draw = 0; draw < 10_000; draw++) {
      const value = random.fraction()
      expect(value >= 0 && value < 1).toBe(true)
      sum += value
    }
    expect(Math.abs(sum / 10_000 - 0.5)).toBeLessThan(0.02)
    expect(Array.from({ length: 100 }, () => random.chance(0))).not.toContain(true)
    expect(Array.from({ length: 100 }, () => random.chance(1))).not.toContain(false)
    const hits = Array.from({ length: 10_000 }, () => random.chance(0.1)).filter(Boolean).length
    expect(Math.abs(hits - 1000)).toBeLessThan(150)
  })

  it('draws bytes and picks items', () => {
    const random = new SeededRandom('bytes')
    expect(random.bytes(0)).toHaveLength(0)
    expect(new Set(random.bytes(4096)).size).toBe(256)
    expect(new Set(Array.from({ length: 200 }, () => random.pick(['a', 'b', 'c'])))).toEqual(new Set(['a', 'b', 'c']))
  })

  it('refuses what makes no sense', () => {
    const random = new SeededRandom(1)
    expect(() => random.integer(2, 1)).toThrow(invalid)
    expect(() => random.integer(0.5, 1)).toThrow(invalid)
    expect(() => random.integer(0, 2 ** 53)).toThrow(invalid)
    expect(() => random.chance(1.1)).toThrow(invalid)
    expect(() => random.chance(NaN)).toThrow(invalid)
    expect(() => random.pick([])).toThrow(invalid)
    expect(() => random.bytes(-1)).toThrow(invalid)
  })

  it('clones: the copy goes on alike and neither disturbs the other', () => {
    const random = new SeededRandom('clone')
    take(random, 5)
    const copy = random.clone()
    const ahead = take(copy.clone(), 10)
    expect(take(random, 10)).toEqual(ahead)
    expect(take(copy, 10)).toEqual(ahead)
  })

  it('forks by name without moving: same name same numbers, other name others', () => {
    const random = new SeededRandom('fork')
    const untouched = random.clone()
    const disk = take(random.fork('disk'), 4)
    expect(take(random.fork('disk'), 4)).toEqual(disk)
    expect(take(random.fork('network'), 4)).not.toEqual(disk)
    expect(take(random, 4)).toEqual(take(untouched, 4))
    expect(take(random.fork('disk'), 4)).not.toEqual(disk)
  })
})
