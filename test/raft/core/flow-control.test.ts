import { describe, expect, it } from 'vitest'
import { Cluster, bytesOf, exchange } from './support/cluster'
import type { Member, NodeOptions } from './support/cluster'

/** A leader of two whose follower is in StateReplicate and answers nothing by itself. */
function leaderOf(options: NodeOptions): Member {
  const cluster = new Cluster([1, 2], { preVote: false, checkQuorum: false, ...options })
  cluster.campaign(1)
  return cluster.member(1)
}

function sendMany(leader: Member, count: number, bytes = 1) {
  for (let sent = 0; sent < count; sent += 1) leader.raw.propose(new Uint8Array(bytes))
  return leader.process().filter(({ type }) => type === 'MsgApp')
}

const follower = (leader: Member) => leader.raw.status().members[1]

describe('flow control', () => {
  it('no more messages are under way than the window holds', () => {
    const leader = leaderOf({ maxInflightMessages: 3 })
    expect(sendMany(leader, 10)).toHaveLength(3)
    expect(follower(leader)).toMatchObject({ inflightMessages: 3, inflightFull: true, paused: true })
  })

  it('an acknowledgement frees the messages up to it, and what has waited follows in one message', () => {
    const leader = leaderOf({ maxInflightMessages: 3 })
    sendMany(leader, 10)
    const { sent } = exchange(leader, 'MsgAppResp', 2, { term: 1, index: 4 })
    const appends = sent.filter(({ entries }) => entries.length > 0)
    expect(appends.map(({ entries }) => entries.length)).toEqual([7])
    expect(follower(leader)).toMatchObject({ inflightMessages: 2, match: 4 })
  })

  it('acknowledgements may come in any order and more than once', () => {
    const leader = leaderOf({ maxInflightMessages: 3 })
    sendMany(leader, 3)
    for (const index of [4, 3, 5, 4, 2, 5]) exchange(leader, 'MsgAppResp', 2, { term: 1, index })
    expect(follower(leader)).toMatchObject({ inflightMessages: 0, match: 5, next: 6 })
  })

  it('a full window whose messages are all lost is opened by a heartbeat', () => {
    const leader = leaderOf({ maxInflightMessages: 2 })
    sendMany(leader, 5)
    const { sent } = exchange(leader, 'MsgHeartbeatResp', 2, { term: 1 })
    expect(sent).toMatchObject([{ type: 'MsgApp', entries: [], index: 4 }])
    expect(follower(leader)).toMatchObject({ paused: true })
    const again = exchange(leader, 'MsgAppResp', 2, { term: 1, index: 4, reject: true, rejectHint: 2, logTerm: 1 })
    expect(again.sent.map(({ index, entries }) => [index, entries.length])).toEqual([[2, 5]])
    expect(follower(leader)).toMatchObject({ state: 'StateProbe', inflightMessages: 0 })
  })

  it('no more bytes are under way than allowed, except that one message always goes', () => {
    const leader = leaderOf({ maxInflightBytes: 100, maxMessageBytes: 100 })
    expect(sendMany(leader, 5, 40)).toHaveLength(3)
    expect(follower(leader)).toMatchObject({ inflightBytes: 120, inflightFull: true })
  })

  it('a message is not larger than allowed, except that one entry always goes', () => {
    const leader = leaderOf({ maxMessageBytes: 250 })
    leader.raw.reportUnreachable(2)
    for (let sent = 0; sent < 6; sent += 1) leader.raw.propose(new Uint8Array(60))
    leader.raw.propose(new Uint8Array(1000))
    leader.process()
    const { sent } = exchange(leader, 'MsgAppResp', 2, { term: 1, index: 3 })
    // 60 bytes and what an entry costs beside: two fit.
    expect(sent.filter(({ entries }) => entries.length > 0).map(({ entries }) => entries.length)).toEqual([2, 2, 1, 1])
  })

  it('with maxMessageBytes 0 every entry travels alone', () => {
    const leader = leaderOf({ maxMessageBytes: 0 })
    leader.raw.proposeAll([bytesOf('a'), bytesOf('b'), bytesOf('c')])
    expect(leader.process().map(({ entries }) => entries.length)).toEqual([1])
    const { sent } = exchange(leader, 'MsgAppResp', 2, { term: 1, index: 3 })
    expect(sent.filter(({ entries }) => entries.length > 0).map(({ entries }) => entries.length)).toEqual([1, 1])
  })

  it('while probing one message is under way, and the next goes after a heartbeat', () => {
    const leader = leaderOf({})
    leader.raw.reportUnreachable(2)
    expect(sendMany(leader, 3).map(({ entries }) => entries.length)).toEqual([1])
    expect(follower(leader)).toMatchObject({ state: 'StateProbe', paused: true })
    expect(sendMany(leader, 3)).toEqual([])
    const { sent } = exchange(leader, 'MsgHeartbeatResp', 2, { term: 1 })
    expect(sent.map(({ entries }) => entries.length)).toEqual([6])
  })

  it('no more is handed out for applying than allowed until it is acknowledged', () => {
    const cluster = new Cluster([1], { maxApplyingBytes: 1 })
    cluster.campaign(1)
    const { raw, storage } = cluster.member(1)
    raw.proposeAll([bytesOf('a'), bytesOf('b')])
    storage.append(raw.ready().entries)
    raw.advance()
    const ready = raw.ready()
    expect(ready.committedEntries.map(({ index }) => index)).toEqual([3])
    raw.advance()
    expect(raw.ready().committedEntries.map(({ index }) => index)).toEqual([4])
  })
})

