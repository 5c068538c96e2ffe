import { create } from '@bufbuild/protobuf'
import { afterEach, describe, expect, test } from 'vitest'
import { RawWriteBatch } from '../../../src-main/engine/raw'
import type { UnaryHandler } from '../../../src-main/rpc/call'
import { RaftNodeState, StoreRegionState } from '../../../src-main/rpc/generated/dingodb/common_pb'
import type { RegionCmd } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import { StoreOperationSchema } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'
import { PushService } from '../../../src-main/rpc/generated/dingodb/push_pb'
import { NodeGate } from '../../../src-main/store/node-gate'
import { createCommand, definition, deleteCommand, STORE } from '../support/region-messages'
import type { TestStore } from '../support/test-store'
import { callerOf, newStore, until } from '../support/test-store'

const stores: TestStore[] = []

async function made(...args: Parameters<typeof newStore>): Promise<TestStore> {
  const store = await newStore(...args)
  stores.push(store)
  return store
}

async function started(...args: Parameters<typeof newStore>): Promise<TestStore> {
  const store = await made(...args)
  await store.node.start()
  return store
}

afterEach(async () => {
  for (const { node } of stores.splice(0)) await node.stop()
})

/** Calls the store as a coordinator does. */
function caller(store: TestStore) {
  const call = callerOf(store)
  return {
    push: (regionCmds: RegionCmd[], storeId = STORE) =>
      call(PushService.method.pushStoreOperation, {
        storeOperation: create(StoreOperationSchema, { storeId: BigInt(storeId), regionCmds }),
      }),
    pushHeartbeat: (isReadOnly: boolean) =>
      call(PushService.method.pushHeartbeat, {
        heartbeatResponse: { clusterState: { clusterIsReadOnly: isReadOnly } },
      }),
  }
}

const allDone = (store: TestStore) => until(store, () => store.node.controller.underWay.length === 0)

describe('a coordinator that pushes', () => {
  test('has an answer for each command', async () => {
    const store = await started()
    const { push } = caller(store)
    const commands = [createCommand(7), deleteCommand(99), createCommand(8)]
    const { error, regionCmdResults } = await push(commands)
    expect(error).toBeUndefined()
    expect(regionCmdResults.map(({ regionCmdId, error: refusal }) => [regionCmdId, refusal?.errcode])).toEqual([
      [commands[0]?.id, undefined],
      [commands[1]?.id, Errno.EREGION_NOT_FOUND],
      [commands[2]?.id, undefined],
    ])
    await allDone(store)
    expect(store.node.regions.list().map(({ id }) => id)).toEqual([7, 8])
    const elsewhere = await push([createCommand(9)], 20002)
    expect(elsewhere.error?.errcode).toBe(Errno.EILLEGAL_PARAMTETERS)
  })

  test('is not told that a region is missing before the store has looked', async () => {
    const store = await made()
    const { push } = caller(store)
    expect((await push([deleteCommand(7)])).error?.errcode).toBe(Errno.EREGION_UNAVAILABLE)
    await store.node.start()
    expect((await push([deleteCommand(7)])).regionCmdResults[0]?.error?.errcode).toBe(Errno.EREGION_NOT_FOUND)
    await store.node.stop()
    expect((await push([deleteCommand(7)])).error?.errcode).toBe(Errno.EREGION_UNAVAILABLE)
  })

  test('can make the cluster read-only', async () => {
    const store = await started()
    expect(store.node.isReadOnly).toBe(false)
    await caller(store).pushHeartbeat(true)
    expect(store.node.isReadOnly).toBe(true)
  })
})

