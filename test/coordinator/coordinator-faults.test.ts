import type { DescMessage, DescMethodUnary, MessageInitShape } from '@bufbuild/protobuf'
import { afterEach, describe, expect, it } from 'vitest'
import { CoordinatorService } from '../../src-main/rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../src-main/rpc/generated/dingodb/error_pb'
import { MetaService, TsoOpType } from '../../src-main/rpc/generated/dingodb/meta_pb'
import type { FakeStore } from './support/fake-store'
import { errorOf, SimulatedCoordinators } from './support/simulated-cluster'
import { createTable, startWithStores, tableRange, untilReady } from './support/table-requests'

const coordinator = CoordinatorService.method
const meta = MetaService.method

let cluster: SimulatedCoordinators
let stores: FakeStore[] = []

afterEach(async () => {
  for (const store of stores) store.stop()
  stores = []
  await cluster.settled(cluster.stopAll())
})

/** Asks every coordinator, as clients do that each know another leader. @returns what was answered without an error */
async function askAll<Input extends DescMessage, Output extends DescMessage>(
  method: DescMethodUnary<Input, Output>,
  request: MessageInitShape<Input>,
) {
  // Who is cut off may not answer in time.
  const answers = cluster.members.map(({ id }) => cluster.raw(id, method, request).catch(() => undefined))
  const answered = (await cluster.settled(Promise.all(answers))).filter((answer) => answer !== undefined)
  return answered.filter((answer) => errorOf(answer) === undefined)
}

describe('a leader that is cut off from the others, and not from its clients', () => {
  it.each([
    ['steps down by itself', true],
    ['believes that it leads until it hears otherwise', false],
  ])('and %s gives out nothing that the next leader gives out, and answers nothing old', async (_what, checkQuorum) => {
    cluster = new SimulatedCoordinators(3)
    cluster.raftSettings = { checkQuorum }
    await cluster.startAll()
    const ids: bigint[] = []
    const timestamps: bigint[] = []
    const ask = async () => {
      const idAnswers = await askAll(coordinator.createRegionId, { count: 3 })
      const timestampAnswers = await askAll(meta.tsoService, { opType: TsoOpType.OP_GEN_TSO, count: 5n })
      ids.push(...idAnswers.flatMap(({ regionIds }) => regionIds))
      for (const { startTimestamp } of timestampAnswers) {
        const { physical = 0n, logical = 0n } = startTimestamp ?? {}
        timestamps.push((physical << 18n) + logical)
      }
    }
    for (let round = 0; round < 4; round += 1) {
      await ask()
      const old = await cluster.leader()
      const others = cluster.members.map(({ id }) => id).filter((id) => id !== old)
      cluster.raft.partition([old], others)
      // Under way while nobody knows yet that the leader is alone.
      await ask()
      await cluster.until(
        () => others.some((id) => cluster.node(id).isLeader) && cluster.node(old).isLeader !== checkQuorum,
      )
      await ask()
      const name = `round ${String(round)}`
      const leader = others.find((id) => cluster.node(id).isLeader) ?? 0
      const created = await cluster.settled(cluster.raw(leader, meta.createSchema, { schemaName: name }))
      expect(errorOf(created)).toBeUndefined()
      const lookup = cluster.raw(old, meta.getSchemaByName, { schemaName: name }).then(
        (answer) => Errno[errorOf(answer)?.errcode ?? Errno.OK],
        () => 'no answer',
      )
      expect(await cluster.settled(lookup)).toBe(checkQuorum ? 'ERAFT_NOTLEADER' : 'no answer')
      cluster.raft.healAll()
      await cluster.leader()
      await ask()
    }
    expect(ids.length).toBeGreaterThan(30)
    expect(new Set(ids).size).toBe(ids.length)
    expect(timestamps.length).toBeGreaterThan(10)
    for (let position = 1; position < timestamps.length; position += 1) {
      expect(timestamps[position]).toBeGreaterThanOrEqual((timestamps[position - 1] ?? 0n) + 5n)
    }
  })
})

