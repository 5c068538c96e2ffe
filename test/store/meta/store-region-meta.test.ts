import { fromBinary } from '@bufbuild/protobuf'
import { describe, expect, test } from 'vitest'
import { RawWriteBatch } from '../../../src-main/engine/raw'
import type { RawEngine } from '../../../src-main/engine/raw'
import { StoreRegionState } from '../../../src-main/rpc/generated/dingodb/common_pb'
import { RegionSchema } from '../../../src-main/rpc/generated/dingodb/store_internal_pb'
import { MetaStorage } from '../../../src-main/store/meta/meta-storage'
import { legalMovesFrom } from '../../../src-main/store/meta/region-state'
import { StoreRegionMeta } from '../../../src-main/store/meta/store-region-meta'
import { definition } from '../support/region-messages'
import { openMemory } from '../support/test-store'

const { NEW, NORMAL, STANDBY, SPLITTING, MERGING, DELETING, DELETED, ORPHAN, TOMBSTONE } = StoreRegionState
const key = (text: string) => new TextEncoder().encode(text)

async function newMeta(rawEngine?: RawEngine) {
  const engine = rawEngine ?? (await openMemory())
  const meta = new StoreRegionMeta({ storage: new MetaStorage(engine), encodeRange: (range) => range })
  await meta.load()
  return { engine, meta }
}

async function recordOf(engine: RawEngine, regionId: number) {
  const bytes = await engine.get(key(`META_REGION_${String(regionId)}`), { columnFamily: 'meta' })
  return bytes && fromBinary(RegionSchema, bytes)
}

describe('the legal moves of a region', () => {
  test('are those of the table', () => {
    const moves = {
      [NEW]: [NORMAL, STANDBY],
      [NORMAL]: [STANDBY, SPLITTING, MERGING, DELETING, ORPHAN, TOMBSTONE],
      [STANDBY]: [NORMAL, TOMBSTONE, ORPHAN, DELETING],
      [SPLITTING]: [NORMAL, TOMBSTONE],
      [MERGING]: [NORMAL, TOMBSTONE],
      [DELETING]: [DELETED, TOMBSTONE],
      [DELETED]: [TOMBSTONE],
      [ORPHAN]: [TOMBSTONE],
      [TOMBSTONE]: [],
    }
    for (const [from, to] of Object.entries(moves)) expect(legalMovesFrom(Number(from))).toEqual(to)
  })

  test('an illegal one names both states and changes nothing', async () => {
    const { engine, meta } = await newMeta()
    await meta.add(definition(7))
    const move = meta.updateState(7, DELETING)
    await expect(move).rejects.toMatchObject({ details: { name: 'EREGION_STATE', from: 'NEW', to: 'DELETING' } })
    await expect(move).rejects.toThrow(/from NEW to DELETING/)
    expect(meta.find(7)?.peerState).toBe(NEW)
    expect((await recordOf(engine, 7))?.state).toBe(NEW)
  })
})

