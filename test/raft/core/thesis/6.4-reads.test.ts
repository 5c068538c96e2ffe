import { describe, expect, it } from 'vitest'
import { Cluster, bytesOf, exchange } from '../support/cluster'

const token = bytesOf('read')
const readsOf = (cluster: Cluster, id: number) =>
  cluster.member(id).readStates.map(({ index, context }) => [index, new TextDecoder().decode(context)])

describe('thesis section 6.4: reads that do not go through the log', () => {
  it('a leader answers at its commit index once a quorum has answered a heartbeat sent after the request', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.propose(1, 'a')
    const member = cluster.member(1)
    member.raw.readIndex(token)
    expect(member.process().map(({ type, to, context }) => [type, to, context])).toEqual([
      ['MsgHeartbeat', 2, token],
      ['MsgHeartbeat', 3, token],
    ])
    expect(member.readStates).toEqual([])
    cluster.tick(1)
    expect(readsOf(cluster, 1)).toEqual([[3, 'read']])
  })

  it('a leader that a majority has left does not answer', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.isolate(1)
    cluster.raw(1).readIndex(token)
    cluster.tick(1, 5)
    expect(cluster.member(1).readStates).toEqual([])
    cluster.tick(1, 20)
    expect(cluster.raw(1).status()).toMatchObject({ role: 'StateFollower', waitingReads: 0 })
  })

  it('a follower has the leader answer and may read when it has applied that far', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.raw(3).readIndex(token)
    cluster.settle()
    expect(readsOf(cluster, 3)).toEqual([[2, 'read']])
    expect(cluster.member(1).readStates).toEqual([])
  })

  it('a leader that has committed nothing in its term keeps reads until it has', () => {
    const cluster = new Cluster([1, 2, 3], { preVote: false, checkQuorum: false })
    cluster.campaign(2)
    cluster.deliverOnly(({ type }) => type !== 'MsgAppResp')
    cluster.campaign(1)
    cluster.raw(1).readIndex(token)
    cluster.tick(1, 2)
    expect(cluster.member(1).readStates).toEqual([])
    expect(cluster.raw(1).status().waitingReads).toBe(1)
    cluster.heal()
    cluster.propose(1, 'a')
    cluster.tick(1, 2)
    expect(readsOf(cluster, 1)).toEqual([[4, 'read']])
  })

  it('one round of heartbeats answers every read before it, in order and each at its own index', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.deliverOnly(({ type }) => type !== 'MsgHeartbeat')
    cluster.raw(1).readIndex(bytesOf('first'))
    cluster.settle()
    cluster.propose(1, 'a')
    cluster.raw(1).readIndex(bytesOf('second'))
    cluster.settle()
    expect(cluster.member(1).readStates).toEqual([])
    cluster.heal()
    cluster.tick(1)
    expect(readsOf(cluster, 1)).toEqual([
      [2, 'first'],
      [3, 'second'],
    ])
  })

  it('the only voter answers at once', () => {
    const cluster = new Cluster([1], {}, [2])
    cluster.campaign(1)
    cluster.raw(1).readIndex(token)
    expect(cluster.raw(1).ready().readStates).toMatchObject([{ index: 2 }])
  })

  it('the only voter too keeps reads until it has committed something in its term', () => {
    const cluster = new Cluster([1], { preVote: false })
    cluster.campaign(1)
    cluster.member(1).restart()
    const raw = cluster.raw(1)
    raw.campaign()
    raw.ready()
    raw.advance()
    expect(raw.isLeader).toBe(true)
    raw.readIndex(token)
    expect(raw.status().waitingReads).toBe(1)
    cluster.settle()
    expect(readsOf(cluster, 1)).toEqual([[3, 'read']])
  })

  it('without a leader a read is dropped; without a token it is refused', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.raw(1).readIndex(token)
    cluster.settle()
    expect(cluster.member(1).readStates).toEqual([])
    expect(cluster.member(1).logger.lines.at(-1)).toBe('INFO 1 no leader at term 0; dropping index reading msg')
    expect(() => cluster.raw(1).readIndex(new Uint8Array(0))).toThrowError(/token/)
  })

  it('in a joint configuration both halves must confirm', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    cluster.raw(1).proposeConfChange({
      version: 2,
      transition: 'ConfChangeTransitionJointExplicit',
      changes: [
        { type: 'ConfChangeRemoveNode', nodeId: 2 },
        { type: 'ConfChangeRemoveNode', nodeId: 3 },
      ],
      context: new Uint8Array(0),
    })
    cluster.settle()
    cluster.isolate(2, 3)
    cluster.raw(1).readIndex(token)
    cluster.tick(1)
    expect(cluster.member(1).readStates).toEqual([])
    cluster.heal()
    cluster.tick(1)
    expect(cluster.member(1).readStates).toHaveLength(1)
  })
})

