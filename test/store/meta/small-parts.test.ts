import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RawEngine } from '../../../src-main/engine/raw'
import { RegionCmdType } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import { BoundedHistory } from '../../../src-main/store/meta/bounded-history'
import { KeyedQueue } from '../../../src-main/store/meta/keyed-queue'
import { MetaStorage } from '../../../src-main/store/meta/meta-storage'
import { RegionChangeRecorder } from '../../../src-main/store/meta/region-change-recorder'
import { StoreServerMeta } from '../../../src-main/store/meta/store-server-meta'
import { wallTimeText } from '../../../src-main/store/meta/wall-time-text'
import { openMemory } from '../support/test-store'
import { create } from '@bufbuild/protobuf'
import { StoreMapSchema } from '../../../src-main/rpc/generated/dingodb/common_pb'

test('a wall time is written as the calendar has it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 7_258_118_400_000 }), (ms) => {
      expect(wallTimeText(ms)).toBe(new Date(ms).toISOString().replace('T', ' ').replace('Z', ''))
    }),
  )
})

describe('a bounded history', () => {
  test('drops the oldest of a region, and the oldest of all', () => {
    const history = new BoundedHistory<string>({ perRegion: 2, total: 3 })
    expect(history.add(1, 'a')).toEqual([])
    expect(history.add(1, 'b')).toEqual([])
    expect(history.add(1, 'a')).toEqual([])
    expect(history.add(1, 'c')).toEqual(['a'])
    expect(history.add(2, 'd')).toEqual([])
    expect(history.add(3, 'e')).toEqual(['b'])
    expect(history.add(1, 'f')).toEqual(['c'])
    expect(history.add(1, 'g')).toEqual(['d'])
  })
})

test('a keyed queue keeps the order of each key and does not stop at a failure', async () => {
  const queue = new KeyedQueue<number>()
  const seen: string[] = []
  let open = (): void => undefined
  const gate = new Promise<void>((resolve) => (open = resolve))
  const first = queue.run(1, async () => {
    await gate
    seen.push('first')
    throw new Error('first fails')
  })
  const second = queue.run(1, () => Promise.resolve(seen.push('second')))
  await queue.run(2, () => Promise.resolve(seen.push('other key')))
  open()
  await expect(first).rejects.toThrow('first fails')
  await second
  await queue.idle()
  expect(seen).toEqual(['other key', 'first', 'second'])
})

test('flushes that are asked for while one runs share the next', async () => {
  let flushes = 0
  const ends: Array<() => void> = []
  const engine = {
    supports: { persistent: true },
    flush: () => {
      flushes += 1
      return new Promise<void>((resolve) => ends.push(resolve))
    },
  } as unknown as RawEngine
  const storage = new MetaStorage(engine)
  const first = storage.makeDurable()
  await Promise.resolve()
  await Promise.resolve()
  const others = [storage.makeDurable(), storage.makeDurable()]
  expect(flushes).toBe(1)
  ends[0]?.()
  await first
  await new Promise(setImmediate)
  expect(flushes).toBe(2)
  ends[1]?.()
  await Promise.all(others)
  expect(flushes).toBe(2)
})

test('change records keep the newest jobs of a region, also over a start', async () => {
  const engine = await openMemory()
  const limits = { perRegion: 2, total: 100 }
  const recorder = new RegionChangeRecorder(new MetaStorage(engine), limits)
  for (const jobId of [1, 2, 3]) {
    const change = { regionId: 7, jobId, jobType: RegionCmdType.CMD_CREATE, content: `job ${String(jobId)}` }
    await recorder.record(change, [{ atMs: jobId * 1000, event: 'begun' }])
    await recorder.record(change, [{ atMs: jobId * 1000 + 1, event: 'done' }])
  }
  const again = new RegionChangeRecorder(new MetaStorage(engine), limits)
  await again.load()
  for (const { list } of [recorder, again].map((each) => ({ list: each.list(7) }))) {
    expect(list.map(({ jobId }) => jobId)).toEqual([2n, 3n])
    expect(list[1]?.timeline.map(({ time, event }) => [time, event])).toEqual([
      ['1970-01-01 00:00:03.000', 'begun'],
      ['1970-01-01 00:00:03.001', 'done'],
    ])
  }
  expect(again.list(8)).toEqual([])
})

test('a change record keeps its newest points, for commands without a job have one together', async () => {
  const recorder = new RegionChangeRecorder(new MetaStorage(await openMemory()), { perRegion: 2, total: 100 })
  const change = { regionId: 7, jobId: 0, jobType: RegionCmdType.CMD_SNAPSHOT, content: 'no job' }
  for (let round = 0; round < 300; round += 1) await recorder.record(change, [{ atMs: round, event: String(round) }])
  const [record] = recorder.list(7)
  expect(record?.timeline).toHaveLength(256)
  expect(record?.timeline.at(-1)?.event).toBe('299')
})

test('the store map is taken when it is newer, and gives no location that cannot be reached', () => {
  const meta = new StoreServerMeta({
    storeId: 1,
    serverLocation: { host: 'h', port: 1 },
    raftLocation: { host: 'h', port: 2 },
  })
  const map = (epoch: bigint, port: number) =>
    create(StoreMapSchema, {
      epoch,
      stores: [
        { id: 2n, serverLocation: { host: 'x', port } },
        { id: 3n, serverLocation: { host: '', port: 5 } },
      ],
    })
  expect(meta.serverLocationOf(1)).toEqual({ host: 'h', port: 1 })
  meta.update(map(5n, 10), undefined)
  meta.update(map(4n, 11), undefined)
  expect(meta.serverLocationOf(2)).toMatchObject({ host: 'x', port: 10 })
  expect(meta.serverLocationOf(3)).toBeUndefined()
  expect(meta.raftLocationOf(2)).toBeUndefined()
  expect(meta.epoch).toBe(5)
})
