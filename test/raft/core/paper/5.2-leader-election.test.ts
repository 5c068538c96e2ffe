import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemoryStorage } from '../../../../src-main/raft/core/log/memory-storage'
import { NO_BYTES } from '../../../../src-main/raft/core/model/entry'
import { RawNode } from '../../../../src-main/raft/core/raw-node'
import { Cluster, exchange } from '../support/cluster'

const plain = { preVote: false, checkQuorum: false }

describe('section 5.2: leader election', () => {
  it('a node starts as a follower', () => {
    expect(new Cluster([1, 2, 3]).raw(1).status()).toMatchObject({ role: 'StateFollower', term: 0, leader: 0 })
  })

  it('a leader sends heartbeats to all others at every heartbeat interval', () => {
    const cluster = new Cluster([1, 2, 3], { ...plain, heartbeatTicks: 2, electionTicks: 10 })
    cluster.campaign(1)
    const member = cluster.member(1)
    member.raw.tick()
    expect(member.process()).toEqual([])
    member.raw.tick()
    expect(member.process().map(({ type, to }) => [type, to])).toEqual([
      ['MsgHeartbeat', 2],
      ['MsgHeartbeat', 3],
    ])
  })

  it.each(['follower', 'candidate'])(
    'a %s that hears nothing for its election timeout campaigns in the next term',
    (role) => {
      const cluster = new Cluster([1, 2, 3], plain)
      const member = cluster.member(1)
      if (role === 'candidate') {
        member.raw.campaign()
        member.process()
      }
      const { term, randomizedElectionTimeout } = member.raw.status()
      for (let ticks = 1; ticks < randomizedElectionTimeout; ticks += 1) member.raw.tick()
      expect(member.raw.term).toBe(term)
      member.raw.tick()
      expect(member.raw.status()).toMatchObject({ term: term + 1, role: 'StateCandidate', vote: 1 })
      expect(member.process().map(({ type, to, term: sent }) => [type, to, sent])).toEqual([
        ['MsgVote', 2, term + 1],
        ['MsgVote', 3, term + 1],
      ])
    },
  )

  it.each<[number, number, string]>([
    [1, 0, 'StateLeader'],
    [3, 0, 'StateCandidate'],
    [3, 1, 'StateLeader'],
    [5, 1, 'StateCandidate'],
    [5, 2, 'StateLeader'],
    [5, 4, 'StateLeader'],
  ])('in a group of %i a candidate with %i votes of others is a %s', (size, votes, role) => {
    const ids = Array.from({ length: size }, (_, position) => position + 1)
    const cluster = new Cluster(ids, plain)
    const member = cluster.member(1)
    member.raw.campaign()
    member.process()
    for (const from of ids.slice(1, votes + 1)) exchange(member, 'MsgVoteResp', from, { term: 1 })
    expect(member.raw.status().role).toBe(role)
  })

  it.each<[number, number, string]>([
    [3, 1, 'StateCandidate'],
    [3, 2, 'StateFollower'],
    [5, 2, 'StateCandidate'],
    [5, 3, 'StateFollower'],
  ])('in a group of %i a candidate that %i others reject is a %s', (size, rejections, role) => {
    const ids = Array.from({ length: size }, (_, position) => position + 1)
    const cluster = new Cluster(ids, plain)
    const member = cluster.member(1)
    member.raw.campaign()
    member.process()
    for (const from of ids.slice(1, rejections + 1)) exchange(member, 'MsgVoteResp', from, { term: 1, reject: true })
    expect(member.raw.status()).toMatchObject({ role, term: 1 })
  })

  it('a repeated vote counts once, and the first answer stands', () => {
    const cluster = new Cluster([1, 2, 3, 4, 5], plain)
    const member = cluster.member(1)
    member.raw.campaign()
    member.process()
    exchange(member, 'MsgVoteResp', 2, { term: 1 })
    exchange(member, 'MsgVoteResp', 2, { term: 1 })
    exchange(member, 'MsgVoteResp', 3, { term: 1, reject: true })
    exchange(member, 'MsgVoteResp', 3, { term: 1 })
    expect(member.raw.status().role).toBe('StateCandidate')
  })

  it('a follower votes for at most one candidate in a term, first come first served', () => {
    const cluster = new Cluster([1, 2, 3], plain)
    const member = cluster.member(1)
    const ask = (from: number) => {
      const { sent } = exchange(member, 'MsgVote', from, { term: 1, index: 1, logTerm: 1 })
      return sent.map(({ to, reject }) => [to, reject])
    }
    expect(ask(2)).toEqual([[2, false]])
    expect(ask(3)).toEqual([[3, true]])
    expect(ask(2)).toEqual([[2, false]])
    expect(member.storage.initialState().hardState).toMatchObject({ term: 1, vote: 2 })
  })

  it('a vote survives a restart', () => {
    const cluster = new Cluster([1, 2, 3], plain)
    const member = cluster.member(1)
    exchange(member, 'MsgVote', 2, { term: 5, index: 1, logTerm: 1 })
    member.restart()
    const { sent } = exchange(member, 'MsgVote', 3, { term: 5, index: 9, logTerm: 5 })
    expect(sent).toMatchObject([{ type: 'MsgVoteResp', to: 3, reject: true }])
  })

  it.each([0, 1])('a candidate gives way to a leader of its own or a later term (%i later)', (later) => {
    const cluster = new Cluster([1, 2, 3], plain)
    const member = cluster.member(1)
    member.raw.campaign()
    member.process()
    exchange(member, 'MsgApp', 2, { term: 1 + later, index: 1, logTerm: 1 })
    expect(member.raw.status()).toMatchObject({ role: 'StateFollower', term: 1 + later, leader: 2 })
  })

  it('election timeouts are drawn from the election ticks up to twice as many less one, with all values possible', () => {
    const drawn = new Set<number>()
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 }), (choice) => {
        const asked: Array<readonly [number, number]> = []
        const node = new RawNode({
          id: 1,
          storage: new MemoryStorage(),
          electionTicks: 10,
          heartbeatTicks: 1,
          random: {
            integer: (low, high) => {
              asked.push([low, high])
              return low + choice
            },
          },
        })
        expect(asked).toEqual([[10, 19]])
        drawn.add(node.status().randomizedElectionTimeout)
      }),
      { examples: Array.from({ length: 10 }, (_, choice) => [choice] as [number]) },
    )
    expect(drawn).toEqual(new Set([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]))
  })

  it('a learner votes when it is asked and never campaigns', () => {
    const cluster = new Cluster([1, 2], plain, [3])
    const learner = cluster.member(3)
    const { sent } = exchange(learner, 'MsgVote', 2, { term: 1, index: 1, logTerm: 1 })
    expect(sent).toMatchObject([{ type: 'MsgVoteResp', to: 2, reject: false }])
    learner.raw.campaign()
    for (let ticks = 0; ticks < 50; ticks += 1) learner.raw.tick()
    expect(learner.raw.status()).toMatchObject({ role: 'StateFollower', term: 1 })
  })

  it('a node waits with campaigning until committed membership changes are applied', () => {
    const cluster = new Cluster([1, 2, 3], plain)
    cluster.campaign(1)
    const member = cluster.member(2)
    const change = cluster
      .raw(1)
      .proposeConfChange({ version: 1, type: 'ConfChangeAddNode', nodeId: 4, context: NO_BYTES })
    expect(change.kind).toBe('appended')
    // The change reaches node 2 and is committed there, but nothing is applied yet.
    const [append] = cluster
      .member(1)
      .process()
      .filter(({ to }) => to === 2)
    expect(append?.type).toBe('MsgApp')
    if (append !== undefined) member.raw.step({ ...append, commit: append.index + 1 })
    member.raw.campaign()
    expect(member.raw.status().role).toBe('StateFollower')
    expect(member.logger.lines.at(-1)).toBe(
      'WARN 2 cannot campaign at term 1 since there are still pending configuration changes to apply',
    )
    member.process()
    member.raw.campaign()
    expect(member.raw.status().role).toBe('StateCandidate')
  })
})
