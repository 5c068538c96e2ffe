import { describe, expect, it } from 'vitest'
import { MemoryStorage } from '../../../src-main/raft/core/log/memory-storage'
import { NO_BYTES } from '../../../src-main/raft/core/model/entry'
import { RawNode } from '../../../src-main/raft/core/raw-node'
import { Cluster, entriesOfTerms } from './support/cluster'

const confState = { voters: [1, 2], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false }

function start(storage: MemoryStorage, applied = 0): RawNode {
  return new RawNode({
    id: 1,
    storage,
    electionTicks: 10,
    heartbeatTicks: 1,
    random: { integer: (low) => low },
    applied,
  })
}

describe('a node that starts again', () => {
  it('finds term, vote, commit index, membership and log, and applies what is committed again', () => {
    const storage = new MemoryStorage()
    storage.applySnapshot({ index: 1, term: 1, confState, data: NO_BYTES })
    storage.append(entriesOfTerms([1, 2, 2]))
    storage.setHardState({ term: 3, vote: 2, commit: 3 })
    const node = start(storage)
    expect(node.status()).toMatchObject({
      role: 'StateFollower',
      term: 3,
      vote: 2,
      leader: 0,
      log: { firstIndex: 2, lastIndex: 4, durable: 4, committed: 3, applied: 1 },
    })
    const ready = node.ready()
    expect(ready).toMatchObject({ hardState: undefined, softState: undefined, entries: [], mustSync: false })
    expect(ready.committedEntries.map(({ index }) => index)).toEqual([2, 3])
    node.advance()
    expect(node.hasReady()).toBe(false)
  })

  it('does not apply again what it is told was applied', () => {
    const storage = new MemoryStorage()
    storage.applySnapshot({ index: 1, term: 1, confState, data: NO_BYTES })
    storage.append(entriesOfTerms([1, 1]))
    storage.setHardState({ term: 1, vote: 0, commit: 3 })
    expect(
      start(storage, 2)
        .ready()
        .committedEntries.map(({ index }) => index),
    ).toEqual([3])
  })

  it('refuses a hard state that does not fit the log: entries are lost', () => {
    const storage = new MemoryStorage()
    storage.applySnapshot({ index: 1, term: 1, confState, data: NO_BYTES })
    storage.setHardState({ term: 1, vote: 0, commit: 7 })
    expect(() => start(storage)).toThrowError('1 state.commit 7 is out of range [1, 1]')
  })

  it('takes what is compacted or applied for committed, because the commit index need not have been durable', () => {
    const storage = new MemoryStorage()
    storage.applySnapshot({ index: 1, term: 1, confState, data: NO_BYTES })
    storage.append(entriesOfTerms([1, 1, 1]))
    storage.setHardState({ term: 1, vote: 0, commit: 1 })
    expect(start(storage, 3).status().log).toMatchObject({ committed: 3, applied: 3 })
    storage.compact(2)
    expect(start(storage).status().log).toMatchObject({ committed: 2, applied: 2 })
  })

  it('refuses an applied index beyond the log, or before what was compacted', () => {
    const storage = new MemoryStorage()
    storage.applySnapshot({ index: 5, term: 1, confState, data: NO_BYTES })
    expect(() => start(storage, 6)).toThrowError('1 state.commit 6 is out of range [5, 5]')
    expect(() => start(storage, 4)).toThrowError('applied(4) is out of range [prevApplied(5), committed(5)]')
  })

  it('joins its group again and loses nothing', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.propose(1, 'a')
    cluster.member(2).restart()
    cluster.propose(1, 'b')
    cluster.tick(1, 2)
    expect(cluster.member(2).commands).toEqual(['a', 'b'])
  })

  it('the whole group comes back with what it had acknowledged', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    for (const command of ['a', 'b', 'c']) cluster.propose(1, command)
    for (const member of cluster.members.values()) member.restart()
    cluster.tickAll(40)
    expect(cluster.leaders).toHaveLength(1)
    for (const member of cluster.members.values()) expect(member.commands).toEqual(['a', 'b', 'c'])
  })
})
