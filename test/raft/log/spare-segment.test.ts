import { describe, expect, test } from 'vitest'
import type { Disk, OpenOptions } from '../../../src-main/env'
import { SeededRandom } from '../../../src-main/env/seeded-random'
import { SimulatedDisk } from '../../../src-main/env/simulated'
import { inspectRecords } from '../../../src-main/raft/log/log-inspection'
import type { Segment } from '../../../src-main/raft/log/segment'
import { newSegment } from '../../../src-main/raft/log/segment-encoder'
import { SegmentedRaftLogStore } from '../../../src-main/raft/log/segmented-raft-log-store'
import { SpareSegment } from '../../../src-main/raft/log/spare-segment'

const DIRECTORY = '/raft/7'
/** Each segment takes this many entries of {@link put}. */
const ENTRIES_A_SEGMENT = 10
const SEGMENT_BYTES = 120 + 10 * 64

const padded = (index: number) => String(index).padStart(20, '0')
const openName = (firstIndex: number) => `log_inprogress_${padded(firstIndex)}`
const filesOf = async (disk: SimulatedDisk) => (await disk.list(DIRECTORY)).map(({ name }) => name)

const openLog = (disk: Disk) =>
  SegmentedRaftLogStore.open({
    disk,
    directory: DIRECTORY,
    regionId: 7,
    segmentBytes: SEGMENT_BYTES,
    cacheBytes: 0,
    spaceAheadBytes: 0,
  })

async function put(log: SegmentedRaftLogStore, count: number, moreBytes = 0): Promise<void> {
  for (let entry = 0; entry < count; entry += 1) {
    const index = log.lastIndex + 1
    const text = padded(index).slice(4) + ' '.repeat(moreBytes)
    log.append({ entries: [{ index, term: 1, type: 'EntryNormal', data: new TextEncoder().encode(text) }] })
    await log.sync()
  }
}

const textsOf = async (log: SegmentedRaftLogStore) =>
  (await log.readEntries(log.firstIndex, log.lastIndex + 1, Infinity)).map(({ data }) =>
    Number(new TextDecoder().decode(data)),
  )

/** A log whose third segment is written into the file of the first, which is longer by some bytes, and has few records of its own. */
async function reusing({ seed = 1, moreBytes = 0 } = {}) {
  const disk = new SimulatedDisk({ random: new SeededRandom(seed) })
  const log = await openLog(disk)
  await put(log, ENTRIES_A_SEGMENT - 1)
  await put(log, 1, moreBytes)
  await put(log, 1)
  await log.cutPrefix(ENTRIES_A_SEGMENT)
  const filesBefore = await filesOf(disk)
  await put(log, ENTRIES_A_SEGMENT + 2)
  return { disk, log, filesBefore, name: openName(21), path: `${DIRECTORY}/${openName(21)}` }
}

