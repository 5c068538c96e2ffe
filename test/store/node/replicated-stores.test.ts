import { afterEach, expect, test } from 'vitest'
import type { EngineContext } from '../../../src-main/engine/engine-context'
import { StoreRegionState } from '../../../src-main/rpc/generated/dingodb/common_pb'
import { createCommand, deleteCommand, PEERS, rangeOf } from '../support/region-messages'
import type { RaftStore } from './support/raft-stores'
import { ELECTION_TIMEOUT_MS, newRaftStores } from './support/raft-stores'

const REGIONS = Array.from({ length: 30 }, (_, i) => i + 1)

let stores = newRaftStores()

afterEach(() => {
  for (const node of stores.simulation.nodes) node.kill()
  stores = newRaftStores()
})

const leadEverywhere = (running: readonly RaftStore[]): boolean =>
  REGIONS.every((regionId) => running.every(({ node }) => node.regions.find(regionId)?.leaderStoreId !== 0))

const problemsOf = (running: readonly RaftStore[]): readonly Error[] =>
  running.flatMap(({ failures, warnings }) => [...failures, ...warnings])

test('thirty regions are created, led, brought up again and deleted on three stores', async () => {
  const { simulation, startOne, stopOne, all, until } = stores
  let running = await all(startOne)
  const beganMs = simulation.clock.monotonicMs()
  for (const { node } of running) await node.controller.take(REGIONS.map((regionId) => createCommand(regionId)))
  await until(
    () => running.every(({ node }) => node.regions.list().length === REGIONS.length) && leadEverywhere(running),
  )
  // The first voters asked to lead: nobody waited for an election time-out.
  expect(simulation.clock.monotonicMs() - beganMs).toBeLessThan(ELECTION_TIMEOUT_MS)

  for (const store of running) await stopOne(store)
  expect(problemsOf(running)).toEqual([])
  running = await all(startOne)
  const restartedMs = simulation.clock.monotonicMs()
  await until(() => leadEverywhere(running))
  expect(simulation.clock.monotonicMs() - restartedMs).toBeLessThan(ELECTION_TIMEOUT_MS)

  for (const { node } of running) await node.controller.take(REGIONS.map((regionId) => deleteCommand(regionId)))
  await until(() => running.every(({ node }) => node.controller.underWay.length === 0))
  for (const { node, manager } of running) {
    expect(node.regions.list()).toEqual([])
    expect([...manager.nodes]).toEqual([])
  }
  for (const storeId of PEERS) {
    const { disk } = simulation.node(String(storeId)).env
    expect(await disk.list('/store/raft')).toEqual([])
  }
  expect(problemsOf(running)).toEqual([])
  for (const store of running) await stopOne(store)
})

test('a replica whose creation is not complete misses nothing of what its group commits', async () => {
  const { startOne, stopOne, all, until, settle } = stores
  let goOn = (): void => undefined
  const held = new Promise<void>((resolve) => (goOn = resolve))
  const running = await all((storeId) =>
    startOne(storeId, {
      commandObserver: {
        stage: (_, stage) => (storeId === 20003 && stage === 'region.updateState' ? held : undefined),
      },
    }),
  )
  for (const { node } of running) await node.controller.take([createCommand(1)])
  const [leader, , late] = running as [RaftStore, RaftStore, RaftStore]
  await until(() => leader.node.regions.find(1)?.leaderStoreId === leader.storeId)
  const context: EngineContext = { regionId: 1, epoch: { confVersion: 1, version: 1 } }
  const { startKey: key } = rangeOf(1)
  await settle(leader.engine.write(context, { datums: [{ kind: 'put', entries: [{ key, value: key }] }] }))
  await until(() => late.engine.status(1)?.knownAppliedIndex === leader.engine.status(1)?.lastIndex)
  expect(late.node.regions.find(1)?.peerState).toBe(StoreRegionState.NEW)
  goOn()
  await until(() => late.node.controller.underWay.length === 0)
  const reader = await late.engine.newReader({ ...context, readMode: 'local' })
  expect(await reader.kvGet(key)).toEqual(key)
  expect(problemsOf(running)).toEqual([])
  for (const store of running) await stopOne(store)
})
