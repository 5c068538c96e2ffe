import { describe, expect, test } from 'vitest'
import type { Message } from '../../../src-main/raft/core/model/message'
import { draftMessage } from '../../../src-main/raft/core/model/message'
import { leaseLengthMs } from '../../../src-main/raft/node/lease-clock'
import { encodeCommand } from '../../../src-main/raft/simulation/key-value-state-machine'
import { REGION_ID, TICK_MS, TestGroup } from './support/test-group'
import { ApplyHold } from './support/wrapped-state-machine'

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
      expect(answer).toEqual({ kind: 'readable', index: node.applied.index, proof: 'quorum' })
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

  const leases = { readMode: 'lease', leaseMs: leaseLengthMs(10, TICK_MS) } as const

  test('under a lease costs no messages', async () => {
    const group = await TestGroup.start([1, 2, 3], { settings: leases })
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
    expect(answer).toMatchObject({ kind: 'readable', proof: 'lease' })
    expect(heartbeats).toHaveLength(sent)
  })

  test('asks a quorum in spite of a lease if it is to', async () => {
    const group = await TestGroup.start([1, 2, 3], { settings: leases })
    await group.put('k', 'v')
    await group.clock.advance(1_000)
    const { node } = await group.leader()
    expect(await group.wait(node.readBarrier('quorum'))).toMatchObject({ kind: 'readable', proof: 'quorum' })
  })

  test('under a lease waits until what is committed is applied', async () => {
    const applying = new ApplyHold()
    const group = await TestGroup.start([1, 2, 3], { settings: leases, wrapStateMachine: applying.wrap })
    await group.put('k', 'v')
    await group.clock.advance(1_000)
    const { node, state } = await group.leader()
    applying.begin()
    let read: { readonly applied: number; readonly value: string | undefined } | undefined
    void node.propose(encodeCommand({ kind: 'put', key: 'k', value: 'new' }))
    await group.until(() => node.coreStatus().log.committed > node.applied.index, 'the put is committed')
    const { committed } = node.coreStatus().log
    void node.readBarrier().then(() => {
      read = { applied: node.applied.index, value: state.pairs.get('k') }
    })
    await group.clock.settle()
    expect(read).toBeUndefined()
    applying.end()
    await group.until(() => read !== undefined, 'the read is answered')
    expect(read).toEqual({ applied: committed, value: 'new' })
  })

  test('under leases needs no wait in a group that is founded', async () => {
    const group = await TestGroup.start([1, 2, 3], { settings: leases })
    group.running[0]!.node.campaign()
    await group.until(() => group.running[0]!.node.isLeader, 'it leads', 500)
  })

  test('of another member is not answered on the lease from before a leader stood still', async () => {
    const group = await TestGroup.start([1, 2, 3], { settings: leases })
    await group.put('k', 'v')
    await group.clock.advance(1_000)
    const leader = await group.leader()
    const [other] = await group.followers()
    const answers = record(group, 'MsgReadIndexResp')
    const message = { ...draftMessage('MsgReadIndex', leader.id), from: other!.id, context: new Uint8Array([1]) }
    const ask = async () => {
      leader.node.receive(other!.id, { kind: 'raft', regionId: REGION_ID, message })
      await group.clock.settle()
      return answers.length
    }
    expect(await ask()).toBe(1)
    group.network.partition(
      [leader.id],
      [1, 2, 3].filter((id) => id !== leader.id),
    )
    leader.machine.clock.pause()
    await group.clock.advance(5_000)
    leader.machine.clock.resume()
    expect(await ask()).toBe(1)
  })

  test('of a leader that stood still does not rest on the lease from before', async () => {
    const group = await TestGroup.start([1, 2, 3], { settings: leases })
    await group.put('k', 'old')
    await group.clock.advance(1_000)
    const old = await group.leader()
    const others = (await group.followers()).map(({ id }) => id)
    group.network.partition([old.id], others)
    old.machine.clock.pause()
    await group.until(
      () => group.running.some(({ id, node }) => id !== old.id && node.isLeader),
      'the others have a leader',
    )
    old.machine.clock.resume()
    // No tick has told it how late it is.
    let answer: unknown
    void old.node.readBarrier().then((result) => {
      answer = result
    })
    await group.clock.settle()
    expect(answer).toBeUndefined()
    group.network.setAllLinks({ isCut: false })
    await group.until(() => answer !== undefined, 'the read is refused')
    expect(answer).toMatchObject({ kind: 'refused' })
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
