import { toBinary } from '@bufbuild/protobuf'
import { afterEach, describe, expect, test } from 'vitest'
import { RawWriteBatch } from '../../../src-main/engine/raw'
import { StoreRegionState } from '../../../src-main/rpc/generated/dingodb/common_pb'
import type { RegionCmd } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import { RegionCmdSchema, RegionCmdStatus, RegionCmdType } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import { command, createCommand, definition, deleteCommand, PEERS, STORE } from '../support/region-messages'
import type { TestStore } from '../support/test-store'
import { newStore, until } from '../support/test-store'

const stores: TestStore[] = []

async function startedStore(...args: Parameters<typeof newStore>): Promise<TestStore> {
  const store = await newStore(...args)
  stores.push(store)
  await store.node.start()
  return store
}

afterEach(async () => {
  for (const { node } of stores.splice(0)) await node.stop()
})

const refusals = async ({ node }: TestStore, commands: readonly RegionCmd[]) =>
  (await node.controller.take(commands)).map(({ refusal }) => refusal?.details['name'])
const allDone = (store: TestStore) => until(store, () => store.node.controller.underWay.length === 0)
const outcomes = ({ node }: TestStore) => [...node.controller.finished].map(({ id, status }) => [id, status])

/** Gates by region: a step of such a region waits until its gate opens. */
function gates() {
  const waiting = new Map<number, Array<() => void>>()
  return {
    observer: {
      stage: (regionId: number) =>
        waiting.has(regionId) ? new Promise<void>((resolve) => waiting.get(regionId)?.push(resolve)) : undefined,
    },
    shut: (regionId: number) => waiting.set(regionId, []),
    open: (regionId: number) => {
      const held = waiting.get(regionId) ?? []
      waiting.delete(regionId)
      for (const resolve of held) resolve()
    },
  }
}

describe('creating a region', () => {
  test('goes through the steps in their order, and the first voter asks to lead', async () => {
    const steps: string[] = []
    const store = await startedStore(
      {},
      { commandObserver: { stage: (id, stage) => void steps.push(`${stage} ${String(id)}`) } },
    )
    expect(await refusals(store, [createCommand(7)])).toEqual([undefined])
    await allDone(store)
    expect(steps).toEqual(
      ['region.validateCreate', 'region.saveMeta', 'raft.createPeer', 'region.updateState', 'region.reportLeader'].map(
        (stage) => `${stage} 7`,
      ),
    )
    expect(store.engine.operations).toEqual(['addRegion 7', 'campaign 7'])
    expect(store.engine.replicas.get(7)?.peers).toEqual({ voters: PEERS, learners: [] })
    expect(store.node.regions.find(7)).toMatchObject({ peerState: StoreRegionState.NORMAL, leaderStoreId: STORE })
    const [record] = store.node.meta.changes.list(7)
    expect(record?.timeline.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['CMD_CREATE begun', 'raft.createPeer', 'CMD_CREATE done']),
    )
  })

  test('leaves the election to the first voter, which asks again until there is a leader', async () => {
    const others = await startedStore()
    await others.node.controller.take([createCommand(7, definition(7, { peers: [20002, STORE] }))])
    await allDone(others)
    expect(others.engine.operations).toEqual(['addRegion 7'])

    const first = await startedStore({}, { engine: { winsElections: false } })
    await first.node.controller.take([createCommand(7)])
    await allDone(first)
    await first.simulation.clock.advance(200)
    expect(first.engine.operations.filter((operation) => operation === 'campaign 7').length).toBeGreaterThan(1)
    first.engine.elect(7, 20002)
    const attempts = first.engine.operations.length
    await first.simulation.clock.advance(5_000)
    expect(first.engine.operations.length).toBe(attempts)
  })

  test('is refused where it cannot be done', async () => {
    const store = await startedStore()
    const elsewhere = createCommand(7, definition(7, { peers: [20002] }))
    const inverted = definition(7)
    inverted.range = { ...definition(7).range!, startKey: definition(9).range!.startKey }
    const endless = definition(7)
    endless.range = { ...definition(7).range!, endKey: new Uint8Array() }
    const withoutEpoch = definition(7)
    delete withoutEpoch.epoch
    expect(
      await refusals(store, [
        elsewhere,
        createCommand(7, inverted),
        createCommand(7, endless),
        createCommand(7, withoutEpoch),
        createCommand(7, definition(8)),
        command(7, RegionCmdType.CMD_CREATE, { case: undefined }),
        command(0, RegionCmdType.CMD_CREATE, { case: undefined }),
      ]),
    ).toEqual([
      'EILLEGAL_PARAMTETERS',
      'ERANGE_INVALID',
      'ERANGE_INVALID',
      'EILLEGAL_PARAMTETERS',
      'EILLEGAL_PARAMTETERS',
      'EILLEGAL_PARAMTETERS',
      'EILLEGAL_PARAMTETERS',
    ])
    expect(store.node.controller.underWay).toEqual([])
    const overlapping = definition(8)
    overlapping.range = definition(7).range!
    expect(await refusals(store, [createCommand(7), createCommand(7)])).toEqual([undefined, 'EREGION_EXIST'])
    await allDone(store)
    expect(await refusals(store, [createCommand(7), createCommand(8, overlapping)])).toEqual([
      'EREGION_EXIST',
      'EREGION_RANGE_CONFLICT',
    ])
  })

  test('that fails is told to the coordinators, and can be done by another command', async () => {
    let fails = true
    const before = (operation: string): void => {
      if (operation === 'addRegion' && fails) throw new Error('no room for a log')
    }
    const store = await startedStore({}, { engine: { before } })
    await store.node.controller.take([createCommand(7)])
    await until(store, () => store.coordinators.calls.includes('UpdateRegionCmdStatus'))
    expect(store.node.regions.find(7)?.peerState).toBe(StoreRegionState.NEW)
    expect([...store.node.controller.finished][0]?.error?.errmsg).toBe('no room for a log')
    fails = false
    expect(await refusals(store, [createCommand(7)])).toEqual([undefined])
    await allDone(store)
    expect(store.node.regions.find(7)?.peerState).toBe(StoreRegionState.NORMAL)
  })
})