describe('heartbeats', () => {
  test('tell of a region when it is there, when it is led, and when it is deleted', async () => {
    const store = await started({}, { hostMetrics: () => ({ processUsedMemory: 123n }) })
    await store.simulation.clock.advance(10)
    await store.node.controller.take([createCommand(7)])
    await allDone(store)
    await store.simulation.clock.advance(10)
    const { heartbeats } = store.coordinators
    expect(heartbeats[0]?.store).toMatchObject({ id: BigInt(STORE), keyring: 'TO_BE_CONTINUED' })
    expect(heartbeats[0]?.storeMetrics?.storeOwnMetrics?.processUsedMemory).toBe(123n)
    expect(heartbeats[0]?.storeMetrics?.isPartialRegionMetrics).toBe(false)
    const last = heartbeats.at(-1)?.storeMetrics
    expect(last?.isPartialRegionMetrics).toBe(true)
    expect(last?.regionMetricsMap['7']).toMatchObject({
      id: 7n,
      leaderStoreId: BigInt(STORE),
      storeRegionState: StoreRegionState.NORMAL,
      regionDefinition: { name: 'region 7' },
      braftStatus: { raftState: RaftNodeState.STATE_LEADER, peerId: '127.0.0.1:20101:0' },
    })
    await store.node.controller.take([deleteCommand(7)])
    await allDone(store)
    await store.simulation.clock.advance(10)
    const deleted = heartbeats.at(-1)?.storeMetrics
    expect(deleted?.regionMetricsMap['7']?.storeRegionState).toBe(StoreRegionState.DELETED)
  })

  test('let a deleted region be forgotten, an hour after the coordinators took note', async () => {
    const hour = 3_600_000
    const store = await started()
    await store.node.controller.take([createCommand(7)])
    await allDone(store)
    store.coordinators.failure = new Error('nobody answers')
    await store.node.controller.take([deleteCommand(7)])
    await allDone(store)
    await store.simulation.clock.advance(2 * hour)
    expect(store.node.meta.regions.isDeleted(7)).toBe(true)
    store.coordinators.failure = undefined
    await store.simulation.clock.advance(hour - 10_000)
    expect(store.node.meta.regions.isDeleted(7)).toBe(true)
    await store.node.stop()

    const next = await started(store)
    await next.simulation.clock.advance(20_000)
    const { heartbeats } = next.coordinators
    const told = heartbeats.flatMap(({ storeMetrics }) => storeMetrics?.regionMetricsMap['7'] ?? [])
    expect(told.at(-1)?.storeRegionState).toBe(StoreRegionState.DELETED)
    expect(next.node.meta.regions.isDeleted(7)).toBe(true)
    await next.simulation.clock.advance(hour)
    expect(next.node.meta.regions.isDeleted(7)).toBe(false)
    await next.node.stop()
    const last = await started(next)
    expect([...last.node.meta.regions.deletedIds]).toEqual([])
    expect([...store.warnings, ...next.warnings].map(({ message }) => message)).toEqual(['nobody answers'])
  })

  test('bring the stores of the cluster and its flags', async () => {
    const store = await made()
    store.coordinators.answer = {
      storemap: { epoch: 3n, stores: [{ id: 20002n, serverLocation: { host: 'other', port: 20002 } }] },
      clusterState: { clusterIsForceReadOnly: true },
    }
    await store.node.start()
    await store.simulation.clock.advance(10)
    expect(store.node.isReadOnly).toBe(true)
    expect(store.node.meta.server.serverLocationOf(20002)).toMatchObject({ host: 'other', port: 20002 })
    await store.simulation.clock.advance(1_000)
    expect(store.coordinators.heartbeats.at(-1)?.selfStoremapEpoch).toBe(3n)
  })

  test('carry sizes and counts that are collected at intervals', async () => {
    const store = await started()
    await store.node.controller.take([createCommand(7)])
    await allDone(store)
    await store.simulation.clock.advance(64_000)
    const metrics = store.coordinators.heartbeats.findLast(({ storeMetrics }) => storeMetrics?.regionMetricsMap['7'])
    expect(metrics?.storeMetrics?.regionMetricsMap['7']).toMatchObject({ rowCount: 3n, lastUpdateMetricsLogIndex: 2n })
  })
})

describe('a store that starts again', () => {
  test('brings up the regions that run, several at a time, and no others', async () => {
    const store = await started()
    const { meta } = store.node
    for (let regionId = 1; regionId <= 40; regionId += 1) {
      await meta.regions.add(definition(regionId))
      if (regionId > 2) await meta.regions.updateState(regionId, StoreRegionState.NORMAL)
      if (regionId === 40) await meta.regions.updateState(regionId, StoreRegionState.DELETING)
    }
    await store.node.stop()
    let underWay = 0
    let most = 0
    const again = await made(store, {
      engine: {
        before: async (operation) => {
          if (operation !== 'addRegion') return
          underWay += 1
          most = Math.max(most, underWay)
          await Promise.resolve()
          underWay -= 1
        },
      },
    })
    await again.node.start()
    expect([...again.engine.replicas.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 37 }, (_, i) => i + 3))
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(16)
    expect(again.engine.operations).toContain('campaign 3')
  })

  test('serves the others when a region does not come up', async () => {
    const store = await started()
    await store.node.controller.take([createCommand(7), createCommand(8)])
    await allDone(store)
    await store.node.stop()
    const again = await started(store, {
      engine: {
        before: (_, regionId) => {
          if (regionId === 7) throw new Error('the log of region 7 is damaged')
        },
      },
    })
    expect(again.failures.map(({ message }) => message)).toEqual(['the log of region 7 is damaged'])
    expect([...again.engine.replicas.keys()]).toEqual([8])
  })

  test('does not start over a damaged record, and names it', async () => {
    const store = await made()
    const key = new TextEncoder().encode('CONTROL_CMD_5')
    await store.rawEngine.write(new RawWriteBatch().put(key, Uint8Array.of(0xff), 'meta'))
    await expect(store.node.start()).rejects.toMatchObject({
      code: 'STORE_RECORD_DAMAGED',
      details: { key: 'CONTROL_CMD_5' },
    })
  })
})

describe('the end of a store', () => {
  test('that stops leaves no timer, and stopping twice is harmless', async () => {
    const store = await started({}, { engine: { winsElections: false } })
    await store.node.controller.take([createCommand(7)])
    await allDone(store)
    await store.node.stop()
    await store.node.stop()
    await store.simulation.clock.settle()
    expect(store.engine.isClosed).toBe(true)
    expect(store.simulation.clock.pendingCount).toBe(0)
  })

  test('that is silenced answers nobody, also those who called before', async () => {
    const store = await started()
    let answer: (() => void) | undefined
    const handler: UnaryHandler<never> = () => new Promise((resolve) => (answer = () => resolve({} as never)))
    const gate = new NodeGate()
    const guarded = gate.guard<never>({ call: handler } as never) as unknown as Record<string, () => Promise<unknown>>
    gate.set('open')
    const settled: string[] = []
    void guarded['call']?.().then(() => settled.push('before'))
    gate.set('silent')
    answer?.()
    void guarded['call']?.().then(() => settled.push('after'))
    store.node.silence()
    await store.node.stop()
    const heartbeats = store.coordinators.heartbeats.length
    await store.simulation.clock.advance(60_000)
    expect(settled).toEqual([])
    expect(store.coordinators.heartbeats).toHaveLength(heartbeats)
    expect(store.engine.isClosed).toBe(true)
    expect(store.simulation.clock.pendingCount).toBe(0)
  })
})
