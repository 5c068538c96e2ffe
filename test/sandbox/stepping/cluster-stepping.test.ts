import { fromBinary } from '@bufbuild/protobuf'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { getStages, partStages, putStages } from '../../../src-main/flow/stages'
import { KvPutRequestSchema } from '../../../src-main/rpc/generated/dingodb/store_pb'
import { expectKnownStages } from '../../flow/known-stages'
import { until } from '../cluster/real-cluster'
import { SteppingWorld, gate, getJson, keyOf, putJson } from './stepping-world'

let world: SteppingWorld
let stopWatching: () => void

beforeEach(async () => {
  world = await SteppingWorld.open()
  stopWatching = world.controller.watch()
}, 60_000)
afterEach(() => world.close())

const isPart = (stage: string) => partStages.some((part) => part === stage)
const summaryOf = (traceId: string) => world.controller.trace(traceId).summary
const isOver = (traceId: string) => until(() => !['running', 'held'].includes(summaryOf(traceId).state))

describe('a put', () => {
  it('passes every stage on every node that takes part, the client first and last', async () => {
    const traceId = await world.put('a', '1')
    const stages = await world.stagesWith(traceId, 'rawEngine.write', 3)
    const leader = await leaderId()
    const names = (nodeId: number) => stages.filter((each) => each.nodeId === nodeId).map(({ stage }) => stage)
    expect(names(0)).toEqual(['client.kvPut', 'client.result'])
    expect(new Set(stages.map(({ stage }) => stage).filter((stage) => !isPart(stage)))).toEqual(new Set(putStages))
    expect(names(leader).filter((stage) => stage === 'raft.send')).toHaveLength(2)
    for (const follower of storeIds().filter((nodeId) => nodeId !== leader)) {
      expect(names(follower).filter((stage) => !isPart(stage))).toEqual([
        'raft.receive',
        'log.append',
        'log.sync',
        'raft.ack',
        'stateMachine.onApply',
        'rawEngine.write',
      ])
    }
    expectKnownStages(stages)
    expect(summaryOf(traceId)).toMatchObject({ state: 'done', regionId: world.regionId, key: 'r-test--a' })
    expect(world.controller.trace(traceId).ahead).toEqual([])
  })

  it('tells the region from the coordinators at first, then from memory, and shows the request’s own bytes', async () => {
    const first = await world.put('a', 'one')
    await isOver(first)
    const second = await world.put('a', 'two')
    await isOver(second)
    const routed = (traceId: string) =>
      world.controller.trace(traceId).stages.find(({ stage }) => stage === 'client.kvPut')
    expect(routed(first)?.cause.code).toBe('client.routed.coordinators')
    expect(routed(second)?.cause.code).toBe('client.routed.cache')
    const [request] = routed(second)?.before ?? []
    expect(request?.type).toBe('dingodb.pb.store.KvPutRequest')
    const { kv } = fromBinary(KvPutRequestSchema, request?.bytes ?? new Uint8Array())
    expect(kv).toMatchObject({ key: keyOf('a'), value: new TextEncoder().encode('two') })
  })

  it('is walked through stage by stage, and is done when the last one is let go', async () => {
    const traceId = await world.put('walked', '1', true)
    const walked: string[] = []
    for (;;) {
      await until(() => world.controller.state.holds.length > 0 || summaryOf(traceId).state === 'done')
      const [hold] = world.controller.state.holds
      if (hold === undefined) break
      walked.push(hold.stage)
      expect(world.controller.state.isFrozen).toBe(true)
      await world.step(hold, 'over')
    }
    expect(walked.slice(0, 6)).toEqual(putStages.slice(0, 6))
    expect(walked.at(-1)).toBe('client.result')
    expect(walked).toContain('raftNode.commit')
    expect(walked.filter(isPart)).toEqual([])
    expect(world.controller.state.isFrozen).toBe(false)
    expect(await world.client.kv.get(keyOf('walked'))).toEqual(new TextEncoder().encode('1'))
  })

  it('whose leader is killed while it is held ends with an outcome that nobody knows, and says so', async () => {
    const leader = await leaderId()
    const traceId = await world.put('lost', '1', true)
    await world.step(await world.hold(traceId), 'to-commit')
    expect(await world.hold(traceId)).toMatchObject({ stage: 'raftNode.commit', nodeId: leader })
    await world.host.killNode(leader)
    await isOver(traceId)
    expect(summaryOf(traceId)).toMatchObject({ state: 'unknown', error: { code: 'CLIENT_OUTCOME_UNKNOWN' } })
    expect(world.controller.state).toMatchObject({ holds: [], isFrozen: false })
    const result = world.controller.trace(traceId).stages.find(({ stage }) => stage === 'client.result')
    expect(result?.cause.code).toBe('client.unknown')
  })
})

describe('a get', () => {
  it('passes its stages', async () => {
    await world.client.kv.put(keyOf('a'), new Uint8Array([7]))
    const { traceId } = await world.stepping.run({ operation: 'KvGet', json: getJson('a') }, { step: false })
    await isOver(traceId)
    const stages = await world.stagesWith(traceId, 'service.respond', 1)
    expect(stages.map(({ stage }) => stage)).toEqual([...getStages])
    expectKnownStages(stages)
  })
})

