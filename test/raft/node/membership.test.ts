import { describe, expect, test } from 'vitest'
import type { ConfChangeSingle, ConfChangeV2 } from '../../../src-main/raft/core/model/conf-change'
import type { ConfState } from '../../../src-main/raft/core/model/conf-state'
import { TestGroup, encodeCommand, members } from './support/test-group'

const change = (...changes: readonly ConfChangeSingle[]): ConfChangeV2 => ({
  version: 2,
  transition: 'ConfChangeTransitionAuto',
  changes,
  context: new Uint8Array(0),
})

const add = (nodeId: number): ConfChangeSingle => ({ type: 'ConfChangeAddNode', nodeId })
const learn = (nodeId: number): ConfChangeSingle => ({ type: 'ConfChangeAddLearnerNode', nodeId })
const remove = (nodeId: number): ConfChangeSingle => ({ type: 'ConfChangeRemoveNode', nodeId })

describe('a membership change', () => {
  test('is answered with the membership that it makes', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'v')
    const { node } = await group.leader()
    const answer = await group.wait(node.proposeMembershipChange(change(learn(4))))
    expect(answer).toMatchObject({ kind: 'applied', result: { voters: [1, 2, 3], learners: [4] } })
    expect(node.confState.learners).toEqual([4])
  })

  test('lets a learner in, which gets a snapshot because the log does not say who founded the group', async () => {
    const installed: number[] = []
    const group = await TestGroup.start([1, 2, 3], {
      observer: (id) => ({
        snapshotInstalled: () => {
          installed.push(id)
        },
      }),
    })
    for (let index = 0; index < 10; index += 1) await group.put(String(index), 'v')
    const learner = await group.join(4)
    expect(learner.node.status().raftState).toBe('STATE_UNINITIALIZED')
    const { node } = await group.leader()
    await group.wait(node.proposeMembershipChange(change(learn(4))))
    await group.put('after', 'v')
    expect((await group.converge()).size).toBe(11)
    expect(installed).toEqual([4])
    expect(learner.node.confState).toEqual(node.confState)
    await group.wait(node.proposeMembershipChange(change(add(4))))
    await group.put('later', 'v')
    await group.converge()
    expect(learner.node.confState).toEqual(members(1, 2, 3, 4))
  })

  test('of several members goes through a joint membership and leaves it by itself', async () => {
    const seen: ConfState[] = []
    const group = await TestGroup.start([1, 2, 3], {
      observer: (id) => ({
        membershipChanged: (confState) => {
          if (id === 1) seen.push(confState)
        },
      }),
    })
    await group.put('k', 'v')
    await group.join(4)
    await group.join(5)
    const leader = await group.leader()
    if (leader.id !== 1) await group.wait(leader.node.transferLeadership(1))
    const { node } = await group.leader()
    const answer = await group.wait(node.proposeMembershipChange(change(add(4), add(5), remove(2))))
    expect(answer).toMatchObject({
      kind: 'applied',
      result: { voters: [1, 3, 4, 5], votersOutgoing: [1, 2, 3], autoLeave: true },
    })
    await group.until(() => node.confState.votersOutgoing.length === 0, 'the joint phase ends')
    expect(seen.map(({ voters, votersOutgoing }) => [voters, votersOutgoing])).toEqual([
      [
        [1, 3, 4, 5],
        [1, 2, 3],
      ],
      [[1, 3, 4, 5], []],
    ])
    group.kill(2)
    await group.put('k', 'w')
    expect((await group.converge()).get('k')).toBe('w')
    expect(group.member(5).node.confState.voters).toEqual([1, 3, 4, 5])
  })

  test('that does not fit is refused and changes nothing', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'v')
    const { node } = await group.leader()
    const refused = { kind: 'refused', code: 'MEMBERSHIP_CHANGE_REFUSED' }
    const first = node.proposeMembershipChange(change(learn(4)))
    const second = node.proposeMembershipChange(change(learn(5)))
    expect(await group.wait(second)).toMatchObject(refused)
    expect(await group.wait(first)).toMatchObject({ kind: 'applied' })
    // Nobody would be left to vote.
    expect(await group.wait(node.proposeMembershipChange(change(remove(1), remove(2), remove(3))))).toMatchObject(
      refused,
    )
    await group.put('k', 'w')
    expect((await group.converge()).get('k')).toBe('w')
    for (const member of group.running) expect(member.node.confState).toEqual({ ...members(1, 2, 3), learners: [4] })
  })

  test('that removes the leader is answered, and the others elect another one', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'v')
    const old = await group.leader()
    const answer = await group.wait(old.node.proposeMembershipChange(change(remove(old.id))))
    expect(answer).toMatchObject({ kind: 'applied' })
    expect(old.node.isLeader).toBe(false)
    expect(await old.node.propose(encodeCommand({ kind: 'put', key: 'k', value: 'x' }))).toMatchObject({
      kind: 'refused',
    })
    await group.stop(old.id)
    await group.put('k', 'w')
    expect((await group.leader()).node.confState.voters).not.toContain(old.id)
  })

  test('survives a restart of all members, wherever their state machines are', async () => {
    const group = await TestGroup.start([1, 2, 3], { flushEveryEntries: Number.POSITIVE_INFINITY })
    await group.put('k', 'v')
    await group.join(4)
    const { node } = await group.leader()
    await group.wait(node.proposeMembershipChange(change(add(4), remove(3))))
    await group.until(() => node.confState.votersOutgoing.length === 0, 'the joint phase ends')
    await group.put('k', 'w')
    await group.stop(3)
    await group.converge()
    for (const id of [1, 2, 4]) group.crash(id, { writes: 'none' })
    for (const id of [1, 2, 4]) await group.restart(id)
    await group.put('k', 'x')
    await group.converge()
    for (const member of group.running) expect(member.node.confState).toEqual(members(1, 2, 4))
  })
})

