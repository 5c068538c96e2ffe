import { describe, expect, it } from 'vitest'
import { Cluster, bytesOf } from '../support/cluster'

const electionTicks = 10

describe('thesis section 3.10: leadership transfer', () => {
  it('a voter that is up to date takes over at once, with pre-vote and leases in the way', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.raw(1).transferLeader(2)
    cluster.settle()
    expect(cluster.leaders).toEqual([2])
    expect(cluster.raw(2).term).toBe(2)
  })

  it('a voter that is behind is brought up to date first', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.isolate(3)
    cluster.propose(1, 'a')
    cluster.heal()
    cluster.raw(1).reportUnreachable(3)
    cluster.raw(1).transferLeader(3)
    cluster.settle()
    expect(cluster.leaders).toEqual([3])
    expect(cluster.member(3).commands).toEqual(['a'])
  })

  it('a follower passes the request on', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.raw(2).transferLeader(3)
    cluster.settle()
    expect(cluster.leaders).toEqual([3])
  })

  it('proposals are refused meanwhile, and taken again when it comes to nothing within an election timeout', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.isolate(2)
    cluster.raw(1).transferLeader(2)
    cluster.settle()
    expect(cluster.raw(1).status().leadTransferee).toBe(2)
    expect(cluster.propose(1, 'a')).toMatchObject({ kind: 'refused', refusal: { code: 'TRANSFER_IN_PROGRESS' } })
    cluster.tickAll(electionTicks)
    expect(cluster.raw(1).status()).toMatchObject({ leadTransferee: 0, role: 'StateLeader' })
    expect(cluster.propose(1, 'b')).toMatchObject({ kind: 'appended' })
    expect(cluster.member(1).commands).toEqual(['b'])
  })

  it('a later request takes the place of an earlier one; the same one twice is one', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.isolate(2)
    cluster.raw(1).transferLeader(2)
    cluster.raw(1).transferLeader(2)
    cluster.raw(1).transferLeader(3)
    expect(cluster.member(1).logger.lines).toContain(
      'INFO 1 [term 1] transfer leadership to 2 is in progress, ignores request to same node 2',
    )
    expect(cluster.member(1).logger.lines).toContain('INFO 1 [term 1] abort previous transferring leadership to 2')
    cluster.settle()
    expect(cluster.leaders).toEqual([3])
  })

  it.each([
    [1, 'itself'],
    [4, 'a learner'],
    [9, 'a stranger'],
  ])('a request for %i (%s) changes nothing', (target) => {
    const cluster = new Cluster([1, 2, 3], {}, [4])
    cluster.campaign(1)
    cluster.raw(1).transferLeader(target)
    cluster.settle()
    expect(cluster.leaders).toEqual([1])
    expect(cluster.raw(1).status().leadTransferee).toBe(0)
  })

  it('a transfer to somebody who is removed meanwhile is given up', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.isolate(3)
    cluster.raw(1).transferLeader(3)
    const removal = { version: 1, type: 'ConfChangeRemoveNode', nodeId: 3, context: bytesOf('') } as const
    cluster.raw(1).applyConfChange(removal, 9)
    expect(cluster.raw(1).status().leadTransferee).toBe(0)
  })

  it('a request without a leader is dropped', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.raw(1).transferLeader(2)
    expect(cluster.member(1).logger.lines.at(-1)).toBe('INFO 1 no leader at term 0; dropping leader transfer msg')
  })
})
