import { describe, expect, test } from 'vitest'
import type { ApplyBatch, StateMachine } from '../../../src-main/raft/node/state-machine'
import type { HardState } from '../../../src-main/raft/core/model/hard-state'
import type { LogUpdate } from '../../../src-main/raft/log/raft-log-store'
import { ForwardingLog } from '../../../src-main/raft/simulation/forwarding-log'
import type { KeyValueResult } from '../../../src-main/raft/simulation/key-value-state-machine'
import { LOG_DIRECTORY, TestGroup, encodeCommand } from './support/test-group'
import { withOther } from './support/wrapped-state-machine'

const put = (key: string, value = 'v') => encodeCommand({ kind: 'put', key, value })

/** How many entries each update appended, without the empty one of a new leader. */
const sizesOf = (updates: readonly LogUpdate[]) =>
  updates.flatMap(({ entries }) => (entries === undefined ? [] : [entries.length]))

/** A log that remembers which term and vote a loss of power would leave. */
class WatchedLog extends ForwardingLog {
  durable: HardState = this.hardState

  override async sync(onWritten?: () => void): Promise<void> {
    const { hardState } = this
    await super.sync(onWritten)
    this.durable = hardState
  }
}

describe('elections', () => {
  test('ask others for their vote once the own one is durable: who forgot it could lead the term twice', async () => {
    const logs = new Map<number, WatchedLog>()
    const asked: unknown[] = []
    const group = await TestGroup.start([1, 2, 3], {
      diskLatency: { sync: 30 },
      wrapLog: (log, id) => {
        const watched = new WatchedLog(log)
        logs.set(id, watched)
        return watched
      },
    })
    group.network.trace = ({ kind, from, message }) => {
      if (kind !== 'sent' || message.kind !== 'raft' || message.message.type !== 'MsgVote') return
      const { term, vote } = logs.get(from)?.durable ?? { term: 0, vote: 0 }
      asked.push({ term: message.message.term - term, isForItself: vote === from })
    }
    const { id } = await group.leader()
    group.kill(id)
    await group.leader()
    expect(asked.length).toBeGreaterThan(1)
    expect(asked).toEqual(asked.map(() => ({ term: 0, isForItself: true })))
  })
})

describe('proposals', () => {
  test('gather while a sync is under way and go into the log together when it ends', async () => {
    const updates: LogUpdate[] = []
    const group = await TestGroup.start([1], { observer: () => ({ appended: (update) => updates.push(update) }) })
    const { node, machine } = await group.leader()
    await group.put('first', '0')
    updates.length = 0
    machine.disk.faults.add({ fault: { kind: 'delay', delayMs: 50 }, operations: ['sync'], path: LOG_DIRECTORY })
    const alone = node.propose(put('alone'))
    await group.clock.advance(10)
    const gathered: Array<ReturnType<typeof node.propose>> = []
    for (let turn = 0; turn < 10; turn += 1) {
      for (let index = 0; index < 10; index += 1) gathered.push(node.propose(put(String(index))))
      await group.clock.advance(1)
    }
    const answers = await group.wait(Promise.all([alone, ...gathered]))
    expect(sizesOf(updates)).toEqual([1, 100])
    expect(answers.map(({ kind }) => kind)).toEqual(new Array(101).fill('applied'))
    const indexes = answers.map((answer) => (answer.kind === 'applied' ? answer.index : 0))
    expect(indexes).toEqual(indexes.map((_, position) => indexes[0]! + position))
  })

  test('that are very many go in batches of limited size', async () => {
    const updates: LogUpdate[] = []
    const group = await TestGroup.start([1], {
      settings: { maxBatchEntries: 40, maxBatchBytes: 1_000 },
      observer: () => ({ appended: (update) => updates.push(update) }),
    })
    const { node } = await group.leader()
    await group.put('first', '0')
    updates.length = 0
    const small = Array.from({ length: 90 }, () => node.propose(new Uint8Array(0)))
    await group.wait(Promise.all(small))
    expect(sizesOf(updates)).toEqual([40, 40, 10])
    updates.length = 0
    const large = ['x'.repeat(600), 'y'.repeat(600), 'z'.repeat(2_000)].map((value) => node.propose(put('k', value)))
    await group.wait(Promise.all(large))
    expect(sizesOf(updates)).toEqual([1, 1, 1])
  })

  test('are refused when too much waits, and the others are not harmed', async () => {
    const group = await TestGroup.start([1], { settings: { maxWaitingBytes: 100 } })
    const { node } = await group.leader()
    const answers = Array.from({ length: 4 }, () => node.propose(put('k', 'x'.repeat(30))))
    const kinds = (await group.wait(Promise.all(answers))).map((answer) =>
      answer.kind === 'refused' ? answer.code : answer.kind,
    )
    expect(kinds).toEqual(['applied', 'UNCOMMITTED_LIMIT', 'UNCOMMITTED_LIMIT', 'UNCOMMITTED_LIMIT'])
  })
})