describe('handing leadership over', () => {
  test('makes the target leader and refuses proposals meanwhile', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'v')
    await group.converge()
    const leader = await group.leader()
    const [target] = await group.followers()
    const transfer = leader.node.transferLeadership(target!.id)
    expect(leader.node.status().raftState).toBe('STATE_TRANSFERRING')
    const refused = leader.node.propose(encodeCommand({ kind: 'put', key: 'k', value: 'w' }))
    expect(await group.wait(refused)).toMatchObject({ kind: 'refused', code: 'TRANSFER_IN_PROGRESS' })
    expect(await group.wait(transfer)).toEqual({ kind: 'transferred', leader: target!.id })
    expect((await group.leader()).id).toBe(target!.id)
  })

  test('fails in time if the target does not answer, and then proposals are taken again', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'v')
    const leader = await group.leader()
    const [target] = await group.followers()
    group.network.partition([target!.id], [leader.id])
    expect(await group.wait(leader.node.transferLeadership(target!.id))).toMatchObject({ code: 'TRANSFER_FAILED' })
    expect(leader.node.isLeader).toBe(true)
    expect(await group.execute(leader, { kind: 'put', key: 'k', value: 'w' })).toMatchObject({ kind: 'applied' })
  })

  test('to somebody who cannot lead is refused', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'v')
    const { node, id } = await group.leader()
    await group.wait(node.proposeMembershipChange(change(learn(4))))
    expect(await node.transferLeadership(4)).toMatchObject({ code: 'NOT_A_MEMBER' })
    expect(await node.transferLeadership(9)).toMatchObject({ code: 'NOT_A_MEMBER' })
    expect(await node.transferLeadership(id)).toEqual({ kind: 'transferred', leader: id })
  })

  test('to another one instead ends the first', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'v')
    const { node, id } = await group.leader()
    const [one, two] = await group.followers()
    group.network.partition([one!.id], [id])
    const first = node.transferLeadership(one!.id)
    const second = node.transferLeadership(two!.id)
    expect(await group.wait(first)).toMatchObject({ code: 'TRANSFER_FAILED' })
    expect(await group.wait(second)).toMatchObject({ kind: 'transferred', leader: two!.id })
  })
})

describe('campaigning', () => {
  test('makes a member leader without waiting', async () => {
    const group = await TestGroup.start([1, 2, 3])
    group.member(2).node.campaign()
    await group.clock.advance(90)
    expect(group.member(2).node.isLeader).toBe(true)
  })
})
