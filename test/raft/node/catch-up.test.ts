import { describe, expect, test } from 'vitest'
import { TestGroup } from './support/test-group'

describe('a follower that is far behind', () => {
  test('is fed from disk, beyond what is in memory, and needs no snapshot', async () => {
    const group = await TestGroup.start([1, 2, 3], {
      log: { cacheBytes: 2_000, segmentBytes: 20_000 },
      settings: { maxMessageBytes: 4_000 },
    })
    await group.put('k', 'v')
    const [follower] = await group.followers()
    group.kill(follower!.id)
    for (let index = 0; index < 300; index += 1) await group.put(String(index), 'v'.repeat(200))
    const messages: string[] = []
    group.network.trace = ({ kind, to, message }) => {
      if (kind !== 'delivered' || to !== follower!.id) return
      messages.push(message.kind === 'raft' ? message.message.type : message.kind)
    }
    await group.restart(follower!.id)
    await group.converge()
    expect(group.member(follower!.id).state.pairs.size).toBe(301)
    expect(messages.filter((type) => type === 'MsgApp').length).toBeGreaterThan(15)
    expect(messages).not.toContain('MsgSnap')
    expect(messages).not.toContain('snapshot-chunk')
  })

  test('is fed although the log is cut meanwhile', async () => {
    const group = await TestGroup.start([1, 2, 3], {
      log: { cacheBytes: 0, segmentBytes: 2_000 },
      settings: { maxMessageBytes: 1_000, maxInflightMessages: 2, keepLogEntries: 10 },
      diskLatency: { read: 3 },
    })
    await group.put('k', 'v')
    const [follower] = await group.followers()
    group.kill(follower!.id)
    for (let index = 0; index < 200; index += 1) await group.put(String(index), 'v'.repeat(100))
    const { node } = await group.restart(follower!.id)
    const before = node.applied.index
    await group.until(() => node.applied.index > before + 20, 'it is being fed')
    expect(node.applied.index).toBeLessThan(150)
    const leader = await group.leader()
    await group.wait(leader.node.saveSnapshot())
    expect(leader.node.status().firstIndex).toBeGreaterThan(180)
    await group.put('after', 'w')
    await group.converge()
    expect(group.member(follower!.id).state.pairs.size).toBe(202)
  })

  test('fails its leader if what is on disk is damaged', async () => {
    const group = await TestGroup.start([1, 2, 3], { log: { cacheBytes: 0, segmentBytes: 5_000 } })
    await group.put('k', 'v')
    const leader = await group.leader()
    const [follower] = await group.followers()
    group.kill(follower!.id)
    for (let index = 0; index < 100; index += 1) await group.put(String(index), 'v'.repeat(200))
    const [segment] = [...leader.machine.disk.visibleFiles().keys()].filter((path) => /log_\d+_\d+$/.test(path))
    leader.machine.disk.damage(segment!, { position: 1_000, length: 2_000, bits: 20 })
    await group.restart(follower!.id)
    await group.until(() => leader.failures.length > 0, 'the leader notices')
    expect(leader.failures).toMatchObject([{ code: 'RAFT_LOG_DAMAGED' }])
    group.kill(leader.id)
    await group.put('after', 'w')
    await group.converge()
  })
})
