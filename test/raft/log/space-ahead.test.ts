import { describe, expect, test } from 'vitest'
import type { Disk, DiskFile, OpenOptions } from '../../../src-main/env'
import { SeededRandom } from '../../../src-main/env/seeded-random'
import { SimulatedDisk } from '../../../src-main/env/simulated'
import type { SimulatedDiskOptions } from '../../../src-main/env/simulated'
import { inspectRecords, inspectSegments } from '../../../src-main/raft/log/log-inspection'
import { SegmentedRaftLogStore } from '../../../src-main/raft/log/segmented-raft-log-store'

const DIRECTORY = '/raft/7'
const MOST_BYTES = 1024
const OPEN_SEGMENT = `${DIRECTORY}/log_inprogress_${'1'.padStart(20, '0')}`

const newDisk = (options: Partial<SimulatedDiskOptions> = {}) =>
  new SimulatedDisk({ random: new SeededRandom(1), ...options })
const openLog = (disk: Disk, segmentBytes = 1_000_000) =>
  SegmentedRaftLogStore.open({
    disk,
    directory: DIRECTORY,
    regionId: 7,
    segmentBytes,
    cacheBytes: 0,
    spaceAheadBytes: MOST_BYTES,
  })

async function put(log: SegmentedRaftLogStore, count = 1, dataBytes = 8): Promise<void> {
  for (let entry = 0; entry < count; entry += 1) {
    const data = new Uint8Array(dataBytes).fill(255)
    log.append({ entries: [{ index: log.lastIndex + 1, term: 1, type: 'EntryNormal', data }] })
    await log.sync()
  }
}

const sizeOf = async (disk: SimulatedDisk) => (await disk.status(OPEN_SEGMENT))?.size ?? 0
/** Bytes of the records of the open segment. */
async function recordBytesOf(disk: SimulatedDisk): Promise<number> {
  const { records } = await inspectRecords(disk, DIRECTORY, OPEN_SEGMENT.slice(DIRECTORY.length + 1), 0, 10_000)
  return records.reduce((sum, { length }) => sum + length, 0)
}
/** Lets what goes on in the background come to its end. */
const settled = async (disk: SimulatedDisk) => {
  for (let turn = 0; turn < 50; turn += 1) await disk.status(DIRECTORY)
}

