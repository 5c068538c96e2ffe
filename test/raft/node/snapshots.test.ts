import { describe, expect, test } from 'vitest'
import type { ConfChangeV2 } from '../../../src-main/raft/core/model/conf-change'
import { draftMessage } from '../../../src-main/raft/core/model/message'
import type { SnapshotChunkMessage } from '../../../src-main/raft/transport/peer-message'
import type { TestGroupOptions } from './support/test-group'
import { withOther } from './support/wrapped-state-machine'
import {
  LOG_DIRECTORY,
  REGION_ID,
  SNAPSHOT_DIRECTORY,
  STATE_PATH,
  TestGroup,
  encodeCommand,
} from './support/test-group'
import { parentPath } from '../../../src-main/env'

const change = (type: 'ConfChangeAddNode' | 'ConfChangeAddLearnerNode', nodeId: number): ConfChangeV2 => ({
  version: 2,
  transition: 'ConfChangeTransitionAuto',
  changes: [{ type, nodeId }],
  context: new Uint8Array(0),
})

const VALUE = 'v'.repeat(5_000)

/** A group with state of several chunks, whose log was cut behind a snapshot on all members. */
async function groupWithCutLog(options: TestGroupOptions = {}): Promise<TestGroup> {
  const settings = { keepLogEntries: 0, snapshotChunkBytes: 10_000, snapshotWindowBytes: 30_000, ...options.settings }
  const group = await TestGroup.start([1, 2, 3], { ...options, settings })
  for (let index = 0; index < 40; index += 1) await group.put(`key${String(index)}`, VALUE)
  await group.converge()
  for (const { node } of group.running) await group.wait(node.saveSnapshot())
  return group
}

/** Records the chunks that carry bytes. */
function recordChunks(group: TestGroup) {
  const chunks: SnapshotChunkMessage[] = []
  group.network.trace = ({ kind, message }) => {
    if (kind === 'sent' && message.kind === 'snapshot-chunk' && message.bytes.length > 0) chunks.push(message)
  }
  return chunks
}

const filesOf = (group: TestGroup, id: number) =>
  [...group.simulation.node(String(id)).disk.visibleFiles().keys()]
    .filter((path) => path.startsWith(SNAPSHOT_DIRECTORY))
    .map((path) => path.slice(SNAPSHOT_DIRECTORY.length + 1))

/** Lets nobody pass before a test says so. */
class Hold {
  end: () => void = () => undefined
  readonly over = new Promise<void>((resolve) => {
    this.end = resolve
  })

  async *before(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
    await this.over
    yield* pieces
  }
}

describe('saving', () => {
  test('cuts the log behind the snapshot and keeps some entries for those who are a little behind', async () => {
    const group = await TestGroup.start([1, 2, 3], { settings: { keepLogEntries: 5 } })
    for (let index = 0; index < 20; index += 1) await group.put('k', String(index))
    await group.converge()
    const { node, id } = await group.leader()
    const last = await group.wait(node.saveSnapshot())
    expect(last).toEqual(node.applied)
    expect(node.status().firstIndex).toBe(node.applied.index - 4)
    expect(filesOf(group, id)).toEqual([`snapshot_${String(last!.index).padStart(20, '0')}_${String(last!.term)}`])
    await group.put('k', 'after')
    const next = await group.wait(node.saveSnapshot())
    expect(next!.index).toBe(last!.index + 1)
    expect(filesOf(group, id)).toHaveLength(1)
  })

  test('happens by itself when enough was applied', async () => {
    const saved: number[] = []
    const group = await TestGroup.start([1], {
      settings: { snapshotLogGap: 10, keepLogEntries: 0 },
      observer: () => ({ snapshotSaved: ({ index }) => saved.push(index) }),
    })
    for (let index = 0; index < 35; index += 1) await group.put('k', String(index))
    await group.clock.settle()
    expect(saved.length).toBe(3)
    expect(group.member(1).node.status().firstIndex).toBeGreaterThan(25)
    const [first, second] = saved
    expect(second! - first!).toBeGreaterThanOrEqual(10)
  })

  test('that fails is a warning, leaves the log whole, and the next try works', async () => {
    const group = await TestGroup.start([1], { settings: { keepLogEntries: 0 } })
    await group.put('k', 'v')
    const { node, machine, warnings, failures } = await group.leader()
    const firstIndex = node.status().firstIndex
    const fault = machine.disk.faults.add({
      fault: { kind: 'fail', code: 'DISK_FULL' },
      operations: ['write'],
      path: SNAPSHOT_DIRECTORY,
    })
    expect(await group.wait(node.saveSnapshot())).toBeUndefined()
    expect(warnings).toMatchObject([{ code: 'DISK_FULL' }])
    expect(node.status().firstIndex).toBe(firstIndex)
    fault.remove()
    expect(await group.wait(node.saveSnapshot())).toEqual(node.applied)
    expect(failures).toEqual([])
  })

  test('nothing is lost when the power fails at any moment of it', async () => {
    for (let mutation = 1; mutation <= 12; mutation += 1) {
      for (const moment of ['before', 'after'] as const) {
        const group = await TestGroup.start([1], {
          seed: mutation,
          settings: { keepLogEntries: 0 },
          flushEveryEntries: Number.POSITIVE_INFINITY,
        })
        await group.put('k', 'v')
        const { node, machine } = group.member(1)
        await group.wait(node.saveSnapshot())
        await group.put('l', 'w')
        machine.crashAt(machine.disk.mutationCount + mutation, moment)
        void node.saveSnapshot()
        await group.clock.advance(100)
        machine.disk.crashAt(undefined)
        if (machine.isRunning) group.kill(1)
        await group.restart(1)
        expect(Object.fromEntries(await group.converge())).toEqual({ k: 'v', l: 'w' })
        expect(filesOf(group, 1)).toHaveLength(1)
      }
    }
  })
})

