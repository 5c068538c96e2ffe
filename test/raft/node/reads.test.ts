import { describe, expect, test } from 'vitest'
import type { Message } from '../../../src-main/raft/core/model/message'
import { TestGroup } from './support/test-group'

/** Records which messages of a type are sent. */
function record(group: TestGroup, type: Message['type']) {
  const messages: Message[] = []
  group.network.trace = ({ kind, message }) => {
    if (kind === 'sent' && message.kind === 'raft' && message.message.type === type) messages.push(message.message)
  }
  return messages
}

describe('a read', () => {
  test('sees everything that was acknowledged before', async () => {
    const group = await TestGroup.start([1, 2, 3])
    for (let index = 0; index < 10; index += 1) {
      await group.put('k', String(index))
      const { node, state } = await group.leader()
      const answer = await group.wait(node.readBarrier())
      expect(answer).toEqual({ kind: 'readable', index: node.applied.index })
      expect(state.pairs.get('k')).toBe(String(index))
    }
  })

  test('of a new leader waits until it knows what its predecessors had acknowledged', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'v')
    const first = await group.leader()
    group.kill(first.id)
    await group.until(() => group.running.some(({ node }) => node.isLeader), 'there is a new leader')
    const leader = group.running.find(({ node }) => node.isLeader)!
    expect(leader.node.applied.term).toBeLessThan(leader.node.term)
    const answer = await group.wait(leader.node.readBarrier())
    expect(answer).toMatchObject({ kind: 'readable' })
    expect(leader.node.applied.term).toBe(leader.node.term)
    expect(leader.state.pairs.get('k')).toBe('v')
  })

  test('is not answered by a leader that was cut off, even before it knows', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'old')
    const old = await group.leader()
    const others = (await group.followers()).map(({ id }) => id)
    group.network.partition([old.id], others)
    const answer = group.wait(old.node.readBarrier())
    expect(await answer).toMatchObject({ kind: 'refused' })
  })

  test('shares its round with those that come while one is under way', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'v')
    await group.converge()
    const { node } = await group.leader()
    const heartbeats = record(group, 'MsgHeartbeat')
    const first = node.readBarrier()
    // The turn of the loop ends, and its round begins.
    for (let turn = 0; turn < 3; turn += 1) await Promise.resolve()
    const rest = Array.from({ length: 50 }, () => node.readBarrier())
    const answers = await group.wait(Promise.all([first, ...rest]))
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['readable']))
    const rounds = new Set(heartbeats.filter(({ context }) => context.length > 0).map(({ context }) => String(context)))
    expect(rounds.size).toBe(2)
  })

  test('under a lease costs no messages', async () => {
    const group = await TestGroup.start([1, 2, 3], { settings: { readMode: 'lease' } })
    await group.put('k', 'v')
    await group.converge()
    await group.clock.advance(1_000)
    const { node } = await group.leader()
    const heartbeats = record(group, 'MsgHeartbeat')
    const sent = heartbeats.length
    let answer: unknown
    void node.readBarrier().then((result) => {
      answer = result
    })
    await group.clock.settle()
    expect(answer).toMatchObject({ kind: 'readable' })
    expect(heartbeats).toHaveLength(sent)
  })

  test('is answered although a heartbeat is lost', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'v')
    const leader = await group.leader()
    for (const { id } of await group.followers()) group.network.setLink(leader.id, id, { lossProbability: 1 })
    const answer = leader.node.readBarrier()
    await group.clock.advance(50)
    for (const { id } of await group.followers()) group.network.setLink(leader.id, id, { lossProbability: 0 })
    expect(await group.wait(answer)).toMatchObject({ kind: 'readable' })
  })
})