describe('space ahead of the records', () => {
  test('is zeros that no reader takes for records', async () => {
    const disk = newDisk()
    const log = await openLog(disk)
    await put(log, 10)
    await settled(disk)
    expect(await sizeOf(disk)).toBeGreaterThan(await recordBytesOf(disk))
    const [segment] = await inspectSegments(disk, DIRECTORY)
    const { records, nextOffset } = await inspectRecords(disk, DIRECTORY, segment?.name ?? '', 0, 10_000)
    expect(records.filter(({ header }) => header === undefined)).toEqual([])
    expect(nextOffset).toBeUndefined()
    await log.close()
  })

  test('keeps many writes from changing the length of the file', async () => {
    const sizes = new Set<number>()
    const disk = newDisk()
    const log = await openLog(disk)
    for (let entry = 0; entry < 200; entry += 1) {
      await put(log)
      await settled(disk)
      sizes.add(await sizeOf(disk))
    }
    expect(sizes.size).toBeLessThan(40)
    expect(await recordBytesOf(disk)).toBeGreaterThan(200 * 48)
    await log.close()
  })

  test('is never longer than asked for, nor much longer than what was written', async () => {
    const disk = newDisk()
    const log = await openLog(disk)
    for (let entry = 0; entry < 100; entry += 1) {
      await put(log)
      await settled(disk)
      const written = await recordBytesOf(disk)
      const ahead = (await sizeOf(disk)) - written
      expect(ahead).toBeLessThanOrEqual(Math.min(1.5 * MOST_BYTES, 1.5 * written))
    }
    await log.close()
  })

  test('is not laid out for large writes', async () => {
    const disk = newDisk()
    const log = await openLog(disk)
    await put(log, 5, 500)
    await settled(disk)
    expect(await sizeOf(disk)).toBe(await recordBytesOf(disk))
    await log.close()
  })

  test('never covers a record: while a stretch is being laid, nothing is written into it', async () => {
    const disk = newDisk()
    const log = await openLog(disk)
    // The first write is that of the record, the second that of the stretch right behind it.
    const fault = disk.faults.add({ operations: ['write'], fault: { kind: 'hang' }, skip: 1, count: 1 })
    await put(log)
    await settled(disk)
    expect(fault.hits).toBe(1)
    const written = put(log).then(() => 'written')
    const closed = log.close().then(() => 'closed')
    expect(await Promise.race([written, closed, settled(disk).then(() => 'waits')])).toBe('waits')
  })

  test('lets records through that end before the stretch that is being laid', async () => {
    const disk = newDisk()
    const log = await openLog(disk)
    await put(log, 10)
    await settled(disk)
    const fault = disk.faults.add({
      operations: ['write'],
      path: OPEN_SEGMENT,
      fault: { kind: 'hang' },
      skip: 1,
      count: 1,
    })
    while (fault.hits === 0) await put(log)
    await put(log)
    expect(log.durableIndex).toBe(log.lastIndex)
    const closed = log.close().then(() => 'closed')
    expect(await Promise.race([closed, settled(disk).then(() => 'waits')])).toBe('waits')
  })

  test('is given back when the log is closed and when a segment is', async () => {
    const disk = newDisk()
    const log = await openLog(disk, 600)
    await put(log, 40)
    await log.close()
    for (const { name, size } of await inspectSegments(disk, DIRECTORY)) {
      const { records } = await inspectRecords(disk, DIRECTORY, name, 0, 10_000)
      expect(records.at(-1)?.typeName).toBe('trailer')
      expect(records.reduce((sum, { length }) => sum + length, 0)).toBe(size)
    }
  })

  test('is no torn tail after a crash', async () => {
    const disk = newDisk()
    const log = await openLog(disk)
    await put(log, 10)
    await settled(disk)
    disk.crash({})
    const again = await openLog(disk)
    expect(again.recovered).toBeUndefined()
    expect(again.lastIndex).toBe(10)
    expect((await disk.list(DIRECTORY)).map(({ name }) => name)).toEqual([OPEN_SEGMENT.slice(DIRECTORY.length + 1)])
    await again.close()
  })

  test('is done without where the disk has no room for it: records take what room there is', async () => {
    let refused = 0
    const disk = newDisk({ capacityBytes: 800, trace: ({ error }) => (refused += error === 'DISK_FULL' ? 1 : 0) })
    const log = await openLog(disk)
    await put(log, 10)
    await settled(disk)
    expect(refused).toBe(1)
    expect(await sizeOf(disk)).toBe(await recordBytesOf(disk))
    expect(log.durableIndex).toBe(10)
    await log.close()
  })

  test('fails the log if it cannot be made durable: what the disk has is unknown then', async () => {
    const disk = newDisk()
    const log = await openLog(disk)
    // The first sync is that of the record, the second that of the stretch.
    const fault = disk.faults.add({ operations: ['sync'], fault: { kind: 'fail' }, skip: 1, count: 1 })
    await put(log)
    await settled(disk)
    expect(fault.hits).toBe(1)
    await expect(put(log)).rejects.toMatchObject({ code: 'RAFT_LOG_FAILED' })
    await log.close().catch(() => undefined)
  })

  test.each(['DISK_IO', 'DISK_FULL'] as const)(
    'loses no record that the system gave up together with the zeros (%s)',
    async (code) => {
      const disk = newDisk()
      const batchWrote = signal()
      const zerosFailed = signal()
      let isArmed = false
      let zerosWait = false
      // The sync of zeros comes, and fails, between the write and the sync of a batch.
      const log = await openLog(
        withFiles(disk, (file) => ({
          sync: async () => {
            if (!isArmed) return await file.sync()
            zerosWait = true
            await batchWrote.given
            disk.faults.add({ operations: ['sync'], fault: { kind: 'fail', code }, count: 1 })
            await file.sync().finally(zerosFailed.give)
          },
          writeDurably: async (position, bytes) => {
            await file.write(position, bytes)
            if (zerosWait) {
              batchWrote.give()
              await zerosFailed.given
            }
            await file.sync()
          },
        })),
      )
      await put(log, 10)
      await settled(disk)
      isArmed = true
      const puts = async () => {
        for (let entry = 0; entry < 50; entry += 1) await put(log)
      }
      await expect(puts()).rejects.toMatchObject({ code: 'RAFT_LOG_FAILED' })
      const { durableIndex } = log
      disk.crash({ writes: 'none' })
      const again = await openLog(disk)
      expect(again.lastIndex).toBeGreaterThanOrEqual(durableIndex)
      await again.close()
    },
  )
})

/** The disk with other ways of doing some things to its files. */
function withFiles(disk: SimulatedDisk, change: (file: DiskFile) => Partial<DiskFile>): Disk {
  return new Proxy(disk, {
    get: (target, name) =>
      name === 'open'
        ? async (path: string, options: OpenOptions) => {
            const file = await target.open(path, options)
            const changed = change(file)
            return new Proxy(file, { get: (inner, part) => Reflect.get(changed, part) ?? bound(inner, part) })
          }
        : bound(target, name),
  })
}

function signal() {
  const emitter = new EventTarget()
  const given = new Promise((resolve) => {
    emitter.addEventListener('given', resolve)
  })
  return { given, give: () => void emitter.dispatchEvent(new Event('given')) }
}

function bound<T extends object>(target: T, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name)
  return typeof value === 'function' ? (value.bind(target) as unknown) : value
}