describe('a coordinator whose disk is full', () => {
  it.each([
    ['leads', true],
    ['follows', false],
  ])('and that %s takes part again when there is space, with all that was decided meanwhile', async (_what, leads) => {
    cluster = new SimulatedCoordinators(7)
    await cluster.startAll()
    const leader = await cluster.leader()
    const full = leads ? leader : (cluster.members.map(({ id }) => id).find((id) => id !== leader) ?? 0)
    const others = cluster.members.map(({ id }) => id).filter((id) => id !== full)
    const { faults } = cluster.simulation.node(String(full)).disk
    const fault = faults.add({ fault: { kind: 'fail', code: 'DISK_FULL' }, operations: ['write'], path: '/raft' })
    // The one at the edge may be lost or not.
    await cluster.settled(cluster.raw(leader, meta.createSchema, { schemaName: 'edge' }).catch(() => undefined))
    await cluster.until(() => others.some((id) => cluster.node(id).isLeader))
    const next = others.find((id) => cluster.node(id).isLeader) ?? 0
    expect(errorOf(await cluster.settled(cluster.raw(next, meta.createSchema, { schemaName: 'one' })))).toBeUndefined()
    await cluster.simulation.clock.advance(100_000)
    expect(errorOf(await cluster.settled(cluster.raw(full, meta.createSchema, { schemaName: 'two' })))?.errcode).toBe(
      Errno.ERAFT_NOTLEADER,
    )
    fault.remove()
    await cluster.until(() => cluster.lastIndex(full) > 0)
    await cluster.until(() => cluster.raftNode(full).status().knownAppliedIndex >= cluster.lastIndex(next))
    await cluster.settled(cluster.raftNode(next).transferLeadership(full))
    expect(await cluster.leader()).toBe(full)
    expect(await cluster.errno(meta.getSchemaByName, { schemaName: 'one' })).toBe('OK')
    // One word about it, however often it was tried.
    expect(cluster.warnings.filter((warning) => 'code' in warning && warning.code === 'RAFT_LOG_FAILED')).toHaveLength(
      1,
    )
  })
})

describe('a coordinator that was away for longer than the log reaches back', () => {
  it('takes a snapshot over Raft, leads with what is in it, and hands out no id twice', async () => {
    cluster = new SimulatedCoordinators(5)
    cluster.raftSettings = { snapshotLogGap: 20, keepLogEntries: 5 }
    stores = await startWithStores(cluster, 3)
    const away = cluster.members.map(({ id }) => id).find((id) => id !== 22_001) ?? 0
    const before = await createTable(cluster, 'before', 2)
    await untilReady(cluster, before)
    cluster.kill(away)
    await cluster.leader()
    const meanwhile = await createTable(cluster, 'meanwhile', 2)
    await untilReady(cluster, meanwhile)
    await cluster.call(meta.dropTable, { tableId: { entityId: before } })
    const ids: bigint[] = []
    for (let count = 0; count < 60; count += 1) {
      ids.push(...(await cluster.call(coordinator.createRegionId, { count: 1 })).regionIds)
    }
    const leader = await cluster.leader()
    expect(cluster.raftNode(leader).status().firstIndex).toBeGreaterThan(20)

    await cluster.start(away)
    await cluster.until(() => cluster.raftNode(away).status().knownAppliedIndex >= cluster.lastIndex(leader))
    expect(cluster.raftNode(away).status().firstIndex).toBeGreaterThan(20)
    await cluster.settled(cluster.raftNode(leader).transferLeadership(away))
    expect(await cluster.leader()).toBe(away)
    await untilReady(cluster, meanwhile)
    expect(await tableRange(cluster, meanwhile)).toHaveLength(2)
    expect(await cluster.errno(meta.getTable, { tableId: { entityId: before } })).toBe('ETABLE_NOT_FOUND')
    ids.push(...(await cluster.call(coordinator.createRegionId, { count: 5 })).regionIds)
    expect(new Set(ids).size).toBe(65)
    expect(await cluster.errno(meta.createSchema, { schemaName: 'goes on' })).toBe('OK')
  })
})