describe('a region', () => {
  test('is on disk at every change, and there again after a start', async () => {
    const { engine, meta } = await newMeta()
    const region = await meta.add(definition(7), { jobId: 5 })
    expect((await recordOf(engine, 7))?.state).toBe(NEW)
    await meta.updateState(7, NORMAL)
    expect((await recordOf(engine, 7))?.state).toBe(NORMAL)
    expect(region.state).toEqual({ name: 'NORMAL', mayApply: true })
    const again = (await newMeta(engine)).meta
    expect(again.find(7)).toMatchObject({ peerState: NORMAL, epoch: { confVersion: 1, version: 1 }, leaderStoreId: 0 })
    expect(again.find(7)?.record.lastChangeJobId).toBe(5n)
  })

  test('counts the changes of its state, also over a start', async () => {
    const { engine, meta } = await newMeta()
    await meta.add(definition(7))
    expect(meta.stateEpoch(7)).toBe(0)
    await meta.updateState(7, NORMAL)
    await meta.updateState(7, STANDBY)
    await meta.updateState(7, NORMAL)
    expect(meta.stateEpoch(7)).toBe(3)
    expect((await newMeta(engine)).meta.stateEpoch(7)).toBe(3)
  })

  test('is changed in memory only when the disk has it', async () => {
    const { engine, meta } = await newMeta()
    await meta.add(definition(7))
    const change = meta.updateState(7, NORMAL)
    expect(meta.find(7)?.peerState).toBe(NEW)
    await change
    await engine.close()
    await expect(meta.updateState(7, DELETING)).rejects.toMatchObject({ code: 'ENGINE_CLOSED' })
    expect(meta.find(7)?.peerState).toBe(NORMAL)
  })

  test('takes changes that come together one after the other', async () => {
    const { meta } = await newMeta()
    await meta.add(definition(7))
    const [, second] = await Promise.allSettled([meta.updateState(7, NORMAL), meta.updateState(7, NORMAL)])
    expect(second).toMatchObject({ status: 'rejected', reason: { details: { from: 'NORMAL', to: 'NORMAL' } } })
  })

  test('takes peers with the conf_version that came with them, and nothing older', async () => {
    const { meta } = await newMeta()
    await meta.add(definition(7))
    const peersOf = (...peers: number[]) => definition(7, { peers }).peers
    expect(await meta.updatePeers(7, peersOf(20001), 1)).toBe(false)
    expect(await meta.updatePeers(7, peersOf(20001, 20002), 3)).toBe(true)
    expect(await meta.updatePeers(7, peersOf(20001), 2)).toBe(false)
    expect(meta.find(7)?.epoch).toEqual({ confVersion: 3, version: 1 })
    expect(meta.find(7)?.peers.map(({ storeId }) => Number(storeId))).toEqual([20001, 20002])
  })

  test('keeps range, epoch and peers when its definition is replaced', async () => {
    const { meta } = await newMeta()
    await meta.add(definition(7))
    const next = definition(8, { peers: [1] })
    next.name = 'renamed'
    await meta.updateDefinition(7, next)
    const { id, name, range, peers } = meta.find(7)?.definition ?? definition(0)
    expect({ id, name }).toEqual({ id: 7n, name: 'renamed' })
    expect(range).toEqual(definition(7).range)
    expect(peers).toEqual(definition(7).peers)
  })
})

describe('adding', () => {
  test('refuses a region that is here, or whose range is taken, also while the other is being written', async () => {
    const { meta } = await newMeta()
    const adding = meta.add(definition(7))
    const overlapping = definition(8)
    overlapping.range = definition(7).range!
    await expect(meta.add(definition(7))).rejects.toMatchObject({ details: { name: 'EREGION_EXIST' } })
    await expect(meta.add(overlapping)).rejects.toMatchObject({
      details: { name: 'EREGION_RANGE_CONFLICT', conflictsWith: 7 },
    })
    await adding
    await expect(meta.add(overlapping)).rejects.toMatchObject({ details: { name: 'EREGION_RANGE_CONFLICT' } })
    await meta.add(definition(8))
    expect(meta.list().map(({ id }) => id)).toEqual([7, 8])
  })

  test('refuses a region that was deleted, also after a start', async () => {
    const { engine, meta } = await newMeta()
    await meta.add(definition(7))
    await meta.updateState(7, NORMAL)
    await expect(meta.remove(7)).rejects.toMatchObject({ details: { name: 'EREGION_STATE' } })
    await meta.updateState(7, DELETING)
    await meta.updateState(7, DELETED)
    expect(meta.list()).toEqual([])
    await meta.remove(7)
    expect(await recordOf(engine, 7)).toBeUndefined()
    for (const store of [meta, (await newMeta(engine)).meta]) {
      expect(store.find(7)).toBeUndefined()
      await expect(store.add(definition(7))).rejects.toMatchObject({ details: { name: 'EREGION_DELETED' } })
    }
  })
})

test.each([
  ['META_REGION_7', Uint8Array.of(0xff, 0xff, 0xff)],
  ['META_REGION_7', new Uint8Array()],
  ['META_REGION_x', new Uint8Array()],
  ['META_DELETED_x', new Uint8Array()],
])('a record %s that does not decode is refused by its name', async (name, value) => {
  const engine = await openMemory()
  await engine.write(new RawWriteBatch().put(key(name), value, 'meta'))
  await expect(newMeta(engine)).rejects.toMatchObject({ code: 'STORE_RECORD_DAMAGED', details: { key: name } })
})
