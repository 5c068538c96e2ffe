import { describe, expect, it } from 'vitest'
import type { ConfChangeSingle, ConfChangeTransition } from '../../../../src-main/raft/core/model/conf-change'
import { LEAVE_JOINT } from '../../../../src-main/raft/core/model/conf-change'
import { NO_BYTES } from '../../../../src-main/raft/core/model/entry'
import { describeConfiguration } from '../../../../src-main/raft/core/describe/membership'
import { Cluster, bytesOf, exchange } from '../support/cluster'

const add = (nodeId: number): ConfChangeSingle => ({ type: 'ConfChangeAddNode', nodeId })
const remove = (nodeId: number): ConfChangeSingle => ({ type: 'ConfChangeRemoveNode', nodeId })
const learn = (nodeId: number): ConfChangeSingle => ({ type: 'ConfChangeAddLearnerNode', nodeId })

function change(cluster: Cluster, changes: readonly ConfChangeSingle[], transition: ConfChangeTransition) {
  const [leader = 0] = cluster.leaders
  const outcome = cluster.raw(leader).proposeConfChange({ version: 2, transition, changes, context: NO_BYTES })
  cluster.settle()
  return outcome
}

function configurations(cluster: Cluster): ReadonlySet<string> {
  return new Set([...cluster.members.values()].map(({ raw }) => describeConfiguration(raw.status().configuration)))
}

