import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { partStages } from '../../../src-main/flow/stages'
import { errnoOf } from '../../../src-main/rpc/dingo-error'
import { expectKnownStages } from '../../flow/known-stages'
import { until } from '../cluster/real-cluster'
import { SteppingWorld, gate } from './stepping-world'

const encoder = new TextEncoder()
const base64 = (text: string) => Buffer.from(text).toString('base64')
const putJson = (key: string) => JSON.stringify({ kv: { key: base64(key), value: base64('value') } })
const isPart = (stage: string) => partStages.some((part) => part === stage)

let world: SteppingWorld
let stopWatching: () => void
let regionId: number

beforeEach(async () => {
  world = await SteppingWorld.open()
  stopWatching = world.controller.watch()
  const range = { startKey: encoder.encode('r-mono--a'), endKey: encoder.encode('r-mono--z') }
  regionId = await world.client.regions.create({ name: 'mono', range, engine: 'mono' })
}, 60_000)
afterEach(async () => {
  stopWatching()
  await world.close()
})

const traceOf = (traceId: string) => world.controller.trace(traceId)
/** The client has its answer, and the store has told of its stages. */
async function isOver(traceId: string): Promise<void> {
  await until(() => !['running', 'held'].includes(traceOf(traceId).summary.state))
  await world.stagesWith(traceId, 'service.respond', 1)
}
const wayOf = (traceId: string) =>
  traceOf(traceId)
    .stages.map(({ stage }) => stage)
    .filter((stage) => !isPart(stage))

const WAY_OF_A_PUT = [
  'client.kvPut',
  'service.validate',
  'storage.kvPut',
  'engine.asyncWrite',
  'rawEngine.write',
  'closure.run',
  'storage.writeCallback',
  'service.respond',
  'client.result',
]

describe('operations on a region with one replica', () => {
  it('show the whole way of a put, without Raft, and its end', async () => {
    const { traceId } = await world.stepping.run({ operation: 'KvPut', json: putJson('r-mono--key') }, { step: false })
    await isOver(traceId)
    const { summary, stages, ahead } = traceOf(traceId)
    expect(summary).toMatchObject({ state: 'done', regionId, key: 'r-mono--key' })
    expect(wayOf(traceId)).toEqual(WAY_OF_A_PUT)
    expect(ahead).toEqual([])
    expect(stages.every(({ endedAtMs }) => endedAtMs > 0)).toBe(true)
    const families = stages.filter(({ stage }) => stage === 'rawEngine.columnFamily')
    expect(families.map(({ cause }) => cause.parameters['family'])).toEqual(['default', 'meta'])
    expect(stages.find(({ stage }) => stage === 'rawEngine.write')?.cause.code).toBe('engine.rawWriteAlone')
    expectKnownStages(stages)
  })

  it('show the whole way of a get, which needs no proof', async () => {
    await world.client.kv.put(encoder.encode('r-mono--key'), encoder.encode('value'))
    const json = JSON.stringify({ key: base64('r-mono--key') })
    const { traceId } = await world.stepping.run({ operation: 'KvGet', json }, { step: false })
    await isOver(traceId)
    expect(traceOf(traceId).summary).toMatchObject({ state: 'done', regionId })
    expect(wayOf(traceId)).toEqual([
      'client.kvGet',
      'service.validate',
      'storage.kvGet',
      'engine.newReader',
      'rawEngine.get',
      'service.respond',
      'client.result',
    ])
    const reader = traceOf(traceId).stages.find(({ stage }) => stage === 'engine.newReader')
    expect(reader?.cause.parameters['proof']).toBe('only-replica')
  })

  it('are walked through stage by stage, and the way ahead has no Raft in it', async () => {
    const { traceId } = await world.stepping.run({ operation: 'KvPut', json: putJson('r-mono--walk') }, { step: true })
    const walked: string[] = []
    for (;;) {
      await until(() => world.controller.state.holds.length > 0 || traceOf(traceId).summary.state === 'done')
      const [hold] = world.controller.state.holds
      if (hold === undefined) break
      walked.push(hold.stage)
      if (hold.stage === 'engine.asyncWrite') {
        expect(traceOf(traceId).ahead.map(({ stage }) => stage)).toEqual(WAY_OF_A_PUT.slice(4))
      }
      await world.step(hold, 'over')
    }
    expect(walked).toEqual(WAY_OF_A_PUT)
    expect(world.controller.state.isFrozen).toBe(false)
  })

  it.each(['to-commit', 'to-apply'] as const)('go %s as far as to the write', async (kind) => {
    const { traceId } = await world.stepping.run({ operation: 'KvPut', json: putJson('r-mono--far') }, { step: true })
    await world.step(await world.hold(traceId), kind)
    expect((await world.hold(traceId)).stage).toBe('rawEngine.write')
    await world.controller.continueAll()
    await isOver(traceId)
  })

  it('create and drop a table without the steps of Raft, and end', async () => {
    const json = '{"name":"alone","engine":"mono"}'
    const created = await world.stepping.run({ operation: 'CreateTable', json }, { step: false })
    await until(() => traceOf(created.traceId).summary.state === 'done')
    await world.stagesWith(created.traceId, 'region.reportLeader', 1)
    const dropped = await world.stepping.run({ operation: 'DropTable', json: '{"name":"alone"}' }, { step: false })
    await world.stagesWith(dropped.traceId, 'region.reportDeleted', 1)
    expect(traceOf(dropped.traceId).summary.state).toBe('done')
    const atStores = ({ traceId }: { readonly traceId: string }) =>
      traceOf(traceId).stages.flatMap(({ stage, operation }) => (operation?.endsWith('Region') ? [stage] : []))
    expect(atStores(created)).toEqual([
      'region.validateCreate',
      'region.saveMeta',
      'region.updateState',
      'region.reportLeader',
    ])
    expect(atStores(dropped)).toEqual([
      'region.validateDestroy',
      'region.updateMeta',
      'region.prepareDestroy',
      'region.updateMeta',
      'region.reportDeleted',
    ])
  })

  it('that are held do not keep the region from being deleted', async () => {
    await world.controller.setMode('non-stop')
    await world.controller.addGate(gate({ stage: 'rawEngine.write', regionId }))
    await world.controller.addGate(gate({ stage: 'rawEngine.columnFamily', regionId }))
    const putting = world.client.kv
      .put(encoder.encode('r-mono--held'), encoder.encode('value'), { timeoutMs: 5_000 })
      .catch((error: unknown) => error)
    await world.hold()
    await world.client.regions.drop(regionId)
    await until(async () => (await world.client.regions.list()).every(({ id }) => Number(id) !== regionId))
    // It was written, and then deleted with the region; a client that was not told in time has found no region any more.
    const answer = await putting
    expect([undefined, 'CLIENT_NO_REGION', 'CLIENT_OUTCOME_UNKNOWN', 'CLIENT_TIMED_OUT']).toContain(
      (answer as { code?: string } | undefined)?.code,
    )
    expect(errnoOf(answer)).toBeUndefined()
    expect(world.controller.state.holds).toEqual([])
  })
})
