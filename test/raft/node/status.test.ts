import { describe, expect, test } from 'vitest'
import type { ConfChangeV2 } from '../../../src-main/raft/core/model/conf-change'
import { LOG_DIRECTORY, TestGroup, encodeCommand } from './support/test-group'

const addLearner = (nodeId: number): ConfChangeV2 => ({
  version: 2,
  transition: 'ConfChangeTransitionAuto',
  changes: [{ type: 'ConfChangeAddLearnerNode', nodeId }],
  context: new Uint8Array(0),
})

describe('the status of a node', () => {
  test('shows a leader with its followers, in DingoDB terms', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'v')
    await group.converge()
    const { node, id } = await group.leader()
    const others = (await group.followers()).map((follower) => follower.id)
    const status = node.status()
    expect(status).toMatchObject({
      raftState: 'STATE_LEADER',
      peerId: id,
      leaderPeerId: id,
      readonly: false,
      term: node.term,
      committedIndex: 3,
      knownAppliedIndex: 3,
      applyingIndex: 3,
      pendingIndex: 0,
      pendingQueueSize: 0,
      firstIndex: 2,
      lastIndex: 3,
      diskIndex: 3,
    })
    expect([...status.stableFollowers.keys()]).toEqual(others)
    expect(status.unstableFollowers.size).toBe(0)
    const peer = status.stableFollowers.get(others[0]!)!
    expect(peer).toMatchObject({
      valid: true,
      installingSnapshot: false,
      nextIndex: 4,
      flyingAppendEntriesSize: 0,
      consecutiveErrorTimes: 0,
    })
    expect(group.clock.wallTimeMs() - peer.lastRpcSendTimestamp).toBeLessThan(1_000)
  })

  test('shows a follower without followers of its own', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'v')
    await group.converge()
    const leader = await group.leader()
    const [follower] = await group.followers()
    const status = follower!.node.status()
    expect(status).toMatchObject({ raftState: 'STATE_FOLLOWER', leaderPeerId: leader.id, lastIndex: 3, diskIndex: 3 })
    expect(status.stableFollowers.size + status.unstableFollowers.size).toBe(0)
  })

  test('shows what is under way', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'v')
    await group.converge()
    const { node, machine } = await group.leader()
    for (const member of group.running) {
      member.machine.disk.faults.add({
        fault: { kind: 'delay', delayMs: 400 },
        operations: ['sync'],
        path: LOG_DIRECTORY,
      })
    }
    void node.propose(encodeCommand({ kind: 'put', key: 'k', value: 'w' }))
    await group.clock.advance(10)
    void node.propose(encodeCommand({ kind: 'put', key: 'k', value: 'x' }))
    const status = node.status()
    expect(status).toMatchObject({
      pendingIndex: 4,
      pendingQueueSize: 2,
      lastIndex: 4,
      diskIndex: 3,
      committedIndex: 3,
    })
    const [peer] = status.stableFollowers.values()
    expect(peer!.flyingAppendEntriesSize).toBeGreaterThan(0)
    machine.disk.faults.clear()
  })

  test('shows a follower that does not answer as unstable, and for how long', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'v')
    const { node } = await group.leader()
    const [silent] = await group.followers()
    group.kill(silent!.id)
    await group.clock.advance(3_500)
    const { stableFollowers, unstableFollowers } = node.status()
    expect([...stableFollowers.keys()]).not.toContain(silent!.id)
    expect(unstableFollowers.get(silent!.id)).toMatchObject({ valid: false, consecutiveErrorTimes: 3 })
  })

  test('shows a member that gets a snapshot', async () => {
    const group = await TestGroup.start([1, 2, 3], {
      settings: { snapshotChunkBytes: 1_000, snapshotWindowBytes: 1_000 },
    })
    await group.put('k', 'v'.repeat(50_000))
    const { node } = await group.leader()
    await group.join(4)
    await group.wait(node.proposeMembershipChange(addLearner(4)))
    const isInstalling = () => node.status().unstableFollowers.get(4)?.installingSnapshot === true
    await group.until(isInstalling, 'the snapshot is on its way')
    await group.until(() => node.status().stableFollowers.has(4), 'it replicates')
  })

  test('shows a candidate, and a node that has heard of no group', async () => {
    const group = await TestGroup.start([1, 2, 3])
    group.network.setAllLinks({ isCut: true })
    const { node } = group.member(1)
    node.campaign()
    expect(node.status()).toMatchObject({ raftState: 'STATE_CANDIDATE', leaderPeerId: 0 })
    const outsider = await group.join(4)
    expect(outsider.node.status()).toMatchObject({ raftState: 'STATE_UNINITIALIZED', lastIndex: 0 })
  })
})
