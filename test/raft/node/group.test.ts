import { describe, expect, test } from 'vitest'
import { TestGroup } from './support/test-group'

describe('a group of three', () => {
  test('elects a leader, replicates and applies everywhere', async () => {
    const group = await TestGroup.start([1, 2, 3])
    for (let index = 1; index <= 20; index += 1) await group.put(`key${String(index % 7)}`, String(index))
    const pairs = await group.converge()
    expect(pairs.size).toBe(7)
    expect(pairs.get('key6')).toBe('20')
  })

  test('goes on without its leader, and takes it back when it returns', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('a', '1')
    const first = await group.leader()
    group.kill(first.id)
    await group.put('a', '2')
    expect((await group.leader()).id).not.toBe(first.id)
    await group.restart(first.id)
    await group.put('b', '3')
    expect(Object.fromEntries(await group.converge())).toEqual({ a: '2', b: '3' })
  })

  test('does nothing without a majority, and goes on when there is one again', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('a', '1')
    const [one, two] = await group.followers()
    group.kill(one!.id)
    group.kill(two!.id)
    await group.clock.advance(5_000)
    expect(group.running.map(({ node }) => node.isLeader)).toEqual([false])
    await group.restart(one!.id)
    await group.put('a', '2')
    expect(Object.fromEntries(await group.converge())).toEqual({ a: '2' })
  })
})

describe('restarts', () => {
  test.each([1, Number.POSITIVE_INFINITY])(
    'all members stop and come back, flushing every %s entries',
    async (flushEveryEntries) => {
      const group = await TestGroup.start([1, 2, 3], { flushEveryEntries })
      for (let index = 1; index <= 10; index += 1) await group.put(`key${String(index)}`, String(index))
      await group.converge()
      for (const id of [1, 2, 3]) await group.stop(id)
      for (const id of [1, 2, 3]) await group.open(id)
      expect((await group.converge()).size).toBe(10)
    },
  )

  test.each([1, 4, Number.POSITIVE_INFINITY])(
    'a loss of power on all machines loses nothing that was acknowledged, flushing every %s entries',
    async (flushEveryEntries) => {
      for (let seed = 1; seed <= 5; seed += 1) {
        const group = await TestGroup.start([1, 2, 3], { seed, flushEveryEntries })
        for (let index = 1; index <= 10; index += 1) await group.put(`key${String(index)}`, String(index))
        for (const id of [1, 2, 3]) group.crash(id, { writes: 'none', names: 'none' })
        for (const id of [1, 2, 3]) await group.restart(id)
        expect((await group.converge()).size).toBe(10)
        for (const id of [1, 2, 3]) group.crash(id, {})
        for (const id of [1, 2, 3]) await group.restart(id)
        expect((await group.converge()).size).toBe(10)
      }
    },
  )
})

describe('a group of one', () => {
  test('reads what it acknowledged before a crash, although it does not remember that it was committed', async () => {
    const group = await TestGroup.start([1], { flushEveryEntries: Number.POSITIVE_INFINITY, diskLatency: { sync: 5 } })
    await group.put('a', '1')
    group.crash(1, { writes: 'none' })
    const { node, state } = await group.restart(1)
    await group.until(() => node.isLeader, 'it leads')
    expect(node.status().committedIndex).toBeLessThan(3)
    expect(await group.wait(node.readBarrier())).toMatchObject({ kind: 'readable' })
    expect(state.pairs.get('a')).toBe('1')
  })
})