describe('a segment of which nothing counts any more', () => {
  test('leaves its file to a later one, and a second one is removed', async () => {
    const { disk, log, filesBefore, name, path } = await reusing()
    expect(filesBefore).toEqual([openName(11), 'log_spare'])
    expect(await filesOf(disk)).toEqual([`log_${padded(11)}_${padded(20)}`, name])
    expect((await disk.status(path))?.size).toBeGreaterThan(SEGMENT_BYTES)
    await log.cutPrefix(20)
    expect(await filesOf(disk)).toEqual([name, 'log_spare'])
    await log.close()
    expect(await filesOf(disk)).toEqual([name])
  })

  test('is never read again: what it leaves behind the records of the later one is no record', async () => {
    const { disk, log, name } = await reusing()
    expect(await textsOf(log)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23])
    const inspected = await inspectRecords(disk, DIRECTORY, name, 0, 1000)
    expect(inspected.records.map(({ typeName }) => typeName)).toEqual([
      'segmentHeader',
      ...Array<string>(3).fill('entryNormal'),
    ])
    expect(inspected.nextOffset).toBeUndefined()
    disk.crash({})
    const again = await openLog(disk)
    expect(again.recovered).toBeUndefined()
    expect(await textsOf(again)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23])
    await put(again, 20)
    await again.close()
    const third = await openLog(disk)
    expect(third.lastIndex).toBe(43)
    await third.close()
  })

  test('is cut off the file at a start, although the system gave up an earlier cut whose sync failed', async () => {
    // What is given up differs from seed to seed.
    for (let seed = 1; seed <= 20; seed += 1) {
      const { disk, path } = await reusing({ seed, moreBytes: 400 })
      disk.crash({})
      const fault = { kind: 'fail', code: 'DISK_FULL', extent: 'part' } as const
      const rule = disk.faults.add({ fault, operations: ['sync'], path })
      await expect(openLog(disk)).rejects.toMatchObject({ code: 'DISK_FULL' })
      rule.remove()
      const again = await openLog(disk)
      await put(again, 20)
      disk.crash({ writes: 'none', names: 'none' })
      const third = await openLog(disk)
      expect(third.lastIndex, `seed ${String(seed)}`).toBe(43)
      await third.close()
    }
  })

  test('is cut off the file when the later one is closed', async () => {
    const { disk, log, name, path } = await reusing()
    await log.close()
    const { records } = await inspectRecords(disk, DIRECTORY, name, 0, 1000)
    expect(records.at(-1)?.typeName).toBe('trailer')
    expect((await disk.status(path))?.size).toBe(records.reduce((sum, { length }) => sum + length, 0))
  })

  test('hides no damage: a durable record in a file used again is refused when it is damaged', async () => {
    const { disk, path } = await reusing()
    disk.crash({})
    disk.damage(path, { position: 120 + 48, length: 8 })
    await expect(openLog(disk)).rejects.toMatchObject({ code: 'RAFT_LOG_DAMAGED', details: { path, offset: 120 } })
  })

  test('hides no damage of the first record either', async () => {
    const { disk, path } = await reusing()
    disk.crash({})
    disk.damage(path, { position: 8, length: 8 })
    await expect(openLog(disk)).rejects.toMatchObject({ code: 'RAFT_LOG_DAMAGED', details: { path, offset: 0 } })
  })

  test.each([true, false])(
    'keeps its name from coming back with the bytes of the later one (written apart: %s)',
    async (apart) => {
      const events: string[] = []
      const disk = new SimulatedDisk({
        random: new SeededRandom(1),
        trace: ({ operation, path }) => events.push(`${operation} ${path.slice(DIRECTORY.length + 1)}`),
      })
      const log = await openLog(disk)
      await put(log, ENTRIES_A_SEGMENT + 1)
      await log.cutPrefix(ENTRIES_A_SEGMENT)
      await put(log, ENTRIES_A_SEGMENT - 1)
      events.length = 0
      log.append({ entries: [{ index: 21, term: 1, type: 'EntryNormal', data: new Uint8Array(0) }] })
      await log.sync(apart ? () => undefined : undefined)
      // The directory is synced, the first record is durable under the spare's name, and then it has the segment's.
      expect(events.slice(events.lastIndexOf('open log_spare') - 1)).toEqual([
        'sync-directory ',
        'open log_spare',
        'write log_spare',
        'sync log_spare',
        'rename log_spare',
        ...(apart ? ['sync log_spare'] : []),
        'sync-directory ',
      ])
      await log.close()
    },
  )

  test('is gone after a crash: what it was to become was never acknowledged', async () => {
    const disk = new SimulatedDisk({ random: new SeededRandom(1) })
    const log = await openLog(disk)
    await put(log, ENTRIES_A_SEGMENT + 1)
    await log.cutPrefix(ENTRIES_A_SEGMENT)
    await put(log, 1)
    disk.endProcess()
    expect(await filesOf(disk)).toContain('log_spare')
    const again = await openLog(disk)
    expect(await filesOf(disk)).toEqual([openName(11)])
    await again.close()
  })

  test('does not make a torn batch look like damage: sectors that were not written hold its bytes', async () => {
    const { disk, log, path } = await reusing()
    const before = await disk.readFile(path)
    const { length } = await inspectRecords(disk, DIRECTORY, openName(21), 0, 1000).then(({ records }) => ({
      length: records.reduce((sum, record) => sum + record.length, 0),
    }))
    const big = (index: number) => ({
      index,
      term: 1,
      type: 'EntryNormal' as const,
      data: new Uint8Array(90).fill(index),
    })
    log.append({ entries: [big(24), big(25), big(26)] })
    await log.sync()
    disk.endProcess()
    // Of the batch only its second and third record reached the disk.
    const torn = Uint8Array.from(await disk.readFile(path))
    torn.set(before.subarray(length, length + 144), length)
    await disk.replaceFile(path, torn)
    const again = await openLog(disk)
    expect(again.recovered).toMatchObject({ offset: length, bytes: 3 * 144 })
    expect(again.lastIndex).toBe(23)
    await again.close()
  })

  test('fails no reader who has it open: the entries are said to be compacted', async () => {
    const disk = new SimulatedDisk({ random: new SeededRandom(1) })
    const opened = signal()
    const mayGoOn = signal()
    const slow = new Proxy(disk, {
      get(target, name) {
        if (name !== 'open') return bound(target, name)
        return async (path: string, options: OpenOptions) => {
          const file = await target.open(path, options)
          if (options.readOnly !== true) return file
          return new Proxy(file, {
            get: (inner, part) =>
              part !== 'read'
                ? bound(inner, part)
                : async (position: number, length: number) => {
                    opened.give()
                    await mayGoOn.given
                    return await inner.read(position, length)
                  },
          })
        }
      },
    })
    const log = await openLog(slow)
    await put(log, ENTRIES_A_SEGMENT + 1)
    const read = log.readEntries(3, 5, Infinity)
    await opened.given
    await log.cutPrefix(ENTRIES_A_SEGMENT)
    await put(log, 2 * ENTRIES_A_SEGMENT)
    mayGoOn.give()
    await expect(read).rejects.toMatchObject({ code: 'RAFT_LOG_COMPACTED' })
    await log.close()
  })
})