describe('a state machine that makes its own state durable', () => {
  const settings = { snapshotLogGap: 10, keepLogEntries: 2 }
  const options = { settings, flushOnRequest: true, flushEveryEntries: Number.POSITIVE_INFINITY }

  test('has the log cut behind it without a snapshot, and is whole after a loss of power', async () => {
    const group = await TestGroup.start([1], options)
    for (let index = 0; index < 25; index += 1) await group.put(`key${String(index)}`, 'v')
    await group.clock.settle()
    const { node } = group.member(1)
    expect(node.status().firstIndex).toBeGreaterThan(15)
    expect(filesOf(group, 1)).toEqual([])
    group.crash(1, { writes: 'none', names: 'none' })
    await group.restart(1)
    expect((await group.converge()).size).toBe(25)
    expect(group.member(1).failures).toEqual([])
  })

  test('that fails to do so is a warning, leaves the log whole, and the next try works', async () => {
    const group = await TestGroup.start([1], options)
    const { node, machine, warnings, failures } = group.member(1)
    const firstIndex = node.status().firstIndex
    const fault = machine.disk.faults.add({
      fault: { kind: 'fail', code: 'DISK_FULL' },
      operations: ['write'],
      path: parentPath(STATE_PATH),
    })
    for (let index = 0; index < 15; index += 1) await group.put('k', 'v')
    expect(warnings).toMatchObject([{ code: 'DISK_FULL' }])
    expect(node.status().firstIndex).toBe(firstIndex)
    fault.remove()
    for (let index = 0; index < 10; index += 1) await group.put('k', 'v')
    await group.clock.settle()
    expect(node.status().firstIndex).toBeGreaterThan(firstIndex)
    expect(failures).toEqual([])
  })

  test('keeps the log behind a snapshot for a member that may be getting it, and drops both in the end', async () => {
    const group = await TestGroup.start([1], options)
    await group.put('k', 'v')
    const { node } = group.member(1)
    const last = await group.wait(node.saveSnapshot())
    const kept = last!.index - settings.keepLogEntries
    for (let index = 0; index < 9 * settings.snapshotLogGap; index += 1) await group.put('k', String(index))
    await group.clock.settle()
    expect(node.status().firstIndex).toBe(kept + 1)
    expect(filesOf(group, 1)).toHaveLength(1)
    for (let index = 0; index < 3 * settings.snapshotLogGap; index += 1) await group.put('k', String(index))
    await group.clock.settle()
    expect(node.status().firstIndex).toBeGreaterThan(kept + 9 * settings.snapshotLogGap)
    expect(filesOf(group, 1)).toEqual([])
  })

  test('needs no damaged snapshot any more, and its node warns of one only once', async () => {
    const group = await TestGroup.start([1], options)
    await group.put('k', 'v')
    await group.wait(group.member(1).node.saveSnapshot())
    await group.stop(1)
    const { disk } = group.simulation.node('1')
    const [name] = [...disk.visibleFiles().keys()].filter((path) => path.startsWith(SNAPSHOT_DIRECTORY))
    disk.damage(name!, { position: 0, length: 40, bits: 10 })
    const { warnings } = await group.open(1)
    expect(warnings).toMatchObject([{ code: 'RAFT_SNAPSHOT_DAMAGED' }])
    for (let index = 0; index < 15; index += 1) await group.put('k', String(index))
    await group.clock.settle()
    expect(filesOf(group, 1)).toEqual([])
    await group.stop(1)
    expect((await group.open(1)).warnings).toEqual([])
  })

  test('leaves the log alone while a snapshot is being saved, which would end behind it', async () => {
    const hold = new Hold()
    const group = await TestGroup.start([1], {
      ...options,
      wrapStateMachine: (machine) =>
        withOther(machine, {
          persist: machine.persist,
          createSnapshot: async () => {
            const snapshot = await machine.createSnapshot()
            return { ...snapshot, read: () => hold.before(snapshot.read()) }
          },
        }),
    })
    const { node } = group.member(1)
    await group.put('k', 'v')
    const saving = node.saveSnapshot()
    for (let index = 0; index < 3 * settings.snapshotLogGap; index += 1) await group.put('k', String(index))
    hold.end()
    const last = await group.wait(saving)
    expect(node.status().firstIndex).toBeLessThanOrEqual(last!.index + 1)
  })

  test('has done so before its node has stopped', async () => {
    const hold = new Hold()
    const group = await TestGroup.start([1], {
      ...options,
      wrapStateMachine: (machine) =>
        withOther(machine, {
          persist: async () => {
            await hold.over
            return machine.applied.last
          },
        }),
    })
    const { node } = group.member(1)
    for (let index = 0; index < 15; index += 1) await group.put('k', String(index))
    let isStopped = false
    const stopping = node.stop().then(() => {
      isStopped = true
    })
    await group.clock.advance(1_000)
    expect(isStopped).toBe(false)
    hold.end()
    await group.wait(stopping)
  })

  test('is sent as a snapshot to a member that lacks what was cut off, while others go on writing', async () => {
    const group = await TestGroup.start([1, 2, 3], {
      ...options,
      settings: { ...settings, snapshotChunkBytes: 10_000, snapshotWindowBytes: 10_000 },
    })
    for (let index = 0; index < 40; index += 1) await group.put(`key${String(index)}`, VALUE)
    group.kill(3)
    for (let index = 0; index < 30; index += 1) await group.put('k', String(index))
    const { node, id } = await group.leader()
    expect(filesOf(group, id)).toEqual([])
    const chunks = recordChunks(group)
    await group.restart(3)
    for (let index = 0; index < 40; index += 1) await group.put('l', String(index))
    expect((await group.converge()).size).toBe(42)
    expect(new Set(chunks.map(({ transfer }) => transfer.snapshot.index)).size).toBe(1)
    expect(node.status().firstIndex).toBeGreaterThan(40)
  })
})

