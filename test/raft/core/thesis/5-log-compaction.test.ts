import { describe, expect, it } from 'vitest'
import { MemoryStorage } from '../../../../src-main/raft/core/log/memory-storage'
import { NO_MEMBERS } from '../../../../src-main/raft/core/model/conf-state'
import { NO_BYTES } from '../../../../src-main/raft/core/model/entry'
import type { Message, MessageDraft, MessageType } from '../../../../src-main/raft/core/model/message'
import { draftMessage } from '../../../../src-main/raft/core/model/message'
import type { Snapshot } from '../../../../src-main/raft/core/model/snapshot'
import { RawNode } from '../../../../src-main/raft/core/raw-node'
import { Cluster, bytesOf, entriesOfTerms, exchange } from '../support/cluster'
import { RecordingLogger } from '../support/recording-logger'

/** A group of three of which node 3 has missed what was compacted meanwhile. */
function groupWithStraggler(): Cluster {
  const cluster = new Cluster([1, 2, 3])
  cluster.campaign(1)
  cluster.isolate(3)
  for (const command of ['a', 'b', 'c']) cluster.propose(1, command)
  cluster.member(1).compact()
  cluster.heal()
  return cluster
}

describe('thesis section 5: snapshots and compaction', () => {
  it('a follower that needs entries that were compacted gets a snapshot and then the rest', () => {
    const cluster = groupWithStraggler()
    cluster.tick(1, 2)
    expect(cluster.member(3).storage.snapshot()?.index).toBe(cluster.member(1).storage.snapshot()?.index)
    cluster.propose(1, 'd')
    expect(cluster.member(3).commands).toEqual(['d'])
    expect(cluster.raw(1).status().members[2]).toMatchObject({ id: 3, state: 'StateReplicate' })
  })

  it('nothing is sent to a follower while a snapshot is under way; a failure is tried again after a heartbeat', () => {
    const cluster = groupWithStraggler()
    const snapshots: Message[] = []
    cluster.deliverOnly((message) => {
      if (message.type === 'MsgSnap') snapshots.push(message)
      return message.type !== 'MsgSnap'
    })
    cluster.tick(1, 2)
    expect(cluster.raw(1).status().members[2]).toMatchObject({
      state: 'StateSnapshot',
      paused: true,
      pendingSnapshot: 5,
    })
    cluster.propose(1, 'd')
    cluster.tick(1, 3)
    expect(snapshots).toHaveLength(1)

    cluster.raw(1).reportSnapshot(3, false)
    expect(cluster.raw(1).status().members[2]).toMatchObject({ state: 'StateProbe', paused: true, match: 2, next: 3 })
    cluster.tick(1)
    expect(snapshots).toHaveLength(2)

    cluster.raw(1).reportSnapshot(3, true)
    expect(cluster.raw(1).status().members[2]).toMatchObject({ state: 'StateProbe', paused: true })
    expect(cluster.raw(1).status().members[2]?.next).toBeGreaterThan(5)
  })

  it('no snapshot is sent to somebody who was not heard of lately', () => {
    const cluster = groupWithStraggler()
    const member = cluster.member(1)
    cluster.isolate(3)
    cluster.tickAll(21)
    member.raw.reportUnreachable(3)
    cluster.propose(1, 'd')
    expect(member.logger.lines).toContain('DEBUG ignore sending snapshot to 3 since it is not recently active')
    expect(member.raw.status().members[2]).toMatchObject({ state: 'StateProbe', recentActive: false })
    exchange(member, 'MsgHeartbeatResp', 3, { term: 1 })
    expect(member.raw.status().members[2]).toMatchObject({ state: 'StateSnapshot', recentActive: true })
  })

  it('a snapshot that is not at hand is asked for again later', () => {
    class Unready extends MemoryStorage {
      override snapshot(): Snapshot | undefined {
        return undefined
      }
    }
    const storage = new Unready()
    const logger = new RecordingLogger()
    const confState = { ...NO_MEMBERS, voters: [1, 2] }
    storage.applySnapshot({ index: 9, term: 1, confState, data: NO_BYTES })
    const config = { id: 1, storage, logger, electionTicks: 10, heartbeatTicks: 1, preVote: false, applied: 9 }
    const node = new RawNode({ ...config, random: { integer: (low) => low } })
    const answer = (type: MessageType, fields: Partial<MessageDraft>) =>
      node.step(Object.assign(draftMessage(type, 1), { from: 2, term: 1 }, fields))
    node.campaign()
    node.ready()
    node.advance()
    answer('MsgVoteResp', {})
    answer('MsgAppResp', { index: 9, reject: true, rejectHint: 3 })
    expect(node.status().members[1]).toMatchObject({ state: 'StateProbe', next: 4 })
    expect(logger.lines.at(-1)).toBe('DEBUG 1 failed to send snapshot to 2 because snapshot is temporarily unavailable')
  })

  it('a follower whose log already holds what the snapshot ends with keeps its log and learns the commit index', () => {
    const cluster = new Cluster([1, 2, 3])
    const member = cluster.member(1)
    exchange(member, 'MsgApp', 2, { term: 2, index: 1, logTerm: 1, entries: entriesOfTerms([2, 2, 2]) })
    const snapshot = { index: 3, term: 2, confState: member.confState, data: NO_BYTES }
    const { sent } = exchange(member, 'MsgSnap', 2, { term: 2, snapshot })
    expect(sent).toMatchObject([{ type: 'MsgAppResp', index: 3, reject: false }])
    expect(member.raw.status().log).toMatchObject({ committed: 3, lastIndex: 4, firstIndex: 2 })
  })

  it('an old snapshot is answered with what is committed', () => {
    const cluster = new Cluster([1, 2, 3])
    const member = cluster.member(1)
    exchange(member, 'MsgApp', 2, { term: 2, index: 1, logTerm: 1, commit: 4, entries: entriesOfTerms([2, 2, 2]) })
    const snapshot = { index: 3, term: 2, confState: member.confState, data: NO_BYTES }
    const { sent } = exchange(member, 'MsgSnap', 2, { term: 2, snapshot })
    expect(sent).toMatchObject([{ type: 'MsgAppResp', index: 4 }])
  })

  it('a snapshot of a group to which this node does not belong is not taken', () => {
    const cluster = new Cluster([1, 2, 3])
    const member = cluster.member(1)
    const confState = { ...member.confState, voters: [2, 3] }
    exchange(member, 'MsgSnap', 2, { term: 2, snapshot: { index: 9, term: 2, confState, data: bytesOf('x') } })
    expect(member.raw.status().log).toMatchObject({ lastIndex: 1, committed: 1 })
    expect(member.logger.lines.join('\n')).toContain('it is not in the ConfState')
  })

  it('with a snapshot that is not stored yet a node neither campaigns nor applies entries', () => {
    const cluster = new Cluster([1, 2, 3], { preVote: false })
    const { raw, confState, storage } = cluster.member(1)
    const fromLeader = (type: MessageType, fields: Partial<MessageDraft>) =>
      raw.step(Object.assign(draftMessage(type, 1), { from: 2, term: 2 }, fields))
    fromLeader('MsgSnap', { snapshot: { index: 9, term: 2, confState, data: NO_BYTES } })
    fromLeader('MsgApp', { index: 9, logTerm: 2, entries: entriesOfTerms([2], 10), commit: 10 })
    raw.campaign()
    expect(raw.status().role).toBe('StateFollower')
    const ready = raw.ready()
    expect(ready.snapshot?.index).toBe(9)
    expect(ready.committedEntries).toEqual([])
    if (ready.snapshot !== undefined) storage.applySnapshot(ready.snapshot)
    storage.append(ready.entries)
    raw.advance()
    expect(raw.ready().committedEntries.map(({ index }) => index)).toEqual([10])
  })
})
