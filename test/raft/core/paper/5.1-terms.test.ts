import { describe, expect, it } from 'vitest'
import type { MessageType } from '../../../../src-main/raft/core/model/message'
import { Cluster, exchange } from '../support/cluster'

describe('section 5.1: terms', () => {
  it.each<[string, (cluster: Cluster) => void]>([
    ['follower', () => undefined],
    ['candidate', (cluster) => cluster.raw(1).campaign()],
    ['leader', (cluster) => cluster.campaign(1)],
  ])('a %s that sees a higher term becomes a follower of that term', (_role, prepare) => {
    const cluster = new Cluster([1, 2, 3], { preVote: false })
    cluster.isolate()
    prepare(cluster)
    exchange(cluster.member(1), 'MsgApp', 2, { term: 7, index: 1, logTerm: 1 })
    expect(cluster.raw(1).status()).toMatchObject({ term: 7, role: 'StateFollower', leader: 2, vote: 0 })
  })

  it('a node keeps its term and says nothing to a request of an earlier one', () => {
    const cluster = new Cluster([1, 2, 3], { preVote: false, checkQuorum: false })
    for (const candidate of [1, 3, 2]) cluster.campaign(candidate)
    const { term } = cluster.raw(3).status()
    expect(term).toBe(3)
    for (const type of ['MsgVote', 'MsgApp', 'MsgHeartbeat', 'MsgSnap'] satisfies MessageType[]) {
      const snapshot = { index: 9, term: 1, confState: cluster.member(3).confState, data: new Uint8Array(0) }
      const { sent } = exchange(cluster.member(3), type, 1, { term: 2, snapshot })
      expect(sent).toEqual([])
    }
    expect(cluster.raw(3).status()).toMatchObject({ term: 3, leader: 2 })
  })

  it('with checkQuorum or preVote a leader of an earlier term is shown the higher one, so that a stuck node comes back', () => {
    const cluster = new Cluster([1, 2, 3], { preVote: false, checkQuorum: true })
    cluster.campaign(1)
    cluster.isolate(3)
    cluster.raw(3).tick()
    for (let ticks = 0; ticks < 40; ticks += 1) cluster.raw(3).tick()
    cluster.settle()
    expect(cluster.raw(3).term).toBeGreaterThan(cluster.raw(1).term)
    cluster.heal()
    cluster.tickAll(40)
    expect(cluster.leaders).toHaveLength(1)
    const terms = [1, 2, 3].map((id) => cluster.raw(id).term)
    expect(new Set(terms).size).toBe(1)
  })
})
