import { describe, expect, it } from 'vitest'
import { Cluster, entriesOfTerms, exchange } from '../support/cluster'

const onlyPreVote = { preVote: true, checkQuorum: false }

describe('thesis section 9.6: pre-vote', () => {
  it('a node that was cut off raises no term and deposes nobody when it comes back', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.isolate(3)
    cluster.tickAll(100)
    expect(cluster.raw(3).status()).toMatchObject({ role: 'StatePreCandidate', term: 1 })
    cluster.heal()
    cluster.tickAll(5)
    expect(cluster.leaders).toEqual([1])
    expect(cluster.raw(1).term).toBe(1)
    expect(cluster.raw(3).status()).toMatchObject({ role: 'StateFollower', leader: 1 })
  })

  it('asking costs no vote and no term', () => {
    const cluster = new Cluster([1, 2, 3], onlyPreVote)
    const member = cluster.member(1)
    const { sent } = exchange(member, 'MsgPreVote', 2, { term: 5, index: 1, logTerm: 1 })
    expect(sent).toMatchObject([{ type: 'MsgPreVoteResp', term: 5, reject: false }])
    expect(member.raw.status()).toMatchObject({ term: 0, vote: 0 })
    expect(member.storage.initialState().hardState).toMatchObject({ term: 0, vote: 0 })
  })

  it('a candidate with an older log is told so, in the term of the one who answers', () => {
    const cluster = new Cluster([1, 2, 3], onlyPreVote)
    const member = cluster.member(1)
    exchange(member, 'MsgApp', 2, { term: 2, index: 1, logTerm: 1, entries: entriesOfTerms([2]) })
    const { sent } = exchange(member, 'MsgPreVote', 3, { term: 4, index: 1, logTerm: 1 })
    expect(sent).toMatchObject([{ type: 'MsgPreVoteResp', term: 2, reject: true }])
  })

  it('a rejection of a higher term brings the candidate into that term as a follower', () => {
    const cluster = new Cluster([1, 2, 3], onlyPreVote)
    const member = cluster.member(1)
    member.raw.campaign()
    member.process()
    exchange(member, 'MsgPreVoteResp', 2, { term: 8, reject: true })
    expect(member.raw.status()).toMatchObject({ role: 'StateFollower', term: 8 })
  })

  it('a majority that would vote starts the real election, which uses the promised term', () => {
    const cluster = new Cluster([1, 2, 3], onlyPreVote)
    const member = cluster.member(1)
    member.raw.campaign()
    member.process()
    const { sent } = exchange(member, 'MsgPreVoteResp', 2, { term: 1 })
    expect(member.raw.status()).toMatchObject({ role: 'StateCandidate', term: 1, vote: 1 })
    expect(sent.map(({ type, to, term }) => [type, to, term])).toEqual([
      ['MsgVote', 2, 1],
      ['MsgVote', 3, 1],
    ])
    // A late answer to the first question is no vote.
    exchange(member, 'MsgPreVoteResp', 3, { term: 1 })
    expect(member.raw.status().role).toBe('StateCandidate')
  })

  it('a pre-vote of an earlier term is rejected in the current one, so that its sender does not stay behind', () => {
    const cluster = new Cluster([1, 2, 3], onlyPreVote)
    const member = cluster.member(1)
    exchange(member, 'MsgHeartbeat', 2, { term: 6 })
    const { sent } = exchange(member, 'MsgPreVote', 3, { term: 3, index: 9, logTerm: 2 })
    expect(sent).toMatchObject([{ type: 'MsgPreVoteResp', to: 3, term: 6, reject: true }])
  })
})

describe('thesis section 6.2: checkQuorum', () => {
  it('a leader that does not hear from a quorum for an election timeout steps down', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.isolate(1)
    for (let ticks = 0; ticks < 20; ticks += 1) cluster.raw(1).tick()
    expect(cluster.raw(1).status()).toMatchObject({ role: 'StateFollower', leader: 0, term: 1 })
  })

  it('a leader that hears from a quorum stays', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.isolate(3)
    cluster.tickAll(100)
    expect(cluster.raw(1).isLeader).toBe(true)
  })

  it('voters that hear a leader ignore candidates, unless the leader itself wants the election', () => {
    const cluster = new Cluster([1, 2, 3], { preVote: false })
    cluster.campaign(1)
    const { sent } = exchange(cluster.member(2), 'MsgVote', 3, { term: 9, index: 9, logTerm: 9 })
    expect(sent).toEqual([])
    expect(cluster.raw(2).status()).toMatchObject({ term: 1, leader: 1 })
    const forced = exchange(cluster.member(2), 'MsgVote', 3, {
      term: 9,
      index: 9,
      logTerm: 9,
      context: new TextEncoder().encode('CampaignTransfer'),
    })
    expect(forced.sent).toMatchObject([{ type: 'MsgVoteResp', reject: false }])
  })

  it('a new member counts as heard of at first, so that its arrival does not depose the leader', () => {
    const cluster = new Cluster([1, 2])
    cluster.campaign(1)
    cluster.tickAll(9)
    const newcomer = { version: 1, type: 'ConfChangeAddNode', context: new Uint8Array(0) } as const
    cluster.raw(1).applyConfChange({ ...newcomer, nodeId: 3 }, 8)
    cluster.raw(1).applyConfChange({ ...newcomer, nodeId: 4 }, 9)
    cluster.tickAll(2)
    expect(cluster.raw(1).isLeader).toBe(true)
  })
})
