import { describe, expect, it } from 'vitest'
import { Cluster, bytesOf, entriesOfTerms, exchange, storedEntries } from '../support/cluster'

const plain = { preVote: false, checkQuorum: false }

describe('section 5.3: log replication', () => {
  it('a leader appends a proposal, sends it to all others and commits it once a majority has it', () => {
    const cluster = new Cluster([1, 2, 3], plain)
    cluster.campaign(1)
    const member = cluster.member(1)
    const outcome = member.raw.propose(bytesOf('a'))
    expect(outcome).toEqual({ kind: 'appended', term: 1, firstIndex: 3, lastIndex: 3 })
    const sent = member.process()
    expect(sent.map(({ type, to, entries }) => [type, to, entries.length])).toEqual([
      ['MsgApp', 2, 1],
      ['MsgApp', 3, 1],
    ])
    expect(member.raw.status().log.committed).toBe(2)
    exchange(member, 'MsgAppResp', 2, { term: 1, index: 3 })
    expect(member.raw.status().log.committed).toBe(3)
    expect(member.commands).toEqual(['a'])
  })

  it.each<[number, readonly number[], boolean]>([
    [1, [], true],
    [3, [], false],
    [3, [2], true],
    [5, [2], false],
    [5, [2, 3], true],
    [5, [2, 3, 4, 5], true],
  ])('in a group of %i an entry that %j acknowledge is committed: %s', (size, acknowledging, committed) => {
    const cluster = new Cluster(
      Array.from({ length: size }, (_, position) => position + 1),
      plain,
    )
    cluster.campaign(1)
    const member = cluster.member(1)
    const { lastIndex } = member.raw.status().log
    member.raw.propose(bytesOf('a'))
    member.process()
    for (const from of acknowledging) exchange(member, 'MsgAppResp', from, { term: 1, index: lastIndex + 1 })
    expect(member.raw.status().log.committed === lastIndex + 1).toBe(committed)
  })

  it('entries of earlier leaders are committed along with an entry of the current one', () => {
    const cluster = new Cluster([1, 2, 3], plain)
    cluster.campaign(1)
    cluster.deliverOnly(({ type }) => type !== 'MsgAppResp')
    cluster.propose(1, 'a')
    cluster.heal()
    cluster.campaign(2)
    expect(cluster.leaders).toEqual([2])
    for (const id of [1, 2, 3]) expect(cluster.member(id).commands).toEqual(['a'])
  })

  it('followers commit what the leader tells them, in order', () => {
    const cluster = new Cluster([1, 2, 3], plain)
    cluster.campaign(1)
    for (const command of ['a', 'b', 'c']) cluster.propose(1, command)
    for (const id of [1, 2, 3]) expect(cluster.member(id).commands).toEqual(['a', 'b', 'c'])
  })

  it.each<[number, number, boolean, number]>([
    [1, 1, false, 0],
    [2, 1, false, 0],
    [3, 2, false, 0],
    [3, 1, true, 3],
    [4, 2, true, 3],
  ])('an append after (%i, term %i) is rejected: %s, with hint %i', (index, logTerm, reject, rejectHint) => {
    const cluster = new Cluster([1, 2, 3], plain)
    const member = cluster.member(1)
    exchange(member, 'MsgApp', 2, { term: 2, index: 1, logTerm: 1, entries: entriesOfTerms([1, 2]) })
    const { sent } = exchange(member, 'MsgApp', 2, { term: 2, index, logTerm })
    expect(sent).toMatchObject([{ type: 'MsgAppResp', to: 2, reject }])
    if (reject) expect(sent[0]?.rejectHint).toBe(logTerm === 1 ? 2 : rejectHint)
    else expect(sent[0]?.index).toBe(index)
  })

  it.each<[readonly number[], number, number, readonly number[], readonly number[]]>([
    [[1, 2], 3, 2, [3], [1, 2, 3]],
    [[1, 2], 2, 1, [3, 4], [1, 3, 4]],
    [[1, 2], 1, 1, [1], [1, 2]],
    [[1, 2], 1, 1, [3], [3]],
    [[1, 2, 2], 2, 1, [2], [1, 2, 2]],
  ])(
    'a follower with terms %j that is sent, after (%i, term %i), %j ends up with %j',
    (has, index, logTerm, sends, ends) => {
      const cluster = new Cluster([1, 2, 3], plain)
      const member = cluster.member(1)
      exchange(member, 'MsgApp', 2, { term: 2, index: 1, logTerm: 1, entries: entriesOfTerms(has) })
      exchange(member, 'MsgApp', 2, { term: 4, index, logTerm, entries: entriesOfTerms(sends, index + 1) })
      expect(member.storedTerms).toEqual(ends)
    },
  )

  it('a follower never acknowledges more than was compared: a short append to a long log', () => {
    const cluster = new Cluster([1, 2, 3], plain)
    const member = cluster.member(1)
    exchange(member, 'MsgApp', 2, { term: 2, index: 1, logTerm: 1, entries: entriesOfTerms([2, 2, 2]) })
    const { sent } = exchange(member, 'MsgApp', 2, { term: 3, index: 2, logTerm: 2, commit: 4 })
    expect(sent).toMatchObject([{ type: 'MsgAppResp', index: 2, reject: false }])
    expect(member.raw.status().log.committed).toBe(2)
  })

  // Figure 7: what a follower can look like when a new leader of term 8 comes to power.
  const leaderTerms = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]
  it.each<[string, readonly number[]]>([
    ['a', [1, 1, 1, 4, 4, 5, 5, 6, 6]],
    ['b', [1, 1, 1, 4]],
    ['c', [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6]],
    ['d', [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7]],
    ['e', [1, 1, 1, 4, 4, 4, 4]],
    ['f', [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3]],
  ])('figure 7: the leader brings follower %s to its own log', (_name, followerTerms) => {
    const cluster = new Cluster([1, 2, 3], plain)
    const prepare = (id: number, terms: readonly number[], term: number) => {
      const member = cluster.member(id)
      member.storage.append(entriesOfTerms(terms))
      member.storage.setHardState({ term, vote: 0, commit: 1 })
      member.restart()
    }
    prepare(1, leaderTerms, 7)
    prepare(2, followerTerms, 7)
    // The third node gives the leader its majority whatever the second one says.
    cluster.campaign(1)
    expect(cluster.leaders).toEqual([1])
    expect(cluster.raw(1).term).toBe(8)
    cluster.tick(1, 3)
    expect(cluster.member(2).storedTerms).toEqual([...leaderTerms, 8])
    expect(storedEntries(cluster.member(2).storage)).toEqual(storedEntries(cluster.member(1).storage))
  })

  it('a leader needs at most one probe for each term, not one for each entry', () => {
    const cluster = new Cluster([1, 2], { ...plain })
    const prepare = (id: number, terms: readonly number[], term: number) => {
      cluster.member(id).storage.append(entriesOfTerms(terms))
      cluster.member(id).storage.setHardState({ term, vote: 0, commit: 1 })
      cluster.member(id).restart()
    }
    prepare(1, [...Array<number>(50).fill(2), ...Array<number>(50).fill(5)], 5)
    prepare(2, [...Array<number>(20).fill(2), ...Array<number>(100).fill(3)], 5)
    cluster.campaign(1)
    const rejections = cluster.member(2).logger.lines.filter((line) => line.includes('rejected MsgApp'))
    expect(rejections.length).toBeLessThanOrEqual(2)
    expect(cluster.member(2).storedTerms).toEqual(cluster.member(1).storedTerms)
  })
})
