import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeCommittedIndex, describeMajority } from '../../../../src-main/raft/core/describe/quorum'
import { sortedIds } from '../../../../src-main/raft/core/model/node-id'
import { jointCommittedIndex, jointVoteResult } from '../../../../src-main/raft/core/quorum/joint'
import { majorityCommittedIndex, majorityVoteResult, quorumSize } from '../../../../src-main/raft/core/quorum/majority'

const voters = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 7 }).map(sortedIds)
const indexes = fc.dictionary(fc.integer({ min: 1, max: 9 }).map(String), fc.integer({ min: 0, max: 12 }))
const acked = (known: Readonly<Record<string, number>>) => ({ ackedIndex: (id: number) => known[String(id)] })
const votes = fc
  .dictionary(fc.integer({ min: 1, max: 9 }).map(String), fc.boolean())
  .map((given) => new Map(Object.entries(given).map(([id, vote]) => [Number(id), vote])))

/** Every way to choose so many of the voters. */
function subsets(ids: readonly number[], size: number): ReadonlyArray<readonly number[]> {
  const [first, ...rest] = ids
  if (size === 0) return [[]]
  if (first === undefined) return []
  return [...subsets(rest, size - 1).map((others) => [first, ...others]), ...subsets(rest, size)]
}

describe('the index that a majority holds', () => {
  it('is the best that any majority can offer: the highest, over all majorities, of the lowest index in it', () => {
    fc.assert(
      fc.property(voters, indexes, (ids, known) => {
        const offers = subsets(ids, quorumSize(ids.length)).map((majority) =>
          Math.min(...majority.map((id) => known[String(id)] ?? 0)),
        )
        const expected = ids.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...offers)
        expect(majorityCommittedIndex(ids, acked(known))).toBe(expected)
      }),
      { numRuns: 2000 },
    )
  })

  it('never falls when an index rises', () => {
    fc.assert(
      fc.property(
        voters,
        indexes,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 5 }),
        (ids, known, id, more) => {
          const raised = { ...known, [String(id)]: (known[String(id)] ?? 0) + more }
          expect(majorityCommittedIndex(ids, acked(raised))).toBeGreaterThanOrEqual(
            majorityCommittedIndex(ids, acked(known)),
          )
        },
      ),
    )
  })

  it('of a joint configuration is the lower of both halves, in either order; with itself or with nobody it is the same', () => {
    fc.assert(
      fc.property(voters, voters, indexes, (incoming, outgoing, known) => {
        const of = (left: readonly number[], right: readonly number[]) =>
          jointCommittedIndex({ incoming: left, outgoing: right }, acked(known))
        const [left, right] = [incoming, outgoing].map((half) => majorityCommittedIndex(half, acked(known)))
        expect(of(incoming, outgoing)).toBe(Math.min(left ?? 0, right ?? 0))
        expect(of(outgoing, incoming)).toBe(of(incoming, outgoing))
        expect(of(incoming, incoming)).toBe(left)
        expect(of(incoming, [])).toBe(left)
      }),
    )
  })

  it('is printed with one line a voter', () => {
    fc.assert(
      fc.property(voters, indexes, (ids, known) => {
        const lines = describeMajority(ids, acked(known)).split('\n')
        expect(lines).toHaveLength(ids.length === 0 ? 1 : ids.length + 2)
      }),
    )
    expect(describeCommittedIndex(Number.POSITIVE_INFINITY)).toBe('∞')
  })
})

describe('the result of a vote', () => {
  it('is won or lost exactly if no answer that is missing could change it', () => {
    fc.assert(
      fc.property(voters, votes, (ids, given) => {
        const complete = (missing: boolean) => {
          const all = new Map(ids.map((id) => [id, given.get(id) ?? missing]))
          return majorityVoteResult(ids, all)
        }
        const [best, worst] = [complete(true), complete(false)]
        expect(majorityVoteResult(ids, given)).toBe(best === worst ? best : 'VotePending')
      }),
      { numRuns: 2000 },
    )
  })

  it('of a joint configuration is won in both halves, lost in one, in either order', () => {
    fc.assert(
      fc.property(voters, voters, votes, (incoming, outgoing, given) => {
        const halves = [incoming, outgoing].map((half) => majorityVoteResult(half, given))
        const expected = halves.every((result) => result === 'VoteWon')
          ? 'VoteWon'
          : halves.includes('VoteLost')
            ? 'VoteLost'
            : 'VotePending'
        expect(jointVoteResult({ incoming, outgoing }, given)).toBe(expected)
        expect(jointVoteResult({ incoming: outgoing, outgoing: incoming }, given)).toBe(expected)
      }),
    )
  })
})