describe('a member that lacks what was cut off', () => {
  test('gets the snapshot, then the log, and can become a voter', async () => {
    const group = await groupWithCutLog()
    const chunks = recordChunks(group)
    const learner = await group.join(4)
    const { node } = await group.leader()
    await group.wait(node.proposeMembershipChange(change('ConfChangeAddLearnerNode', 4)))
    await group.put('after', 'w')
    expect((await group.converge()).size).toBe(41)
    expect(chunks.length).toBeGreaterThan(10)
    expect(Math.max(...chunks.map(({ bytes }) => bytes.length))).toBe(10_000)
    expect(learner.node.status().firstIndex).toBeGreaterThan(40)
    await group.wait(node.proposeMembershipChange(change('ConfChangeAddNode', 4)))
    group.kill(1)
    await group.put('later', 'w')
    expect((await group.converge()).size).toBe(42)
    await group.stop(4)
    await group.open(4)
    expect((await group.converge()).size).toBe(42)
  })

  test('catches up although messages are lost, doubled and overtaken', async () => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const group = await groupWithCutLog({ seed })
      group.network.setAllLinks({ lossProbability: 0.1, duplicateProbability: 0.2, reorderProbability: 0.3 })
      await group.join(4)
      const { node } = await group.leader()
      await group.wait(node.proposeMembershipChange(change('ConfChangeAddLearnerNode', 4)))
      await group.until(() => group.member(4).state.pairs.size === 40, 'it has caught up', 60_000)
      group.network.setAllLinks({ lossProbability: 0, duplicateProbability: 0, reorderProbability: 0 })
      await group.converge()
    }
  })

  test('does not get again what it had before the connection broke', async () => {
    const group = await groupWithCutLog()
    await group.join(4)
    const leader = await group.leader()
    const chunks = recordChunks(group)
    await group.wait(leader.node.proposeMembershipChange(change('ConfChangeAddLearnerNode', 4)))
    await group.until(() => chunks.length >= 8, 'some of it is sent')
    group.network.partition([leader.id], [4])
    // Longer than the sender tries: it gives up and begins anew when the member is heard of again.
    await group.clock.advance(5_000)
    chunks.length = 0
    group.network.healAll()
    await group.until(() => group.member(4).state.pairs.size === 40, 'it has caught up')
    expect(chunks[0]!.offset).toBeGreaterThan(30_000)
    const again = chunks.reduce((bytes, chunk) => bytes + chunk.bytes.length, 0)
    expect(again).toBeLessThan(chunks[0]!.totalBytes - 30_000)
  })

  test.each(['killed', 'without power'])('goes on after it was %s in between', async (how) => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const group = await groupWithCutLog({ seed, diskLatency: { write: 1, sync: 1 } })
      await group.join(4)
      const leader = await group.leader()
      const chunks = recordChunks(group)
      void leader.node.proposeMembershipChange(change('ConfChangeAddLearnerNode', 4))
      await group.until(() => chunks.length >= 3 * seed, 'some of it is sent')
      if (how === 'killed') group.kill(4)
      else group.crash(4, {})
      await group.clock.advance(300)
      chunks.length = 0
      const { warnings } = await group.restart(4)
      await group.until(() => group.member(4).state.pairs.size === 40, 'it has caught up')
      // What a kill leaves is whole up to where it stopped; what a loss of power leaves is checked and goes on where it is sound.
      if (how === 'killed' && seed > 3) expect(chunks[0]!.offset).toBeGreaterThan(0)
      expect(warnings).toEqual([])
      await group.put('after', 'w')
      await group.converge()
    }
  })

  test('recovers if its power fails at any moment of receiving and installing', async () => {
    const crashes: number[] = []
    for (let mutation = 1; mutation <= 40; mutation += 1) {
      const group = await groupWithCutLog({
        seed: mutation,
        settings: { snapshotChunkBytes: 100_000 },
        flushEveryEntries: 7,
      })
      const { machine } = await group.join(4)
      machine.crashAt(machine.disk.mutationCount + mutation, mutation % 2 === 0 ? 'before' : 'after')
      const { node } = await group.leader()
      void node.proposeMembershipChange(change('ConfChangeAddLearnerNode', 4))
      await group.clock.advance(2_000)
      machine.disk.crashAt(undefined)
      if (!machine.isRunning) {
        crashes.push(mutation)
        await group.restart(4)
      }
      await group.put('after', 'w')
      expect((await group.converge()).size).toBe(41)
    }
    expect(crashes.length).toBeGreaterThan(15)
  })

  test('that was killed between receiving and installing keeps its own log until it installs', async () => {
    let victim = 0
    const group = await TestGroup.start([1, 2, 3], {
      settings: { keepLogEntries: 0 },
      observer: (id) => ({
        snapshotReceived: () => {
          if (id === victim) group.kill(id)
        },
      }),
    })
    await group.put('first', VALUE)
    await group.converge()
    const { id } = (await group.followers())[0]!
    group.kill(id)
    for (let index = 0; index < 20; index += 1) await group.put(String(index), VALUE)
    for (const { node } of group.running) await group.wait(node.saveSnapshot())
    victim = id
    await group.restart(id)
    await group.until(() => !group.running.some((member) => member.id === id), 'the snapshot has arrived')
    victim = 0
    group.network.partition(
      [id],
      group.running.map((member) => member.id),
    )
    const { node, failures } = await group.restart(id)
    const applied = node.applied.index
    expect((await group.wait(node.saveSnapshot()))!.index).toBeGreaterThan(applied)
    expect(node.status()).toMatchObject({ knownAppliedIndex: applied, firstIndex: applied + 1 })
    expect(failures).toEqual([])
    group.network.healAll()
    expect((await group.converge()).size).toBe(21)
  })

  test('is asked again for a chunk that was lost, and need not begin anew', async () => {
    const group = await groupWithCutLog()
    await group.join(4)
    const leader = await group.leader()
    const chunks = recordChunks(group)
    await group.wait(leader.node.proposeMembershipChange(change('ConfChangeAddLearnerNode', 4)))
    await group.until(() => chunks.length >= 6, 'some of it is sent')
    group.network.setLink(leader.id, 4, { lossProbability: 1 })
    await group.until(() => chunks.length >= 9, 'some of it is lost')
    group.network.setLink(leader.id, 4, { lossProbability: 0 })
    await group.until(() => group.member(4).state.pairs.size === 40, 'it has caught up', 1_000)
  })

  test('does not answer for the snapshot before its state machine holds it', async () => {
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let restores = 0
    const group = await groupWithCutLog({
      wrapStateMachine: (machine, id) =>
        withOther(machine, {
          restoreSnapshot: async (applied, bytes) => {
            restores += 1
            if (id === 4) await held
            return machine.restoreSnapshot(applied, bytes)
          },
        }),
    })
    const acknowledged: number[] = []
    const sent: string[] = []
    group.network.trace = ({ kind, from, to, message }) => {
      if (kind !== 'sent' || message.kind !== 'raft') return
      if (to === 4) sent.push(message.message.type)
      if (from === 4 && message.message.type === 'MsgAppResp' && !message.message.reject) {
        acknowledged.push(message.message.index)
      }
    }
    await group.join(4)
    const { node } = await group.leader()
    await group.wait(node.proposeMembershipChange(change('ConfChangeAddLearnerNode', 4)))
    await group.until(() => sent.includes('MsgSnap'), 'the snapshot is there')
    for (let index = 0; index < 5; index += 1) await group.put('after', String(index))
    await group.clock.advance(500)
    expect(sent.slice(sent.indexOf('MsgSnap'))).toContain('MsgApp')
    expect(Math.max(0, ...acknowledged)).toBe(0)
    expect(group.member(4).node.status().knownAppliedIndex).toBe(0)
    release()
    await group.converge()
    expect(group.member(4).state.pairs.get('after')).toBe('4')
    expect(restores).toBe(1)
  })

  test('skips what waits to be applied, and tells its proposers that they cannot know', async () => {
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let slow = 0
    const applied: number[] = []
    const group = await TestGroup.start([1, 2, 3], {
      settings: { keepLogEntries: 0 },
      wrapStateMachine: (machine, id) =>
        withOther(machine, {
          apply: async (batch) => {
            if (id === slow) {
              applied.push(...batch.entries.map(({ index }) => index))
              await held
            }
            return machine.apply(batch)
          },
        }),
    })
    await group.put('first', '0')
    await group.converge()
    const old = await group.leader()
    slow = old.id
    const answers: unknown[] = []
    for (let index = 0; index < 5; index += 1) {
      void old.node
        .propose(encodeCommand({ kind: 'put', key: 'k', value: String(index) }))
        .then((answer) => answers.push(answer.kind))
      await group.clock.advance(20)
    }
    const { committedIndex } = old.node.status()
    expect(committedIndex).toBe(8)
    const others = (await group.followers()).map(({ id }) => id)
    group.network.partition([old.id], others)
    await group.until(() => group.running.some(({ id, node }) => id !== old.id && node.isLeader), 'another one leads')
    const next = group.running.find(({ id, node }) => id !== old.id && node.isLeader)!
    expect(await group.execute(next, { kind: 'put', key: 'k', value: 'next' })).toMatchObject({ kind: 'applied' })
    await group.wait(next.node.saveSnapshot())
    group.network.healAll()
    await group.until(() => old.node.status().firstIndex > committedIndex, 'its log is reset')
    release()
    await group.converge()
    expect(old.state.pairs.get('k')).toBe('next')
    // The first was being applied; the others never were, because the snapshot came before their turn.
    expect([...answers].sort()).toEqual(['applied', 'unknown', 'unknown', 'unknown', 'unknown'])
    expect(applied.filter((index) => index <= committedIndex)).toEqual([4])
  })

  test('ignores the order to install a snapshot whose file it does not have', async () => {
    const group = await groupWithCutLog()
    const { node, failures } = await group.join(4)
    const leader = await group.leader()
    const snapshot = {
      index: 40,
      term: 1,
      confState: { ...leader.node.confState, learners: [4] },
      data: new Uint8Array(12),
    }
    const message = { ...draftMessage('MsgSnap', 4), from: leader.id, term: leader.node.term, snapshot }
    node.receive(leader.id, { kind: 'raft', regionId: REGION_ID, message })
    await group.clock.advance(100)
    expect(node.status()).toMatchObject({
      firstIndex: 1,
      lastIndex: 0,
      committedIndex: 0,
      raftState: 'STATE_UNINITIALIZED',
    })
    expect(failures).toEqual([])
  })

  test('gets a snapshot that knows it, although there is an older one', async () => {
    const group = await groupWithCutLog()
    const { node } = await group.leader()
    const saved: number[] = []
    group.network.trace = ({ message }) => {
      if (message.kind === 'raft' && message.message.snapshot !== null) saved.push(message.message.snapshot.index)
    }
    const before = node.applied.index
    await group.join(4)
    await group.wait(node.proposeMembershipChange(change('ConfChangeAddLearnerNode', 4)))
    await group.converge()
    expect(Math.min(...saved)).toBeGreaterThan(before)
  })
})

