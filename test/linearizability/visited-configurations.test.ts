import { describe, expect, test } from 'vitest'
import { OperationSet } from '../../src-main/linearizability/operation-set'
import { VisitedConfigurations } from '../../src-main/linearizability/visited-configurations'

const openCount = 40
const completedCount = 200

/** A set of operations whose hash is that of every other one: only a look at the members tells them apart. */
function collidingSet(...operations: number[]): OperationSet {
  const set = new OperationSet(openCount, completedCount)
  for (const operation of operations) set.toggle(operation)
  set.completedHash = 0
  return set
}

const completed = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => openCount + from + index)
const colliding = () => new VisitedConfigurations<number>({ equal: (left, right) => left === right, hash: () => 0 })

describe('visited configurations whose hashes collide', () => {
  test('are told apart by their state', () => {
    const visited = colliding()
    expect(visited.add(collidingSet(openCount), 1)).toBe(true)
    expect(visited.add(collidingSet(openCount), 2)).toBe(true)
    expect(visited.add(collidingSet(openCount), 1)).toBe(false)
    expect(visited.add(collidingSet(openCount), 2)).toBe(false)
  })

  test('are told apart by every completed operation, wherever it stands', () => {
    const sets = [
      [],
      ...[0, 31, 32, 63, 64, 100, 199].map((one) => completed(one, one + 1)),
      ...[31, 32, 33, 64, 96, 200].map((past) => completed(0, past)),
      [...completed(0, 64), ...completed(70, 71)],
      [...completed(0, 64), ...completed(71, 72)],
      [...completed(0, 64), ...completed(70, 71), ...completed(199, 200)],
    ]
    const visited = colliding()
    expect(sets.map((set) => visited.add(collidingSet(...set), 1))).toEqual(sets.map(() => true))
    expect(sets.map((set) => visited.add(collidingSet(...set), 1))).toEqual(sets.map(() => false))
  })

  test('are as good as known if the known one has placed fewer open operations and the same completed ones', () => {
    const visited = colliding()
    const past = completed(0, 50)
    expect(visited.add(collidingSet(1, 39, ...past), 1)).toBe(true)
    expect(visited.add(collidingSet(1, 2, 39, ...past), 1)).toBe(false)
    expect(visited.add(collidingSet(1, 38, ...past), 1)).toBe(true)
    expect(visited.add(collidingSet(1, ...past), 1)).toBe(true)
    expect(visited.add(collidingSet(1, 3, ...past), 1)).toBe(false)
    expect(visited.add(collidingSet(1, ...completed(0, 51)), 1)).toBe(true)
  })

  test('are all remembered, however many', () => {
    const visited = colliding()
    const window = (index: number) => collidingSet(...completed(0, index), ...completed(index + 1, index + 60))
    const addAll = () => Array.from({ length: 1000 }, (_, index) => visited.add(window(index % 140), index))
    expect(addAll()).not.toContain(false)
    const sizeBytes = visited.sizeBytes
    expect(addAll()).not.toContain(true)
    expect(visited.sizeBytes).toBe(sizeBytes)
  })
})

describe('a set of operations', () => {
  test('is the same whatever the way to it, with the same hash', () => {
    const straight = new OperationSet(openCount, completedCount)
    for (const operation of completed(0, 70)) straight.toggle(operation)
    const detour = new OperationSet(openCount, completedCount)
    for (const operation of [3, ...completed(0, 200).reverse(), ...completed(70, 200), 3]) detour.toggle(operation)
    expect(detour).toEqual(straight)
    expect(detour.completedHash).not.toBe(new OperationSet(openCount, completedCount).completedHash)
  })

  test('costs a few words however long the history is', () => {
    const visited = new VisitedConfigurations<number>({ equal: Object.is, hash: (state) => state })
    const set = new OperationSet(0, 100_000)
    for (let operation = 0; operation < 50_000; operation += 1) set.toggle(operation)
    visited.add(set, 1)
    expect(visited.sizeBytes).toBeLessThan(100)
  })
})