describe('thesis section 4: membership changes', () => {
  it('4.1: a single voter is added; it counts from the moment the change is applied', () => {
    const cluster = new Cluster([1])
    cluster.campaign(1)
    cluster.addEmpty(2)
    const outcome = cluster.raw(1).proposeConfChange({ version: 1, ...add(2), context: bytesOf('host:2') })
    expect(outcome).toMatchObject({ kind: 'appended' })
    expect(cluster.raw(1).status().configuration.voters.incoming).toEqual([1])
    cluster.settle()
    cluster.tick(1, 2)
    expect(configurations(cluster)).toEqual(new Set(['voters=(1 2)']))
    cluster.propose(1, 'a')
    expect(cluster.member(2).commands).toContain('a')
  })

  it('4.2.1: a learner catches up without a vote and is then promoted', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.propose(1, 'a')
    cluster.addEmpty(4)
    change(cluster, [learn(4)], 'ConfChangeTransitionAuto')
    cluster.tick(1, 2)
    expect(cluster.raw(4).status()).toMatchObject({ isLearner: true, leader: 1 })
    expect(cluster.member(4).storage.lastIndex()).toBe(cluster.member(1).storage.lastIndex())
    // Its acknowledgement does not count.
    cluster.isolate(1, 4)
    cluster.propose(1, 'b')
    expect(cluster.member(1).commands).toEqual(['a'])
    cluster.heal()
    cluster.tick(1, 2)
    change(cluster, [add(4)], 'ConfChangeTransitionAuto')
    expect(configurations(cluster)).toEqual(new Set(['voters=(1 2 3 4)']))
  })

  it('4.2.2: a leader that removes itself hands over to nobody and steps down once the change is applied', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    change(cluster, [remove(1)], 'ConfChangeTransitionAuto')
    expect(cluster.raw(1).status()).toMatchObject({ role: 'StateFollower', leader: 0 })
    expect(cluster.propose(1, 'a')).toMatchObject({ kind: 'refused' })
    cluster.isolate(1)
    cluster.tickAll(40)
    expect(cluster.leaders).toHaveLength(1)
    expect(cluster.leaders).not.toContain(1)
  })

  it('a voter that does not know that it is alone now is told so by the member of old whom it asks for a vote', () => {
    const cluster = new Cluster([1, 2])
    cluster.campaign(1)
    const outcome = cluster.raw(1).proposeConfChange({ version: 1, ...remove(1), context: NO_BYTES })
    const changeIndex = outcome.kind === 'appended' ? outcome.lastIndex : 0
    cluster.raw(1).propose(bytesOf('lost'))
    // Node 2 takes the change, and learns neither that it is committed nor of what follows it.
    cluster.deliverOnly(
      ({ to, commit, entries }) => to !== 2 || (commit < changeIndex && (entries.at(-1)?.index ?? 0) <= changeIndex),
    )
    cluster.settle()
    expect(cluster.leaders).toEqual([])
    expect(cluster.raw(1).status().log.committed).toBe(changeIndex)
    expect(cluster.raw(2).status().log).toMatchObject({ lastIndex: changeIndex, committed: changeIndex - 1 })
    // The log of node 1 is longer, so it grants no vote, and as it is no member any more it does not campaign.
    cluster.heal()
    cluster.tickAll(100)
    expect(cluster.leaders).toEqual([2])
    expect(configurations(cluster)).toEqual(new Set(['voters=(2)']))
  })

  it('without stepDownOnRemoval a removed leader goes on leading but takes no proposals', () => {
    const cluster = new Cluster([1, 2, 3], { stepDownOnRemoval: false })
    cluster.campaign(1)
    change(cluster, [remove(1)], 'ConfChangeTransitionAuto')
    expect(cluster.leaders).toEqual([1])
    expect(cluster.propose(1, 'a')).toMatchObject({ kind: 'refused', refusal: { code: 'NOT_A_MEMBER' } })
  })

  it('4.2.3: a removed voter that campaigns disturbs nobody', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    // Node 3 does not hear of its removal.
    cluster.isolate(3)
    change(cluster, [remove(3)], 'ConfChangeTransitionAuto')
    cluster.heal()
    const { term } = cluster.raw(1)
    for (let ticks = 0; ticks < 100; ticks += 1) cluster.tickAll()
    expect(cluster.leaders).toEqual([1])
    expect(cluster.raw(1).term).toBe(term)
  })

  it('4.3: several voters change at once through a joint configuration, which is left by itself', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.addEmpty(4)
    cluster.addEmpty(5)
    change(cluster, [add(4), add(5), remove(2), remove(3)], 'ConfChangeTransitionAuto')
    cluster.tick(1, 3)
    expect(describeConfiguration(cluster.raw(1).status().configuration)).toBe('voters=(1 4 5)')
    expect(describeConfiguration(cluster.raw(5).status().configuration)).toBe('voters=(1 4 5)')
  })

  it('4.3: in a joint configuration both halves must agree', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.addEmpty(4)
    cluster.addEmpty(5)
    change(cluster, [add(4), add(5), remove(2), remove(3)], 'ConfChangeTransitionJointExplicit')
    cluster.tick(1, 3)
    expect(describeConfiguration(cluster.raw(1).status().configuration)).toBe('voters=(1 4 5)&&(1 2 3)')
    cluster.isolate(2, 3)
    cluster.propose(1, 'a')
    expect(cluster.member(1).commands).toEqual([])
    cluster.heal()
    cluster.tick(1, 2)
    expect(cluster.member(1).commands).toEqual(['a'])
    cluster.isolate(4, 5)
    cluster.propose(1, 'b')
    expect(cluster.member(1).commands).toEqual(['a'])
    cluster.heal()
    cluster.tick(1, 2)
    expect(cluster.member(1).commands).toEqual(['a', 'b'])
  })

  it('4.3: an explicit joint configuration is left by an empty change', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    change(cluster, [learn(3)], 'ConfChangeTransitionJointExplicit')
    expect(configurations(cluster)).toEqual(new Set(['voters=(1 2)&&(1 2 3) learners_next=(3)']))
    cluster.raw(1).proposeConfChange(LEAVE_JOINT)
    cluster.settle()
    expect(configurations(cluster)).toEqual(new Set(['voters=(1 2) learners=(3)']))
  })

  it('a new leader leaves a joint configuration that its predecessor was to leave', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    // The leader's proposal to leave reaches nobody.
    cluster.deliverOnly(({ type, entries }) => type !== 'MsgApp' || entries.every(({ data }) => data.length > 0))
    change(cluster, [learn(3)], 'ConfChangeTransitionJointImplicit')
    expect(describeConfiguration(cluster.raw(2).status().configuration)).toContain('autoleave')
    cluster.isolate(1)
    cluster.tickAll(40)
    cluster.heal()
    cluster.tickAll(5)
    expect(configurations(cluster)).toEqual(new Set(['voters=(1 2) learners=(3)']))
  })

  it('a joint configuration that could not be left during a transfer is left when the transfer is given up', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.deliverOnly(({ type }) => type !== 'MsgTimeoutNow')
    const joint = { version: 2, transition: 'ConfChangeTransitionJointImplicit', changes: [learn(3)] } as const
    cluster.raw(1).proposeConfChange({ ...joint, context: NO_BYTES })
    cluster.raw(1).transferLeader(2)
    cluster.settle()
    expect(configurations(cluster)).toEqual(new Set(['voters=(1 2)&&(1 2 3) learners_next=(3) autoleave']))
    cluster.tickAll(11)
    expect(configurations(cluster)).toEqual(new Set(['voters=(1 2) learners=(3)']))
  })

  it('only one change is under way at a time; a second one turns into an empty entry, and its proposer is told', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    const first = cluster.raw(1).proposeConfChange({ version: 1, ...remove(3), context: NO_BYTES })
    const second = cluster.raw(1).proposeConfChange({ version: 1, ...remove(2), context: NO_BYTES })
    expect([first.kind, second.kind]).toEqual(['appended', 'ignored'])
    cluster.settle()
    expect(configurations(cluster)).toContain('voters=(1 2)')
  })

  it('a new leader takes no change before everything it found in its log is applied', () => {
    const cluster = new Cluster([1, 2, 3], { preVote: false, checkQuorum: false })
    cluster.campaign(1)
    cluster.deliverOnly(({ type }) => type !== 'MsgAppResp')
    cluster.propose(1, 'a')
    cluster.campaign(2)
    expect(cluster.leaders).toContain(2)
    const outcome = cluster.raw(2).proposeConfChange({ version: 1, ...remove(3), context: NO_BYTES })
    expect(outcome.kind).toBe('ignored')
  })

  it.each<[string, readonly ConfChangeSingle[], ConfChangeTransition, string]>([
    ['removes every voter', [remove(1), remove(2), remove(3)], 'ConfChangeTransitionAuto', 'removed all voters'],
    ['is empty', [], 'ConfChangeTransitionJointExplicit', 'not in joint state; refusing empty conf change'],
  ])(
    'a change that %s is not even logged, because applying it would stop every member',
    (_what, changes, transition, reason) => {
      const cluster = new Cluster([1, 2, 3])
      cluster.campaign(1)
      expect(change(cluster, changes, transition)).toMatchObject({ kind: 'ignored' })
      expect(cluster.member(1).logger.lines.some((line) => line.endsWith(reason))).toBe(true)
      expect(configurations(cluster)).toEqual(new Set(['voters=(1 2 3)']))
    },
  )

  it('in a joint configuration a change that is empty but would enter another one is not logged', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    change(cluster, [learn(3)], 'ConfChangeTransitionJointExplicit')
    expect(change(cluster, [], 'ConfChangeTransitionJointImplicit')).toMatchObject({ kind: 'ignored' })
    expect(change(cluster, [], 'ConfChangeTransitionAuto')).toMatchObject({ kind: 'appended' })
  })

  it('a change that does not fit is refused when it is applied, and changes nothing', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    const before = cluster.raw(1).status().configuration
    const apply =
      (changes: readonly ConfChangeSingle[], index = 9) =>
      () =>
        cluster
          .raw(1)
          .applyConfChange(
            { version: 2, transition: 'ConfChangeTransitionJointExplicit', changes, context: NO_BYTES },
            index,
          )
    expect(apply([remove(1), remove(2), remove(3)])).toThrowError('removed all voters')
    expect(() => cluster.raw(1).applyConfChange(LEAVE_JOINT, 9)).toThrowError("can't leave a non-joint config")
    expect(cluster.raw(1).status().configuration).toEqual(before)
    apply([add(4)])()
    expect(apply([add(5)], 10)).toThrowError('config is already joint')
  })

  it('a change that the membership in force contains already is passed over: a snapshot has overtaken it', () => {
    const cluster = new Cluster([1, 2, 3])
    const member = cluster.member(1)
    const confState = { ...member.confState, voters: [1, 2] }
    exchange(member, 'MsgSnap', 2, { term: 1, snapshot: { index: 9, term: 1, confState, data: NO_BYTES } })
    const late = { version: 1, ...remove(2), context: NO_BYTES } as const
    expect(member.raw.applyConfChange(late, 9)).toBeUndefined()
    expect(member.raw.applyConfChange({ version: 1, ...add(3), context: NO_BYTES }, 10)?.voters).toEqual([1, 2, 3])
    expect(member.raw.applyConfChange(late, 10)).toBeUndefined()
    expect(member.raw.status().configuration.voters.incoming).toEqual([1, 2, 3])
  })

  it('fewer voters can mean that more is committed', () => {
    const cluster = new Cluster([1, 2, 3, 4])
    cluster.campaign(1)
    cluster.isolate(3, 4)
    cluster.propose(1, 'a')
    expect(cluster.member(1).commands).toEqual([])
    cluster.raw(1).applyConfChange({ version: 1, ...remove(4), context: NO_BYTES }, 9)
    cluster.settle()
    expect(cluster.member(1).commands).toEqual(['a'])
  })
})
