import { describe, expect, test } from 'vitest'
import { MAX_PAYLOAD_BYTES } from '../../../src-main/raft/log/log-record'
import type { ProposalResult } from '../../../src-main/raft/node/outcome'
import type { KeyValueResult } from '../../../src-main/raft/simulation/key-value-state-machine'
import type { TestMember } from './support/test-group'
import { LOG_DIRECTORY, TestGroup, encodeCommand } from './support/test-group'
import { ApplyHold, withOther } from './support/wrapped-state-machine'

const put = (key: string, value = 'v') => encodeCommand({ kind: 'put', key, value })

/** Proposes and counts the answers. */
function propose(member: TestMember, data = put('k')) {
  const answers: Array<ProposalResult<KeyValueResult>> = []
  void member.node.propose(data).then((answer) => answers.push(answer))
  return answers
}

describe('a follower', () => {
  test('refuses everything at once and names the leader', async () => {
    const group = await TestGroup.start([1, 2, 3])
    const leader = (await group.leader()).id
    const [follower] = await group.followers()
    const refused = { kind: 'refused', code: 'NOT_LEADER', leader }
    const { node } = follower!
    expect(await node.propose(put('k'))).toMatchObject(refused)
    expect(await node.readBarrier()).toMatchObject(refused)
    expect(await node.transferLeadership(follower!.id)).toMatchObject(refused)
    expect(
      await node.proposeMembershipChange({
        version: 2,
        transition: 'ConfChangeTransitionAuto',
        changes: [],
        context: new Uint8Array(0),
      }),
    ).toMatchObject(refused)
  })

  test('knows no leader before there was one', async () => {
    const group = await TestGroup.start([1, 2, 3])
    expect(await group.member(1).node.propose(put('k'))).toMatchObject({
      kind: 'refused',
      code: 'NO_LEADER',
      leader: 0,
    })
  })
})

describe('a leader that is cut off', () => {
  test('answers what was under way as unknown, and the next leader decides', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'before')
    const leader = await group.leader()
    const others = (await group.followers()).map(({ id }) => id)
    group.network.partition([leader.id], others)
    const answers = propose(leader)
    const reads: unknown[] = []
    void leader.node.readBarrier().then((answer) => reads.push(answer))
    await group.until(() => answers.length > 0, 'it is answered')
    expect(leader.node.isLeader).toBe(false)
    expect(answers).toMatchObject([{ kind: 'unknown' }])
    expect(reads).toMatchObject([{ kind: 'refused' }])
    group.network.healAll()
    await group.put('k', 'after')
    await group.converge()
    expect(answers).toHaveLength(1)
    expect(reads).toHaveLength(1)
    expect(leader.state.pairs.get('k')).toBe('after')
  })

  test('refuses what it had not taken into its log yet', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'before')
    const leader = await group.leader()
    const others = (await group.followers()).map(({ id }) => id)
    leader.machine.disk.faults.add({
      fault: { kind: 'delay', delayMs: 9_000 },
      operations: ['sync'],
      path: LOG_DIRECTORY,
    })
    const taken = propose(leader)
    await group.clock.advance(1)
    const waiting = propose(leader)
    group.network.partition([leader.id], others)
    await group.until(() => waiting.length > 0 && taken.length > 0, 'they are answered')
    expect(taken).toMatchObject([{ kind: 'unknown' }])
    expect(waiting).toMatchObject([{ kind: 'refused' }])
  })
})

describe('a leader that lost its leadership', () => {
  test('answers committed entries by what they came to', async () => {
    const applying = new ApplyHold()
    const group = await TestGroup.start([1, 2, 3], { wrapStateMachine: applying.wrap })
    await group.put('k', 'before')
    await group.converge()
    const leader = await group.leader()
    applying.begin()
    const answers = propose(leader, put('k', 'committed'))
    const index = leader.node.status().lastIndex + 1
    await group.until(() => leader.node.status().committedIndex >= index, 'it is committed')
    const others = (await group.followers()).map(({ id }) => id)
    group.network.partition([leader.id], others)
    await group.until(() => !leader.node.isLeader, 'it has stepped down')
    expect(answers).toEqual([])
    applying.end()
    await group.until(() => answers.length > 0, 'it is answered')
    expect(answers).toMatchObject([{ kind: 'applied', index, result: true }])
  })
})

