import { describe, expect, it } from 'vitest'
import { ReadTurns } from '../../../src-main/store/service/read-turns'

/** Turns of a loop that end when a test says so. */
class Turns {
  #callbacks: Array<() => void> = []

  atEndOfTurn(callback: () => void): void {
    this.#callbacks.push(callback)
  }

  end(): void {
    const callbacks = this.#callbacks
    this.#callbacks = []
    for (const callback of callbacks) callback()
  }
}

function readsOf(turns: Turns) {
  const readTurns = new ReadTurns(turns)
  const begun: number[] = []
  const begin = (number: number): Promise<number> =>
    readTurns.begin(() => {
      begun.push(number)
      return Promise.resolve(number)
    })
  return { begun, begin }
}

const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index)

describe('the turns of reads', () => {
  it('begin so many at once, the others in the turns that follow, in their order', async () => {
    const turns = new Turns()
    const { begun, begin } = readsOf(turns)
    const reads = upTo(40).map(begin)
    expect(begun).toEqual(upTo(16))
    turns.end()
    expect(begun).toEqual(upTo(32))
    turns.end()
    expect(begun).toEqual(upTo(40))
    expect(await Promise.all(reads)).toEqual(upTo(40))
  })

  it('begin a few at once in every turn', () => {
    const turns = new Turns()
    const { begun, begin } = readsOf(turns)
    for (let turn = 0; turn < 3; turn += 1) {
      for (const number of upTo(16, turn * 16)) void begin(number)
      expect(begun).toHaveLength((turn + 1) * 16)
      turns.end()
    }
  })

  it('let nobody overtake who waits', () => {
    const turns = new Turns()
    const { begun, begin } = readsOf(turns)
    for (const number of upTo(40)) void begin(number)
    turns.end()
    for (const number of upTo(10, 40)) void begin(number)
    turns.end()
    turns.end()
    expect(begun).toEqual(upTo(50))
  })

  it('tell each caller its own failure, and go on', async () => {
    const turns = new Turns()
    const readTurns = new ReadTurns(turns)
    for (const number of upTo(16)) void readTurns.begin(() => Promise.resolve(number))
    const fails = readTurns.begin(() => Promise.reject(new Error('no')))
    const works = readTurns.begin(() => Promise.resolve('yes'))
    turns.end()
    await expect(fails).rejects.toThrow('no')
    expect(await works).toBe('yes')
  })

  it('go on for as long as more come than are begun', () => {
    const turns = new Turns()
    const { begun, begin } = readsOf(turns)
    for (let turn = 0; turn < 200; turn += 1) {
      for (const number of upTo(20, turn * 20)) void begin(number)
      turns.end()
    }
    for (let turn = 0; turn < 100; turn += 1) turns.end()
    expect(begun).toEqual(upTo(4_000))
  })
})