describe('a composed request', () => {
  it('may carry another epoch than the region has: it is refused, and tried again with the right one', async () => {
    const put = JSON.parse(putJson('stale', '1')) as object
    const json = JSON.stringify({ ...put, context: { regionEpoch: { confVersion: '1', version: '99' } } })
    const { traceId } = await world.stepping.run({ operation: 'KvPut', json }, { step: false })
    await isOver(traceId)
    expect(summaryOf(traceId).state).toBe('done')
    const stages = await world.stagesWith(traceId, 'service.validate', 2)
    const routed = stages.filter(({ stage }) => stage === 'client.kvPut')
    expect(routed.map(({ cause }) => cause.code)).toEqual(['client.routed.coordinators', 'client.routed.again'])
    const [refused, taken] = stages.filter(({ stage }) => stage === 'service.validate')
    expect([refused?.error?.message, taken?.error]).toEqual([expect.stringContaining('epoch'), undefined])
  })

  it.each([
    ['no JSON', 'KvPut', '{', 'This is no KvPutRequest in JSON'],
    ['another message', 'KvPut', '{"key":"YQ=="}', 'This is no KvPutRequest in JSON'],
    ['no key', 'KvPut', '{}', 'names at least one key'],
    ['an empty key', 'KvBatchGet', '{"keys":["YQ==",""]}', 'names at least one key'],
    ['what is no call of a region', 'CreateRegion', '{}', 'is no call that can be composed'],
  ] as const)('is refused with a sentence: %s', async (_what, operation, json, sentence) => {
    await expect(world.stepping.run({ operation, json }, { step: false })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(sentence) as string,
    })
    expect(world.controller.state.traces).toEqual([])
  })

  it('for keys of several regions is refused before it is sent', async () => {
    const keys = [keyOf('a'), Uint8Array.of(0x72, 0xff, 1, 1, 1, 1, 1, 1)]
    const json = JSON.stringify({ keys: keys.map((key) => Buffer.from(key).toString('base64')) })
    const { traceId } = await world.stepping.run({ operation: 'KvBatchDelete', json }, { step: false })
    await isOver(traceId)
    expect(summaryOf(traceId)).toMatchObject({ state: 'failed', error: { code: 'INVALID_ARGUMENT' } })
  })
})

describe('a table', () => {
  it('is created and dropped under trace, held on the way for as long as a person likes', async () => {
    await world.controller.addGate(gate({ stage: 'coordinator.pushRegionCmd', operation: 'CreateTable' }))
    const create = { operation: 'CreateTable' as const, json: '{"name":"traced","partitions":2}' }
    const { traceId } = await world.stepping.run(create, { step: false })
    for (;;) {
      await until(() => world.controller.state.holds.length > 0 || summaryOf(traceId).state === 'done')
      const [hold] = world.controller.state.holds
      if (hold === undefined) break
      expect(hold.stage).toBe('coordinator.pushRegionCmd')
      await world.step(hold, 'continue')
    }
    expect(summaryOf(traceId)).toMatchObject({ operation: 'CreateTable', key: 'traced', state: 'done' })
    expectKnownStages(await world.stagesWith(traceId, 'region.reportLeader', 2))
    const drop = await world.stepping.run({ operation: 'DropTable', json: '{"name":"traced"}' }, { step: false })
    await isOver(drop.traceId)
    expectKnownStages(await world.stagesWith(drop.traceId, 'raft.closePeer', 6))
    await expect(world.client.tables.get('traced')).rejects.toMatchObject({ code: 'CLIENT_NOT_FOUND' })
  }, 60_000)

  it.each([
    ['{"name":""}', 'a text that is not empty'],
    ['{"name":"t","partitions":0}', 'a whole number from 1'],
  ])('%s is refused', async (json, sentence) => {
    await expect(world.stepping.run({ operation: 'CreateTable', json }, { step: false })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(sentence) as string,
    })
  })
})

describe('who watches', () => {
  it('is needed for anything to stop; what is held goes on soon after the last one has left', async () => {
    await world.controller.addGate(gate({ stage: 'storage.kvPut' }))
    const traceId = await world.put('a', '1')
    await world.hold(traceId)
    stopWatching()
    // The grace is real time, of which the put has enough: its own clock stands still.
    await isOver(traceId)
    expect(summaryOf(traceId).state).toBe('done')
    const unwatched = await world.put('a', '2')
    await isOver(unwatched)
    expect(world.controller.trace(unwatched).stages.every(({ heldMs }) => heldMs === 0)).toBe(true)
  }, 20_000)
})

describe('a thousand traced puts', () => {
  it('leave no more behind than the ring of traces keeps', async () => {
    for (let round = 0; round < 50; round++) {
      const traceIds = await Promise.all(
        Array.from({ length: 20 }, (_, each) => world.put(`k${String(each)}`, String(round))),
      )
      for (const traceId of traceIds) await isOver(traceId)
    }
    expect(world.controller.state.traces).toHaveLength(200)
    expect(world.controller.state.traces.every(({ state }) => state === 'done')).toBe(true)
  }, 60_000)
})

const storeIds = () =>
  world.host
    .nodes()
    .filter(({ role }) => role === 'store')
    .map(({ nodeId }) => nodeId)

async function leaderId(): Promise<number> {
  return Number((await world.client.regions.get(world.regionId)).leaderStoreId)
}