describe('stopping', () => {
  test('answers everything once: unknown what is in the log, refused what is not', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'before')
    const leader = await group.leader()
    leader.machine.disk.faults.add({
      fault: { kind: 'delay', delayMs: 100 },
      operations: ['sync'],
      path: LOG_DIRECTORY,
    })
    const taken = propose(leader)
    await group.clock.advance(1)
    const waiting = propose(leader)
    const reads: unknown[] = []
    void leader.node.readBarrier().then((answer) => reads.push(answer))
    await group.stop(leader.id)
    expect(taken).toMatchObject([{ kind: 'unknown' }])
    expect(waiting).toMatchObject([{ kind: 'refused', code: 'NODE_STOPPED' }])
    expect(reads).toMatchObject([{ kind: 'refused', code: 'NODE_STOPPED' }])
    expect(leader.node.status().raftState).toBe('STATE_SHUTDOWN')
    expect(await leader.node.propose(put('k'))).toMatchObject({ kind: 'refused', code: 'NODE_STOPPED' })
    await expect(leader.node.saveSnapshot()).rejects.toMatchObject({ code: 'RAFT_NODE_STOPPED' })
    await leader.node.stop()
    expect([taken.length, waiting.length, reads.length]).toEqual([1, 1, 1])
    expect(leader.failures).toEqual([])
  })
})

describe('a failure', () => {
  test('of the log ends the node and answers everything once', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'before')
    const leader = await group.leader()
    leader.machine.disk.faults.add({
      fault: { kind: 'fail', code: 'DISK_FULL' },
      operations: ['write'],
      path: LOG_DIRECTORY,
    })
    const taken = propose(leader)
    await group.until(() => taken.length > 0, 'it is answered')
    expect(taken).toMatchObject([{ kind: 'unknown' }])
    expect(leader.failures).toMatchObject([{ code: 'RAFT_LOG_FAILED' }])
    expect(leader.node.status().raftState).toBe('STATE_ERROR')
    expect(await leader.node.propose(put('k'))).toMatchObject({ kind: 'refused', code: 'NODE_STOPPED' })
    await group.wait(leader.node.stop())
    expect(leader.node.status().raftState).toBe('STATE_ERROR')
    group.kill(leader.id)
    await group.put('k', 'after')
    leader.machine.disk.faults.clear()
    await group.restart(leader.id)
    expect((await group.converge()).get('k')).toBe('after')
  })

  test.each([
    ['that throws', () => Promise.reject(new Error('no room')), 'RAFT_STATE_MACHINE_FAILED'],
    ['that forgets a result', () => Promise.resolve([]), 'RAFT_STATE_MACHINE_FAILED'],
  ])('of a state machine %s ends the node', async (_what, apply, code) => {
    let isBroken = false
    const group = await TestGroup.start([1], {
      wrapStateMachine: (machine) =>
        withOther(machine, { apply: (batch) => (isBroken ? apply() : machine.apply(batch)) }),
    })
    await group.put('k', 'before')
    isBroken = true
    const member = group.member(1)
    const answers = propose(member)
    await group.until(() => answers.length > 0, 'it is answered')
    expect(answers).toMatchObject([{ kind: 'unknown' }])
    expect(member.failures).toMatchObject([{ code }])
  })

  test('of the core ends the node', async () => {
    const group = await TestGroup.start([1, 2, 3])
    await group.put('k', 'before')
    await group.converge()
    const [follower] = await group.followers()
    const leader = await group.leader()
    // No leader ever tells a member to commit what it does not have.
    const { log } = follower!.node.coreStatus()
    const message = { ...heartbeatOf(leader, follower!), commit: log.committed + 100 }
    follower!.node.receive(leader.id, { kind: 'raft', regionId: 7, message })
    expect(follower!.failures).toMatchObject([{ code: 'RAFT_INVARIANT_VIOLATED' }])
    expect(follower!.node.status().raftState).toBe('STATE_ERROR')
  })
})

describe('a caller who asks for the impossible', () => {
  test('is told so', async () => {
    const group = await TestGroup.start([1])
    const { node } = await group.leader()
    const tooLong = { length: MAX_PAYLOAD_BYTES + 1 } as Uint8Array
    await expect(node.propose(tooLong)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    await expect(
      node.proposeMembershipChange({ version: 1, type: 'ConfChangeAddNode', nodeId: -5, context: new Uint8Array(0) }),
    ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    await group.put('k', 'still works')
  })

  test('is told so when no message could carry the command to the others', async () => {
    const group = await TestGroup.start([1, 2, 3])
    const { node } = await group.leader()
    group.network.maxCommandBytes = 1_000
    await expect(node.propose(new Uint8Array(1_001))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    await group.put('k', 'still works')
  })
})

function heartbeatOf(leader: TestMember, to: TestMember) {
  const nothing = new Uint8Array(0)
  return {
    type: 'MsgHeartbeat',
    from: leader.id,
    to: to.id,
    term: leader.node.term,
    logTerm: 0,
    index: 0,
    entries: [],
    commit: 0,
    vote: 0,
    snapshot: null,
    reject: false,
    rejectHint: 0,
    context: nothing,
    leaseTime: 0,
    responses: [],
  } as const
}
