import { describe, expect, test } from 'vitest'
import type { Message } from '../../../src-main/raft/core/model/message'
import { draftMessage } from '../../../src-main/raft/core/model/message'
import { simulatedEnv } from '../../../src-main/env/simulated'
import { CommitNotices } from '../../../src-main/raft/node/commit-notices'
import { TestGroup } from './support/test-group'

function append(to: number, commit: number, entries = 0): Message {
  const message = draftMessage('MsgApp', to)
  message.commit = commit
  message.entries = Array.from({ length: entries }, (_, index) => ({
    term: 1,
    index: index + 1,
    type: 'EntryNormal' as const,
    data: new Uint8Array(0),
  }))
  return message
}

function start() {
  const { clock } = simulatedEnv({ seed: 1 })
  const sent: Message[] = []
  const notices = new CommitNotices(clock, (message) => sent.push(message))
  return { clock, sent, notices }
}

describe('a message that tells of a new commit index only', () => {
  test('waits a moment and leaves', async () => {
    const { clock, sent, notices } = start()
    const notice = append(2, 7)
    expect(notices.keeps(notice)).toBe(true)
    expect(sent).toEqual([])
    await clock.advance(20)
    expect(sent).toEqual([notice])
  })

  test('is not sent any more when entries carry the index along, to that follower alone', async () => {
    const { clock, sent, notices } = start()
    const other = append(3, 7)
    notices.keeps(append(2, 7))
    notices.keeps(other)
    expect(notices.keeps(append(2, 7, 1))).toBe(false)
    await clock.advance(20)
    expect(sent).toEqual([other])
  })

  test('gives way to a newer one', async () => {
    const { clock, sent, notices } = start()
    const newer = append(2, 8)
    notices.keeps(append(2, 7))
    notices.keeps(newer)
    await clock.advance(20)
    expect(sent).toEqual([newer])
  })

  test('leaves at once without news: it asks where the follower is', async () => {
    const { clock, sent, notices } = start()
    expect(notices.keeps(append(2, 7, 1))).toBe(false)
    expect(notices.keeps(append(2, 7))).toBe(false)
    notices.keeps(append(2, 8))
    await clock.advance(20)
    expect(notices.keeps(append(2, 8))).toBe(false)
    expect(sent).toHaveLength(1)
  })

  test('is not sent by who leads no more, and other messages never wait', async () => {
    const { clock, sent, notices } = start()
    expect(notices.keeps({ ...draftMessage('MsgHeartbeat', 2), commit: 9 })).toBe(false)
    notices.keeps(append(2, 7))
    notices.clear()
    await clock.advance(20)
    expect(sent).toEqual([])
    expect(clock.pendingCount).toBe(0)
  })
})

describe('the followers of a leader', () => {
  test('learn soon what is committed when nothing follows', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'v')
    await group.until(() => group.running.every(({ state }) => state.pairs.get('k') === 'v'), 'all have it', 50)
  })

  test('learn it with the next entries when writes follow each other', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'first')
    await group.clock.advance(1_000)
    const appends: number[] = []
    group.network.trace = ({ kind, message }) => {
      if (kind !== 'sent' || message.kind !== 'raft' || message.message.type !== 'MsgApp') return
      appends.push(message.message.entries.length)
    }
    for (let write = 0; write < 20; write += 1) await group.put('k', String(write))
    expect(appends).toHaveLength(40)
    expect(new Set(appends)).toEqual(new Set([1]))
  })
})
