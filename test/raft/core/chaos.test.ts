import { describe, expect, it } from 'vitest'
import { Chaos } from './support/chaos'

/** Runs a group with faults. The seed is in the error: with it the run can be repeated alone. */
function runSeeds(count: number, options: Omit<ConstructorParameters<typeof Chaos>[0], 'seed'>): number {
  let answeredReads = 0
  let committed = 0
  for (let seed = 1; seed <= count; seed += 1) {
    const chaos = new Chaos({ ...options, seed })
    try {
      chaos.run()
    } catch (error) {
      throw new Error(`seed ${seed} of ${JSON.stringify(options)}`, { cause: error })
    }
    answeredReads += chaos.watcher.answeredReads
    committed += chaos.watcher.highestCommitted
  }
  // A run in which nothing happens would prove nothing.
  expect(committed).toBeGreaterThan(count * 5)
  return answeredReads
}

describe('with lost, repeated and reordered messages, partitions, crashes and slow storage', () => {
  it.each([3, 5])('a group of %i stays safe and comes together again', (nodes) => {
    expect(runSeeds(60, { nodes, rounds: 250, readMode: 'safe', changesMembers: false })).toBeGreaterThan(0)
  })

  it('no read on a lease is answered with less than was committed before it', () => {
    expect(runSeeds(60, { nodes: 3, rounds: 400, readMode: 'lease', changesMembers: false })).toBeGreaterThan(0)
  })

  it('members come and go', () => {
    expect(runSeeds(60, { nodes: 3, rounds: 400, readMode: 'safe', changesMembers: true })).toBeGreaterThan(0)
  })
})