describe('deleting a region', () => {
  test('leaves nothing but its id', async () => {
    const store = await startedStore()
    await store.node.controller.take([createCommand(7)])
    await allDone(store)
    await store.node.controller.take([deleteCommand(7)])
    await allDone(store)
    expect(store.engine.operations.slice(2)).toEqual(['removeRegion 7', 'deleteData 7'])
    expect(store.node.regions.list()).toEqual([])
    expect([...store.node.meta.regions.deletedIds]).toEqual([7])
    expect(await refusals(store, [createCommand(7), deleteCommand(7)])).toEqual([
      'EREGION_DELETED',
      'EREGION_NOT_FOUND',
    ])
  })

  test('waits for a creation before it, and is refused while another one is under way', async () => {
    const gate = gates()
    const store = await startedStore({}, { commandObserver: gate.observer })
    gate.shut(7)
    expect(await refusals(store, [createCommand(7), deleteCommand(7), deleteCommand(7)])).toEqual([
      undefined,
      undefined,
      'EREGION_DELETING',
    ])
    gate.open(7)
    await allDone(store)
    expect(store.node.regions.find(7)).toBeUndefined()
    expect(store.node.meta.regions.isDeleted(7)).toBe(true)
    expect([...store.files.logs]).toEqual([])
  })

  test('is refused in the middle of a split', async () => {
    const store = await startedStore()
    await store.node.controller.take([createCommand(7)])
    await allDone(store)
    await store.node.meta.regions.updateState(7, StoreRegionState.SPLITTING)
    expect(await refusals(store, [deleteCommand(7)])).toEqual(['EREGION_STATE'])
  })

  test('takes a region away that was never finished', async () => {
    const store = await startedStore()
    await store.node.meta.regions.add(definition(7))
    await store.node.controller.take([deleteCommand(7)])
    await allDone(store)
    expect(store.node.meta.regions.isDeleted(7)).toBe(true)
  })
})

