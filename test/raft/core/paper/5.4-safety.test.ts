import { describe, expect, it } from 'vitest'
import { RaftInvariantError } from '../../../../src-main/raft/core/errors'
import { RaftLog } from '../../../../src-main/raft/core/log/raft-log'
import { NO_LIMIT } from '../../../../src-main/raft/core/model/entry'
import { Cluster, bytesOf, entriesOfTerms, exchange } from '../support/cluster'

const plain = { preVote: false, checkQuorum: false }

describe('section 5.4: safety', () => {
  it.each<[readonly number[], number, number, boolean]>([
    // Same last term: the longer log, or an equally long one, wins.
    [[1], 1, 2, true],
    [[1], 1, 3, true],
    [[1, 1], 1, 2, false],
    // A later last term wins, however long the logs are.
    [[1], 2, 2, true],
    [[1, 1], 2, 2, true],
    [[2], 1, 9, false],
    [[2, 2], 1, 2, false],
  ])(
    '5.4.1: a voter with terms %j grants a candidate that ends with (term %i, index %i): %s',
    (has, logTerm, index, granted) => {
      const cluster = new Cluster([1, 2], plain)
      const member = cluster.member(1)
      member.storage.append(entriesOfTerms(has))
      member.storage.setHardState({ term: 2, vote: 0, commit: 1 })
      member.restart()
      const { sent } = exchange(member, 'MsgVote', 2, { term: 3, index, logTerm })
      expect(sent).toMatchObject([{ type: 'MsgVoteResp', reject: !granted }])
    },
  )

  it('5.4.1: a candidate says how its log ends', () => {
    const cluster = new Cluster([1, 2], plain)
    const member = cluster.member(1)
    member.storage.append(entriesOfTerms([1, 3]))
    member.restart()
    member.raw.campaign()
    expect(member.process()).toMatchObject([{ type: 'MsgVote', logTerm: 3, index: 3 }])
  })

  it('5.4.2, figure 8: an entry of an earlier term is not committed by counting who has it', () => {
    const cluster = new Cluster([1, 2, 3], plain)
    const member = cluster.member(1)
    member.storage.append(entriesOfTerms([1, 2]))
    member.storage.setHardState({ term: 2, vote: 0, commit: 1 })
    member.restart()
    member.raw.campaign()
    member.process()
    exchange(member, 'MsgVoteResp', 2, { term: 3 })
    expect(member.raw.isLeader).toBe(true)
    // A majority has everything up to index 3, the last entry of term 2.
    exchange(member, 'MsgAppResp', 2, { term: 3, index: 3 })
    expect(member.raw.status().log.committed).toBe(1)
    // Index 4 is the entry of its own term.
    exchange(member, 'MsgAppResp', 2, { term: 3, index: 4 })
    expect(member.raw.status().log.committed).toBe(4)
  })

  it('a leader appends one empty entry of its own term when it is elected', () => {
    const cluster = new Cluster([1, 2, 3], plain)
    cluster.campaign(1)
    expect(cluster.member(3).applied.map(({ term, index, data }) => [term, index, data.length])).toEqual([[1, 2, 0]])
  })

  it('a leader never overwrites its own entries', () => {
    const cluster = new Cluster([1, 2, 3], plain)
    cluster.campaign(1)
    cluster.isolate(1)
    cluster.raw(1).propose(bytesOf('mine'))
    cluster.settle()
    const before = cluster.member(1).storedTerms
    const { sent } = exchange(cluster.member(1), 'MsgVote', 2, { term: 1, index: 9, logTerm: 1 })
    expect(sent).toMatchObject([{ reject: true }])
    expect(cluster.member(1).storedTerms).toEqual(before)
  })

  it('a commit index beyond the log stops the node: it has lost entries that it once acknowledged', () => {
    const member = new Cluster([1, 2, 3], plain).member(1)
    exchange(member, 'MsgApp', 2, { term: 2, index: 1, logTerm: 1, commit: 3, entries: entriesOfTerms([2, 2]) })
    expect(() => exchange(member, 'MsgHeartbeat', 2, { term: 2, commit: 99 })).toThrowError(
      new RaftInvariantError(
        'tocommit(99) is out of range [lastIndex(3)]. Was the raft log corrupted, truncated, or lost?',
      ),
    )
    expect(member.logger.lines.at(-1)).toMatch(/^FATAL tocommit\(99\)/)
  })

  it('an entry that contradicts a committed one stops the node instead of replacing it', () => {
    const member = new Cluster([1, 2, 3], plain).member(1)
    exchange(member, 'MsgApp', 2, { term: 2, index: 1, logTerm: 1, commit: 3, entries: entriesOfTerms([2, 2]) })
    // Such an append begins before the commit index only if it is older than the commit; then it is answered, not
    // taken.
    const old = exchange(member, 'MsgApp', 3, { term: 3, index: 1, logTerm: 1, entries: entriesOfTerms([3, 3]) })
    expect(old.sent).toMatchObject([{ type: 'MsgAppResp', index: 3, reject: false }])
    expect(member.storedTerms).toEqual([2, 2])
    const log = new RaftLog(member.storage, member.logger, NO_LIMIT)
    log.commitTo(3)
    const slice = { previous: { term: 1, index: 1 }, entries: entriesOfTerms([3]) }
    expect(() => log.maybeAppend(slice, 3)).toThrowError(
      new RaftInvariantError('entry 2 conflict with committed entry [committed(3)]'),
    )
  })
})