describe('a damaged snapshot', () => {
  test('is not sent: the leader saves another one', async () => {
    const group = await groupWithCutLog()
    const leader = await group.leader()
    await group.join(4)
    // The member gets a snapshot that knows it; only then the leader's file rots.
    group.network.partition([leader.id], [4])
    await group.wait(leader.node.proposeMembershipChange(change('ConfChangeAddLearnerNode', 4)))
    await group.wait(leader.node.saveSnapshot())
    const [name] = filesOf(group, leader.id)
    leader.machine.disk.damage(`${SNAPSHOT_DIRECTORY}/${name!}`, { position: 70_000, length: 100 })
    group.network.healAll()
    await group.until(() => group.member(4).state.pairs.size === 40, 'it has caught up', 60_000)
    expect(leader.warnings).toMatchObject([{ code: 'RAFT_SNAPSHOT_DAMAGED' }])
    expect(leader.failures).toEqual([])
    await group.put('after', 'w')
    await group.converge()
  })

  test.each([
    ['header', 20, 1],
    ['content', 70_000, 100],
  ])(
    'with wrong bytes in its %s is refused at the start if the state rests on it',
    async (_where, position, length) => {
      const group = await groupWithCutLog({ flushEveryEntries: Number.POSITIVE_INFINITY })
      const [name] = filesOf(group, 1)
      group.kill(1)
      group.simulation.node('1').disk.damage(`${SNAPSHOT_DIRECTORY}/${name!}`, { position, length })
      await expect(group.restart(1)).rejects.toMatchObject({ code: 'RAFT_SNAPSHOT_DAMAGED' })
    },
  )

  test('that nobody needs does not keep a node from starting', async () => {
    const group = await groupWithCutLog({ flushEveryEntries: 1 })
    const [name] = filesOf(group, 1)
    group.kill(1)
    group.simulation.node('1').disk.damage(`${SNAPSHOT_DIRECTORY}/${name!}`, { position: 20, length: 1 })
    const { node, warnings } = await group.restart(1)
    expect(warnings).toMatchObject([{ code: 'RAFT_SNAPSHOT_DAMAGED' }])
    await group.put('after', 'w')
    await group.converge()
    expect(await group.wait(node.saveSnapshot())).toEqual(node.applied)
    expect(filesOf(group, 1)).toHaveLength(1)
  })
})

describe('a node whose parts do not fit each other', () => {
  test('does not start without the snapshot that its log rests on', async () => {
    const group = await groupWithCutLog({ flushEveryEntries: Number.POSITIVE_INFINITY })
    group.kill(1)
    await group.simulation.node('1').disk.remove(SNAPSHOT_DIRECTORY)
    await expect(group.restart(1)).rejects.toMatchObject({ code: 'RAFT_SNAPSHOT_MISSING' })
  })

  test('does not start if its log was lost', async () => {
    const group = await groupWithCutLog()
    group.kill(1)
    await group.simulation.node('1').disk.remove(LOG_DIRECTORY)
    await expect(group.restart(1)).rejects.toMatchObject({ code: 'RAFT_STATE_AHEAD_OF_LOG' })
  })
})