describe('proposals', () => {
  it('a follower does not forward by default: it refuses and names the leader', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(2)
    const outcome = cluster.propose(1, 'a')
    expect(outcome).toEqual({
      kind: 'refused',
      refusal: { code: 'NOT_LEADER', leader: 2, message: 'This node is not the leader; propose to node 2.' },
    })
    expect(cluster.member(1).commands).toEqual([])
  })

  it('a follower that may forward does so', () => {
    const cluster = new Cluster([1, 2, 3], { forwardProposals: true })
    cluster.campaign(2)
    expect(cluster.propose(1, 'a')).toEqual({ kind: 'forwarded', leader: 2 })
    expect(cluster.member(1).commands).toEqual(['a'])
  })

  it.each(['StateFollower', 'StatePreCandidate'])('a %s that knows no leader refuses', (role) => {
    const cluster = new Cluster([1, 2, 3])
    if (role === 'StatePreCandidate') cluster.raw(1).campaign()
    expect(cluster.raw(1).status().role).toBe(role)
    expect(cluster.raw(1).propose(bytesOf('a'))).toMatchObject({ refusal: { code: 'NO_LEADER', leader: 0 } })
  })

  it('several are taken all or none and stand next to each other', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    const outcome = cluster.raw(1).proposeAll([bytesOf('a'), bytesOf('b'), bytesOf('c')])
    expect(outcome).toEqual({ kind: 'appended', term: 1, firstIndex: 3, lastIndex: 5 })
    expect(() => cluster.raw(1).proposeAll([])).toThrowError(/nothing to propose/)
  })

  it('beyond the limit of uncommitted bytes they are dropped until some are applied; one is always taken', () => {
    const cluster = new Cluster([1, 2, 3], { maxUncommittedBytes: 100 })
    cluster.campaign(1)
    cluster.isolate(1)
    expect(cluster.raw(1).propose(new Uint8Array(150)).kind).toBe('appended')
    expect(cluster.raw(1).propose(new Uint8Array(1))).toMatchObject({ refusal: { code: 'UNCOMMITTED_LIMIT' } })
    expect(cluster.raw(1).propose(new Uint8Array(0)).kind).toBe('appended')
    expect(cluster.raw(1).status().uncommittedBytes).toBe(150)
    cluster.settle()
    cluster.heal()
    cluster.tickAll(2)
    expect(cluster.raw(1).status().uncommittedBytes).toBe(0)
    expect(cluster.raw(1).propose(new Uint8Array(1)).kind).toBe('appended')
  })

  it('a refused membership change is not pending, so the next one is taken', () => {
    const cluster = new Cluster([1, 2, 3], { maxUncommittedBytes: 10 })
    cluster.campaign(1)
    cluster.isolate(1)
    cluster.raw(1).propose(new Uint8Array(10))
    const change = { version: 1, type: 'ConfChangeRemoveNode', nodeId: 3, context: bytesOf('') } as const
    expect(cluster.raw(1).proposeConfChange(change)).toMatchObject({ refusal: { code: 'UNCOMMITTED_LIMIT' } })
    cluster.settle()
    cluster.heal()
    cluster.tickAll(2)
    expect(cluster.raw(1).proposeConfChange(change).kind).toBe('appended')
  })
})