describe('the moments of an entry', () => {
  test('come in order, and followers write while the leader still syncs', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('first', '0')
    await group.converge()
    const leader = await group.leader()
    const followers = await group.followers()
    leader.machine.disk.faults.add({
      fault: { kind: 'delay', delayMs: 500 },
      operations: ['sync'],
      path: LOG_DIRECTORY,
      count: 1,
    })
    const index = leader.node.status().lastIndex + 1
    let answer: unknown
    void leader.node.propose(put('k')).then((result) => {
      answer = result
    })
    await group.until(() => followers.every(({ node }) => node.status().diskIndex >= index), 'followers have it')
    expect(leader.node.status()).toMatchObject({ lastIndex: index, diskIndex: index - 1 })
    // Two of three hold it durably: it is committed, but nobody is told before this node has it, too, and has applied it.
    await group.until(() => leader.node.status().committedIndex >= index, 'it is committed')
    await group.clock.advance(200)
    expect(leader.node.status()).toMatchObject({ diskIndex: index - 1, knownAppliedIndex: index - 1 })
    expect(answer).toBeUndefined()
    await group.until(() => answer !== undefined, 'it is answered')
    expect(answer).toMatchObject({ kind: 'applied', index })
    expect(leader.node.status().diskIndex).toBe(index)
  })

  test('are told to the observer', async () => {
    const moments: string[] = []
    const group = await TestGroup.start([1], {
      observer: () => ({
        proposed: ({ index }, count) => moments.push(`proposed ${String(index)} x${String(count)}`),
        appended: ({ entries = [] }) => moments.push(...entries.map(({ index }) => `appended ${String(index)}`)),
        written: (index) => moments.push(`written ${String(index)}`),
        durable: (index) => moments.push(`durable ${String(index)}`),
        committed: (index) => moments.push(`committed ${String(index)}`),
        applied: (entries) => moments.push(...entries.map(({ index }) => `applied ${String(index)}`)),
      }),
    })
    await group.put('a', '1')
    moments.length = 0
    await group.put('b', '2')
    expect(moments).toEqual(['proposed 4 x1', 'appended 4', 'written 4', 'durable 4', 'committed 4', 'applied 4'])
  })

  test('nothing that promises durability leaves before it is durable', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('first', '0')
    const promises: boolean[] = []
    group.network.trace = ({ kind, from, message }) => {
      if (kind !== 'sent' || message.kind !== 'raft' || message.message.type !== 'MsgAppResp') return
      const { index, reject } = message.message
      if (!reject) promises.push(group.member(from).node.status().diskIndex >= index)
    }
    for (const { machine } of group.running) {
      machine.disk.faults.add({ fault: { kind: 'delay', delayMs: 7 }, operations: ['sync'], path: LOG_DIRECTORY })
    }
    for (let index = 0; index < 10; index += 1) await group.put('k', String(index))
    expect(promises.length).toBeGreaterThanOrEqual(20)
    expect(promises).not.toContain(false)
  })
})

/** A state machine that takes its time, with the batches that it got. */
function slowStateMachine(sleep: (ms: number) => Promise<void>) {
  const batches: ApplyBatch[] = []
  let running = 0
  const wrap = (machine: StateMachine<KeyValueResult>) =>
    withOther(machine, {
      apply: async (batch) => {
        running += 1
        expect(running).toBe(1)
        batches.push(batch)
        await sleep(20)
        running -= 1
        return machine.apply(batch)
      },
    })
  return { batches, wrap }
}

describe('the state machine', () => {
  test('gets what has come together in one batch, and one call at a time', async () => {
    const { batches, wrap } = slowStateMachine((ms) => group.clock.sleep(ms))
    const group = await TestGroup.start([1], { wrapStateMachine: wrap })
    const { node } = await group.leader()
    await group.put('first', '0')
    batches.length = 0
    const proposals = []
    for (let index = 0; index < 30; index += 1) {
      proposals.push(node.propose(put(String(index))))
      await group.clock.advance(1)
    }
    await group.wait(Promise.all(proposals))
    expect(batches.length).toBeLessThanOrEqual(4)
    const indexes = batches.flatMap(({ entries }) => entries.map(({ index }) => index))
    expect(indexes).toEqual(indexes.map((_, position) => indexes[0]! + position))
    expect(indexes).toHaveLength(30)
  })

  test('gets a membership change alone, with the membership that it makes', async () => {
    const { batches, wrap } = slowStateMachine((ms) => group.clock.sleep(ms))
    const group = await TestGroup.start([1], { wrapStateMachine: wrap })
    const { node } = await group.leader()
    await group.put('first', '0')
    batches.length = 0
    const proposals: Array<Promise<unknown>> = []
    const proposeTwice = async () => {
      for (let turn = 0; turn < 2; turn += 1) {
        proposals.push(node.propose(put('k')))
        await group.clock.advance(1)
      }
    }
    await proposeTwice()
    proposals.push(
      node.proposeMembershipChange({
        version: 1,
        type: 'ConfChangeAddLearnerNode',
        nodeId: 2,
        context: new Uint8Array(0),
      }),
    )
    await group.clock.advance(1)
    await proposeTwice()
    await group.wait(Promise.all(proposals))
    const shape = batches.map(({ entries, confState }) => [entries.map(({ type }) => type), confState.learners])
    expect(shape).toEqual([
      [['EntryNormal'], []],
      [['EntryNormal'], []],
      [['EntryConfChange'], [2]],
      [['EntryNormal', 'EntryNormal'], [2]],
    ])
  })
})

describe('a tick', () => {
  test('of an idle follower does nothing that others could see', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('a', '1')
    await group.converge()
    const operations = group.running.map(({ machine }) => machine.disk.mutationCount)
    await group.clock.advance(10_000)
    expect(group.running.map(({ machine }) => machine.disk.mutationCount)).toEqual(operations)
  })
})