describe('a file that was claimed', () => {
  test('goes to a segment that is obsolete before it is written, and neither stays behind', async () => {
    const disk = new SimulatedDisk({ random: new SeededRandom(1) })
    const log = await openLog(disk)
    await put(log, ENTRIES_A_SEGMENT + 1)
    await log.cutPrefix(ENTRIES_A_SEGMENT)
    // Each reset begins a segment, and all of them are closed under one name.
    for (let reset = 0; reset < 3; reset += 1) log.append({ reset: { index: 30, term: 1 } })
    await put(log, 1)
    expect(await filesOf(disk)).toEqual([openName(31)])
    disk.crash({})
    const again = await openLog(disk)
    expect(await textsOf(again)).toEqual([31])
    await again.close()
  })

  test('is not replaced by another one before it is used', async () => {
    const disk = new SimulatedDisk({ random: new SeededRandom(1) })
    const spare = new SpareSegment(disk, '/', 2)
    const segments = [1, 2, 3].map((sequence) => ({
      ...newSegment(sequence, { firstIndex: sequence, reusedBytes: 0 }),
      writtenBytes: sequence,
    }))
    for (const { name, writtenBytes } of segments) await disk.replaceFile(`/${name}`, new Uint8Array(writtenBytes))
    const [short, first, second] = segments as [Segment, Segment, Segment]
    await spare.discard(short)
    expect(spare.claim()).toBe(0)
    await spare.discard(first)
    expect(spare.claim()).toBe(2)
    expect(spare.claim()).toBe(0)
    await spare.discard(second)
    expect((await disk.list('/')).map(({ name }) => name)).toEqual(['log_spare'])
    expect((await disk.status('/log_spare'))?.size).toBe(2)
  })
})

function signal() {
  const emitter = new EventTarget()
  const given = new Promise((resolve) => {
    emitter.addEventListener('given', resolve)
  })
  return { given, give: () => emitter.dispatchEvent(new Event('given')) }
}

function bound<T extends object>(target: T, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name)
  return typeof value === 'function' ? (value.bind(target) as unknown) : value
}