describe('commands', () => {
  test('that are sent again after their end have it reported again', async () => {
    const store = await startedStore()
    const deletion = deleteCommand(7)
    await store.node.controller.take([createCommand(7), deletion])
    await allDone(store)
    await store.node.stop()
    const { simulation, rawEngine, files } = store
    const again = await startedStore({ simulation, rawEngine, files })
    const { heartbeats } = again.coordinators
    const stateAt = (position: number) => heartbeats.at(position)?.storeMetrics?.regionMetricsMap['7']?.storeRegionState
    // Once because it starts, and the whole report behind it, in which no deleted region is.
    await until(again, () => heartbeats.length === 2)
    expect([stateAt(0), stateAt(1)]).toEqual([StoreRegionState.DELETED, undefined])
    expect(await refusals(again, [deletion])).toEqual(['EREGION_REPEAT_COMMAND'])
    await until(again, () => heartbeats.length > 2)
    expect(stateAt(2)).toBe(StoreRegionState.DELETED)
  })

  test('of one region wait for each other, those of others do not', async () => {
    const gate = gates()
    const store = await startedStore({}, { commandObserver: gate.observer })
    gate.shut(7)
    await store.node.controller.take([createCommand(7), deleteCommand(7), createCommand(8)])
    await until(store, () => store.node.regions.find(8)?.peerState === StoreRegionState.NORMAL)
    expect(store.node.regions.find(7)).toBeUndefined()
    expect(store.node.controller.underWay.map(({ regionId }) => regionId)).toEqual([7, 7])
    gate.open(7)
    await allDone(store)
  })

  test('are done once, however often they are sent', async () => {
    const store = await startedStore()
    const create = createCommand(7)
    expect(await refusals(store, [create, create])).toEqual([undefined, 'EREGION_REPEAT_COMMAND'])
    await allDone(store)
    expect(await refusals(store, [create])).toEqual(['EREGION_REPEAT_COMMAND'])
    expect(store.engine.operations.filter((operation) => operation === 'addRegion 7')).toHaveLength(1)
  })

  test('that failed are done again when they are marked so', async () => {
    let fails = true
    const before = (): void => {
      if (fails) throw new Error('not now')
    }
    const store = await startedStore({}, { engine: { before } })
    const create = createCommand(7)
    await store.node.controller.take([create])
    await allDone(store)
    expect(outcomes(store)).toEqual([[create.id, RegionCmdStatus.STATUS_FAIL]])
    fails = false
    expect(await refusals(store, [create, { ...create, retry: true }])).toEqual(['EREGION_REPEAT_COMMAND', undefined])
    await allDone(store)
    expect(outcomes(store)).toEqual([[create.id, RegionCmdStatus.STATUS_DONE]])
  })

  test('that are finished are known for a while, also over a start', async () => {
    const settings = { historyPerRegion: 2 }
    const store = await startedStore({}, { settings })
    const commands = [
      createCommand(7),
      ...[1, 2, 3].map(() => command(7, RegionCmdType.CMD_SNAPSHOT, { case: undefined })),
    ]
    for (const each of commands) {
      await store.node.controller.take([each])
      await allDone(store)
    }
    const last = commands.slice(2).map(({ id }) => id)
    expect([...store.node.controller.finished].map(({ id }) => id)).toEqual(last)
    await store.node.stop()
    const again = await startedStore(
      { simulation: store.simulation, rawEngine: store.rawEngine, files: store.files },
      { settings },
    )
    expect([...again.node.controller.finished].map(({ id }) => id)).toEqual(last)
    expect(await refusals(again, commands.slice(3))).toEqual(['EREGION_REPEAT_COMMAND'])
  })

  test('beyond what the store does are refused in words', async () => {
    const store = await startedStore()
    const types = [RegionCmdType.CMD_SPLIT, RegionCmdType.CMD_MERGE, RegionCmdType.CMD_CHANGE_PEER]
    const answers = await store.node.controller.take(types.map((type) => command(7, type, { case: undefined })))
    expect(answers.map(({ refusal }) => refusal?.details['name'])).toEqual(types.map(() => 'ENOT_SUPPORT'))
    expect(answers[0]?.refusal?.message).toContain('CMD_SPLIT')
  })

  test("that another version took and this one does not know fail, and stand in nobody's way", async () => {
    const unknown = command(7, RegionCmdType.CMD_SPLIT, { case: undefined })
    const before = await startedStore()
    const key = new TextEncoder().encode(`CONTROL_CMD_${String(unknown.id)}`)
    await before.rawEngine.write(new RawWriteBatch().put(key, toBinary(RegionCmdSchema, unknown), 'meta'))
    await before.node.stop()
    const store = await startedStore(before)
    await allDone(store)
    expect(outcomes(store)).toEqual([[unknown.id, RegionCmdStatus.STATUS_FAIL]])
    expect(store.warnings).toEqual([])
  })

  test('for another store are refused', async () => {
    const store = await startedStore()
    expect(await refusals(store, [{ ...createCommand(7), storeId: 20002n }])).toEqual(['EILLEGAL_PARAMTETERS'])
  })

  test('hand leadership on, from the leader to a peer', async () => {
    const store = await startedStore()
    await store.node.controller.take([createCommand(7)])
    await allDone(store)
    const transfer = (storeId: number) =>
      command(7, RegionCmdType.CMD_TRANSFER_LEADER, {
        case: 'transferLeaderRequest',
        value: {
          $typeName: 'dingodb.pb.coordinator.TransferLeaderRequest',
          isForce: false,
          peer: definition(7, { peers: [storeId] }).peers[0]!,
        },
      })
    expect(await refusals(store, [transfer(STORE), transfer(9), transfer(20002)])).toEqual([
      'ERAFT_TRANSFER_LEADER',
      'ERAFT_TRANSFER_LEADER',
      undefined,
    ])
    await allDone(store)
    expect(store.node.regions.find(7)?.leaderStoreId).toBe(20002)
    expect(await refusals(store, [transfer(20003)])).toEqual(['ERAFT_NOTLEADER'])
  })
})
