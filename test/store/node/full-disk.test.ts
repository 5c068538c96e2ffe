import { afterEach, expect, test } from 'vitest'
import type { EngineContext } from '../../../src-main/engine/engine-context'
import type { ActiveDiskFault } from '../../../src-main/env/simulated'
import { errnoOf } from '../../../src-main/rpc/dingo-error'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'
import { createCommand, definition, deleteCommand, rangeOf } from '../support/region-messages'
import type { RaftStore } from './support/raft-stores'
import { newRaftStores } from './support/raft-stores'

let stores = newRaftStores()

afterEach(() => {
  for (const node of stores.simulation.nodes) node.kill()
  stores = newRaftStores()
})

const bytes = (text: string) => new TextEncoder().encode(text)
const context: EngineContext = { regionId: 1, epoch: { confVersion: 1, version: 1 } }
const keyOf = (name: string) => new Uint8Array([...rangeOf(1).startKey, ...bytes(name)])

/** What a write gave: OK or an errno. */
async function put({ engine }: RaftStore, name: string): Promise<Errno> {
  const entries = [{ key: keyOf(name), value: bytes(name) }]
  return stores.settle(
    engine.write(context, { datums: [{ kind: 'put', entries }] }).then(
      () => Errno.OK,
      (thrown: unknown) => errnoOf(thrown) ?? Errno.EINTERNAL,
    ),
  )
}

async function localValue({ engine }: RaftStore, name: string): Promise<Uint8Array | undefined> {
  return (await engine.newReader({ ...context, readMode: 'local' })).kvGet(keyOf(name))
}

const leads = ({ node, storeId }: RaftStore): boolean => node.regions.find(1)?.leaderStoreId === storeId
const stateOf = ({ engine }: RaftStore) => engine.status(1)?.raftState

/** No bytes fit on the store's disk any more. */
function fillDisk({ storeId }: RaftStore, path = '/'): ActiveDiskFault {
  const { faults } = stores.simulation.node(String(storeId)).disk
  return faults.add({ fault: { kind: 'fail', code: 'DISK_FULL' }, operations: ['write'], path })
}

test('a leader whose disk is full says so, the others go on, and it comes back when there is space', async () => {
  const { all, startOne, stopOne, until } = stores
  const running = await all((storeId) => startOne(storeId))
  const [first, second, third] = running as [RaftStore, RaftStore, RaftStore]
  for (const { node } of running) await node.controller.take([createCommand(1)])
  await until(() => leads(first))
  expect(await put(first, 'before')).toBe(Errno.OK)

  const full = fillDisk(first)
  // The followers may hold it: nobody knows.
  expect(await put(first, 'at the edge')).toBe(Errno.ERAFT_COMMITLOG)
  expect(await put(first, 'refused')).toBe(Errno.ESYSTEM_DISK_CAPACITY_FULL)
  await until(() => leads(second) || leads(third))
  const next = leads(second) ? second : third
  expect(await put(next, 'meanwhile')).toBe(Errno.OK)
  await stores.simulation.clock.advance(10_000)
  expect(await put(first, 'refused')).toBe(Errno.ESYSTEM_DISK_CAPACITY_FULL)

  full.remove()
  await until(() => first.engine.status(1)?.knownAppliedIndex === next.engine.status(1)?.lastIndex && leads(next))
  for (const name of ['before', 'meanwhile']) expect(await localValue(first, name)).toEqual(bytes(name))
  expect(await localValue(first, 'refused')).toBeUndefined()
  expect(await localValue(first, 'at the edge')).toEqual(await localValue(next, 'at the edge'))
  expect(running.flatMap(({ failures }) => failures)).toEqual([])
  // One word about it, however often it was tried.
  expect(first.warnings).toMatchObject([{ code: 'RAFT_LOG_FAILED', cause: { code: 'DISK_FULL' } }])
  for (const store of running) await stopOne(store)
})

test('the only replica of a region leads again when there is space', async () => {
  const { startOne, stopOne, until } = stores
  const store = await startOne(20001)
  await store.node.controller.take([createCommand(1, definition(1, { peers: [20001] }))])
  await until(() => leads(store))
  expect(await put(store, 'before')).toBe(Errno.OK)
  const full = fillDisk(store)
  expect(await put(store, 'at the edge')).toBe(Errno.ERAFT_COMMITLOG)
  await stores.simulation.clock.advance(100_000)
  expect(await put(store, 'refused')).toBe(Errno.ESYSTEM_DISK_CAPACITY_FULL)
  full.remove()
  await until(() => leads(store))
  expect(await put(store, 'after')).toBe(Errno.OK)
  for (const name of ['before', 'after']) expect(await localValue(store, name)).toEqual(bytes(name))
  expect(store.failures).toEqual([])
  await stopOne(store)
})

test('a region that does not come up at a start because the disk is full comes up later', async () => {
  const { simulation, startOne, stopOne, until } = stores
  const before = await startOne(20001)
  await before.node.controller.take([createCommand(1, definition(1, { peers: [20001] }))])
  await until(() => leads(before))
  expect(await put(before, 'before')).toBe(Errno.OK)
  await stopOne(before)
  const { faults } = simulation.node('20001').disk
  const full = faults.add({
    fault: { kind: 'fail', code: 'DISK_FULL' },
    operations: ['write', 'create'],
    path: '/store/raft/1',
  })
  const store = await startOne(20001)
  expect(stateOf(store)).toBeUndefined()
  full.remove()
  await until(() => leads(store))
  expect(await localValue(store, 'before')).toEqual(bytes('before'))
  expect(store.failures).toEqual([])
  await stopOne(store)
})

test('a region whose replica waits for space can be deleted', async () => {
  const { simulation, startOne, stopOne, until } = stores
  const store = await startOne(20001)
  await store.node.controller.take([createCommand(1, definition(1, { peers: [20001] }))])
  await until(() => leads(store))
  // The logs have a disk of their own: else the command could not be noted either, and would be refused.
  const full = fillDisk(store, '/store')
  expect(await put(store, 'at the edge')).toBe(Errno.ERAFT_COMMITLOG)
  await simulation.clock.advance(5_000)
  await store.node.controller.take([deleteCommand(1)])
  await until(() => store.node.controller.underWay.length === 0)
  full.remove()
  await simulation.clock.advance(60_000)
  expect(store.node.regions.list()).toEqual([])
  expect([...store.manager.nodes]).toEqual([])
  expect(await simulation.node('20001').disk.list('/store/raft')).toEqual([])
  expect(store.failures).toEqual([])
  await stopOne(store)
  expect(simulation.clock.pendingCount).toBe(0)
})