describe('thesis section 6.4.1: reads on a lease', () => {
  const lease = { readMode: 'lease', electionTicks: 10, heartbeatTicks: 1 } as const

  function leaderWithLease(options = {}): Cluster {
    const cluster = new Cluster([1, 2, 3], { ...lease, ...options })
    cluster.campaign(1)
    cluster.tickAll()
    return cluster
  }

  const answersAlone = (cluster: Cluster, id = 1) => {
    const { raw } = cluster.member(id)
    raw.readIndex(token)
    const ready = raw.ready()
    raw.advance()
    return ready.readStates.length === 1
  }

  it('a leader that a quorum followed lately answers without asking', () => {
    const cluster = leaderWithLease()
    expect(cluster.raw(1).status().leaseTimeLeft).toBeGreaterThan(0)
    expect(answersAlone(cluster)).toBe(true)
  })

  it('before the first heartbeats are answered it asks', () => {
    const cluster = new Cluster([1, 2, 3], lease)
    cluster.campaign(1)
    expect(answersAlone(cluster)).toBe(false)
  })

  it('before something of its own term is committed it does not answer, though a lease holds', () => {
    const cluster = leaderWithLease()
    cluster.deliverOnly(({ type }) => type !== 'MsgAppResp')
    cluster.raw(1).transferLeader(2)
    cluster.settle()
    cluster.tickAll()
    expect(cluster.leaders).toEqual([2])
    expect(cluster.raw(2).status().leaseTimeLeft).toBeGreaterThan(0)
    expect(cluster.raw(2).leasedReadIndex()).toBeUndefined()
    expect(answersAlone(cluster, 2)).toBe(false)
    cluster.heal()
    cluster.tickAll(2)
    expect(cluster.raw(2).leasedReadIndex()).toBe(3)
  })

  it('a read that waited for that does not rest on a lease: nobody has told meanwhile how late it is', () => {
    const cluster = leaderWithLease({ leaseMs: 100 })
    cluster.deliverOnly(({ type }) => type !== 'MsgAppResp')
    cluster.raw(1).transferLeader(2)
    cluster.settle()
    cluster.tickAll()
    cluster.raw(3).readIndex(token)
    cluster.settle()
    expect(cluster.raw(2).status()).toMatchObject({ role: 'StateLeader', waitingReads: 1, leaseTimeLeft: 100 })
    cluster.deliverOnly(({ type, context }) => type !== 'MsgHeartbeatResp' || context.length === 0)
    cluster.tickAll()
    expect(cluster.raw(2).leasedReadIndex()).toBe(3)
    expect(cluster.member(3).readStates).toEqual([])
    cluster.heal()
    cluster.tickAll()
    expect(readsOf(cluster, 3)).toEqual([[3, 'read']])
  })

  it('the lease ends before any voter may elect somebody else, whatever the phase of their ticks', () => {
    const cluster = leaderWithLease()
    cluster.isolate(1)
    let ticks = 0
    while (answersAlone(cluster)) {
      cluster.raw(1).tick()
      ticks += 1
    }
    expect(ticks).toBeGreaterThan(0)
    // In the time in which the leader ticked that often, and answered until just before the last tick, a voter can have
    // ticked as often and not more.
    const request = { term: cluster.raw(1).term + 1, index: 99, logTerm: 99 }
    for (let ticked = 0; ticked < ticks; ticked += 1) cluster.raw(3).tick()
    expect(exchange(cluster.member(3), 'MsgVote', 2, request).sent).toEqual([])
    // One tick later it is free: the lease gives away no more than it must.
    cluster.raw(3).tick()
    expect(exchange(cluster.member(3), 'MsgVote', 2, request).sent).toMatchObject([{ reject: false }])
  })

  it('counts the lease in the time that its driver tells, not in ticks of its own', () => {
    const cluster = new Cluster([1, 2, 3], { ...lease, leaseMs: 100 })
    cluster.raw(1).leaseTimeIs(1_000)
    cluster.campaign(1)
    cluster.tickAll()
    expect(cluster.raw(1).status().leaseTimeLeft).toBe(100)
    expect(cluster.raw(1).leasedReadIndex()).toBe(2)
    cluster.isolate(1)
    cluster.raw(1).leaseTimeIs(1_099)
    cluster.tick(1)
    expect(cluster.raw(1).leasedReadIndex()).toBe(2)
    // It stood still for a while: not one tick more, and the lease is over.
    cluster.raw(1).leaseTimeIs(1_100)
    expect(cluster.raw(1).leasedReadIndex()).toBeUndefined()
    cluster.raw(1).leaseTimeIs(1_050)
    expect(cluster.raw(1).leasedReadIndex()).toBeUndefined()
  })

  it('borrows no lease from a voter that honours none', () => {
    const heartbeat = { term: 1, leaseTime: 7 }
    const honouring = new Cluster([1, 2, 3], lease).member(2)
    expect(exchange(honouring, 'MsgHeartbeat', 1, heartbeat).sent).toMatchObject([{ leaseTime: 7 }])
    const other = new Cluster([1, 2, 3]).member(2)
    expect(exchange(other, 'MsgHeartbeat', 1, heartbeat).sent).toMatchObject([{ leaseTime: 0 }])
  })

  it('holds no lease of no length', () => {
    const cluster = new Cluster([1, 2, 3], { ...lease, leaseMs: 0 })
    cluster.campaign(1)
    cluster.tickAll()
    expect(answersAlone(cluster)).toBe(false)
  })

  it('asks the quorum in spite of a lease if it is to', () => {
    const { raw } = leaderWithLease().member(1)
    raw.readIndex(token, 'safe')
    const ready = raw.ready()
    expect(ready.readStates).toEqual([])
    expect(ready.messages.map(({ type }) => type)).toEqual(['MsgHeartbeat', 'MsgHeartbeat'])
  })

  it('a voter that cannot have promised anything to a living leader need not wait when it starts again', () => {
    const owing = leaderWithLease()
    owing.member(2).restart()
    owing.raw(2).campaign()
    expect(owing.raw(2).status().role).toBe('StateFollower')
    const free = leaderWithLease({ mayOweLease: false })
    free.member(2).restart()
    free.raw(2).campaign()
    expect(free.raw(2).status().role).toBe('StatePreCandidate')
  })

  it('clocks that may drift shorten the lease', () => {
    const straight = leaderWithLease().raw(1).status().leaseTimeLeft
    const drifting = leaderWithLease({ maxClockDriftTicks: 3 }).raw(1).status().leaseTimeLeft
    expect(straight - drifting).toBe(3)
  })

  it('a voter keeps its promise across a restart', () => {
    const cluster = leaderWithLease()
    cluster.isolate(3)
    cluster.tickAll(30)
    // Node 3 is out of patience, node 2 follows the leader and is restarted.
    cluster.isolate(1)
    cluster.member(2).restart()
    cluster.raw(3).campaign()
    cluster.settle()
    expect(cluster.raw(3).isLeader).toBe(false)
    expect(answersAlone(cluster)).toBe(true)
  })

  it('a voter keeps its promise across a change of term that brings no leader', () => {
    const cluster = new Cluster([1, 2, 3], { ...lease, preVote: false })
    cluster.campaign(1)
    cluster.tickAll()
    cluster.isolate(1)
    // An answer to an old pre-vote of node 2 lifts it to a later term; then node 3 asks for its vote in that term.
    const member = cluster.member(2)
    const term = cluster.raw(1).term + 5
    exchange(member, 'MsgPreVoteResp', 3, { term, reject: true })
    expect(member.raw.status()).toMatchObject({ term, leader: 0 })
    expect(exchange(member, 'MsgVote', 3, { term, index: 99, logTerm: term }).sent).toEqual([])
    expect(member.raw.status().vote).toBe(0)
    expect(answersAlone(cluster)).toBe(true)
  })

  it('a leader that told somebody to campaign at once asks the quorum for the rest of its term', () => {
    const cluster = leaderWithLease()
    cluster.deliverOnly(({ type }) => type !== 'MsgTimeoutNow')
    cluster.raw(1).transferLeader(2)
    cluster.settle()
    cluster.tickAll(15)
    expect(cluster.leaders).toEqual([1])
    expect(cluster.raw(1).status().leaseTimeLeft).toBe(0)
    expect(answersAlone(cluster)).toBe(false)
    cluster.tickAll()
    expect(cluster.member(1).readStates).toHaveLength(1)
  })

  it('nobody campaigns out of turn and nobody forgets the leader while a lease may rest on them', () => {
    const cluster = leaderWithLease()
    cluster.raw(2).campaign()
    cluster.raw(3).forgetLeader()
    cluster.settle()
    expect(cluster.raw(2).status()).toMatchObject({ role: 'StateFollower', leader: 1 })
    expect(cluster.raw(3).leader).toBe(1)
    expect(cluster.member(2).logger.lines.at(-1)).toBe('WARN 2 cannot campaign at term 1 since a lease is not expired')
    expect(cluster.member(3).logger.lines.at(-1)).toBe('ERROR ignoring MsgForgetLeader due to ReadOnlyLeaseBased')
  })
})
