import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../../src-main/env/seeded-random'
import { SimulatedDisk } from '../../../src-main/env/simulated'
import type { DiskEvent } from '../../../src-main/env/simulated'
import type { Entry } from '../../../src-main/raft/core/model/entry'
import { raftLogConformance } from '../../../src-main/raft/log/conformance/raft-log-conformance'
import { inspectRecords, inspectSegments } from '../../../src-main/raft/log/log-inspection'
import { SegmentedRaftLogStore } from '../../../src-main/raft/log/segmented-raft-log-store'
import type { SegmentedRaftLogOptions } from '../../../src-main/raft/log/segmented-raft-log-store'

const DIRECTORY = '/raft/7'
/** Length of a segment's first record. */
const HEADER_BYTES = 120
const NO_LIMIT = Number.POSITIVE_INFINITY

const entries = (first: number, last: number, term: number): Entry[] =>
  Array.from({ length: last - first + 1 }, (_, position) => ({
    index: first + position,
    term,
    type: 'EntryNormal',
    data: new TextEncoder().encode(`${String(first + position)}@${String(term)}`),
  }))

const newDisk = (trace?: (event: DiskEvent) => void) =>
  new SimulatedDisk({ random: new SeededRandom(1), ...(trace !== undefined && { trace }) })

const openLog = (disk: SimulatedDisk, options: Partial<SegmentedRaftLogOptions> = {}) =>
  SegmentedRaftLogStore.open({ disk, directory: DIRECTORY, regionId: 7, ...options })

const textsOf = async (log: SegmentedRaftLogStore) =>
  (await log.readEntries(log.firstIndex, log.lastIndex + 1, NO_LIMIT)).map(({ data }) => new TextDecoder().decode(data))

/** The names of the log's files. */
const filesOf = async (disk: SimulatedDisk) => (await disk.list(DIRECTORY)).map(({ name }) => name)

const padded = (index: number) => String(index).padStart(20, '0')

for (const [title, options] of [
  ['SegmentedRaftLogStore', {}],
  ['SegmentedRaftLogStore with tiny segments and no cache', { segmentBytes: 200, cacheBytes: 0 }],
] as const) {
  let disk = newDisk()
  raftLogConformance(title, {
    create: () => {
      disk = newDisk()
      return openLog(disk, options)
    },
    reopen: () => openLog(disk, options),
  })
}

describe('segments', () => {
  test('are named after their entries, and closed when they are full', async () => {
    const disk = newDisk()
    const log = await openLog(disk, { segmentBytes: 398 })
    for (let index = 1; index <= 12; index += 1) {
      log.append({ entries: entries(index, index, 1) })
      await log.sync()
    }
    expect(await filesOf(disk)).toEqual([
      `log_${padded(1)}_${padded(5)}`,
      `log_${padded(6)}_${padded(10)}`,
      `log_inprogress_${padded(11)}`,
    ])
    await log.close()
  })

  test('that a crash brings back need not agree with the snapshot that took their place', async () => {
    const disk = newDisk()
    const log = await openLog(disk, { segmentBytes: 398 })
    log.append({ hardState: { term: 1, vote: 0, commit: 0 }, entries: entries(1, 12, 1) })
    await log.sync()
    log.append({ hardState: { term: 2, vote: 0, commit: 8 }, reset: { index: 8, term: 2 }, entries: entries(9, 9, 2) })
    await log.sync()
    expect(await filesOf(disk)).toEqual([`log_inprogress_${padded(9)}`, 'log_spare'])
    disk.crash({ names: 'none' })
    expect(await filesOf(disk)).toHaveLength(4)
    const reopened = await openLog(disk)
    expect(reopened.mark).toEqual({ index: 8, term: 2 })
    expect(await textsOf(reopened)).toEqual(['9@2'])
    expect(reopened.hardState).toEqual({ term: 2, vote: 0, commit: 8 })
    await reopened.close()
    expect(await filesOf(disk)).toEqual([`log_inprogress_${padded(9)}`])
  })

  test('go as soon as no entry in them counts, and not before', async () => {
    const disk = newDisk()
    const log = await openLog(disk, { segmentBytes: 398 })
    log.append({ entries: entries(1, 12, 1) })
    await log.cutPrefix(4)
    expect(await filesOf(disk)).toHaveLength(3)
    await log.cutPrefix(5)
    const behind = [`log_${padded(6)}_${padded(10)}`, `log_inprogress_${padded(11)}`]
    expect(await filesOf(disk)).toEqual([...behind, 'log_spare'])
    log.append({ entries: entries(6, 6, 2) })
    await log.sync()
    expect(await filesOf(disk)).toEqual([`log_inprogress_${padded(6)}`, 'log_spare'])
    expect(await textsOf(log)).toEqual(['6@2'])
    await log.close()
    const again = await openLog(disk)
    expect(again.mark).toEqual({ index: 5, term: 1 })
    expect(await textsOf(again)).toEqual(['6@2'])
    await again.close()
  })

  test('entries that are not in memory are read back and checked', async () => {
    const disk = newDisk()
    const log = await openLog(disk, { segmentBytes: 398, cacheBytes: 0 })
    log.append({ entries: entries(1, 12, 1) })
    await log.sync()
    expect(log.cachedEntries(3, 5, NO_LIMIT)).toBeUndefined()
    expect(await textsOf(log)).toEqual(entries(1, 12, 1).map(({ data }) => new TextDecoder().decode(data)))
    disk.damage(`${DIRECTORY}/log_${padded(6)}_${padded(10)}`, { position: HEADER_BYTES + 2 * 56 + 48, length: 3 })
    await expect(log.readEntries(8, 9, NO_LIMIT)).rejects.toMatchObject({
      code: 'RAFT_LOG_DAMAGED',
      details: { index: 8 },
    })
    expect(await log.readEntries(9, 10, NO_LIMIT)).toHaveLength(1)
    await log.close()
  })
})

describe('entries that are not applied', () => {
  test('stay in memory whatever they cost until they are released', async () => {
    const log = await openLog(newDisk(), { cacheBytes: 0, appliedIndex: 0 })
    log.append({ entries: entries(1, 12, 1) })
    await log.sync()
    expect(log.cachedEntries(1, 13, NO_LIMIT)).toHaveLength(12)
    log.releaseUpTo(4)
    expect(log.cachedEntries(4, 5, NO_LIMIT)).toBeUndefined()
    expect(log.cachedEntries(5, 13, NO_LIMIT)).toHaveLength(8)
    log.releaseUpTo(2)
    expect(log.cachedEntries(5, 13, NO_LIMIT)).toHaveLength(8)
    await log.close()
  })

  test('are not given back before they are durable, even if they are released', async () => {
    const log = await openLog(newDisk(), { cacheBytes: 0, appliedIndex: 0 })
    log.append({ entries: entries(1, 3, 1) })
    log.releaseUpTo(3)
    expect(log.cachedEntries(1, 4, NO_LIMIT)).toHaveLength(3)
    await log.sync()
    expect(log.cachedEntries(1, 4, NO_LIMIT)).toBeUndefined()
    await log.close()
  })

  test('are all read into memory when the log is opened', async () => {
    const disk = newDisk()
    const log = await openLog(disk, { segmentBytes: 398 })
    log.append({ entries: entries(1, 12, 1) })
    await log.close()
    const again = await openLog(disk, { cacheBytes: 0, appliedIndex: 3 })
    expect(again.cachedEntries(3, 4, NO_LIMIT)).toBeUndefined()
    expect(again.cachedEntries(4, 13, NO_LIMIT)).toHaveLength(9)
    again.releaseUpTo(12)
    expect(again.cachedEntries(12, 13, NO_LIMIT)).toBeUndefined()
    await again.close()
  })
})

describe('group commit', () => {
  test('proposals that wait together share one sync', async () => {
    const operations: string[] = []
    const disk = newDisk(({ operation, path }) =>
      operations.push(`${operation} ${path.includes('log_') ? 'segment' : 'other'}`),
    )
    const log = await openLog(disk)
    operations.length = 0
    // Two rounds: those who are woken together must gather again, not go one ahead of the others.
    let next = 1
    const propose = async () => {
      for (let round = 0; round < 2; round += 1) {
        log.append({ entries: entries(next, next, 1) })
        next += 1
        await log.sync()
      }
    }
    await Promise.all(Array.from({ length: 256 }, propose))
    expect(operations).toEqual(['write segment', 'sync segment', 'write segment', 'sync segment'])
    expect(log.durableIndex).toBe(512)
    await log.close()
  })

  test('a failed sync is final: nobody is told that anything is durable', async () => {
    const disk = newDisk()
    const log = await openLog(disk)
    log.append({ entries: entries(1, 2, 1) })
    await log.sync()
    disk.faults.add({ operations: ['sync'], fault: { kind: 'fail', extent: 'part' }, count: 1 })
    log.append({ entries: entries(3, 3, 1) })
    const first = log.sync()
    const second = log.sync()
    await expect(first).rejects.toMatchObject({ code: 'RAFT_LOG_FAILED' })
    await expect(second).rejects.toMatchObject({ code: 'RAFT_LOG_FAILED' })
    // Who reads the log of the program must see why, without the error's cause.
    await expect(second).rejects.toThrow(/What went wrong: .*sync.*log_inprogress/)
    await expect(log.sync()).rejects.toMatchObject({ code: 'RAFT_LOG_FAILED' })
    expect(log.durableIndex).toBe(2)
    expect(() => {
      log.append({ entries: entries(4, 4, 1) })
    }).toThrow(expect.objectContaining({ code: 'RAFT_LOG_FAILED' }))
    await expect(log.close()).rejects.toMatchObject({ code: 'RAFT_LOG_FAILED' })
    const again = await openLog(disk)
    expect((await textsOf(again)).slice(0, 2)).toEqual(['1@1', '2@1'])
    await again.close()
  })
})

describe('recovery', () => {
  const open = `${DIRECTORY}/log_inprogress_${padded(1)}`

  /** Three batches, the last of them two entries, on a disk whose process died without closing. */
  async function crashed(): Promise<SimulatedDisk> {
    const disk = newDisk()
    const log = await openLog(disk)
    for (const batch of [entries(1, 2, 1), entries(3, 4, 1), entries(5, 6, 1)]) {
      log.append({ entries: batch })
      await log.sync()
    }
    disk.endProcess()
    return disk
  }

  async function overwrite(
    disk: SimulatedDisk,
    path: string,
    change: (bytes: Uint8Array) => Uint8Array,
  ): Promise<void> {
    await disk.replaceFile(path, change(Uint8Array.from(await disk.readFile(path))))
  }

  test.each([
    ['within its payload', 3],
    ['within its header', 30],
    ['after nothing of it', 56],
  ])('cuts a last record that ends early, %s, and keeps its bytes aside', async (_where, missing) => {
    const disk = await crashed()
    await overwrite(disk, open, (bytes) => bytes.slice(0, bytes.length - missing))
    const log = await openLog(disk)
    expect(await textsOf(log)).toEqual(['1@1', '2@1', '3@1', '4@1', '5@1'])
    const offset = HEADER_BYTES + 5 * 56
    if (missing === 56) expect(log.recovered).toBeUndefined()
    else {
      expect(log.recovered).toMatchObject({ offset, bytes: 56 - missing })
      expect(await filesOf(disk)).toContain(`log_inprogress_${padded(1)}.damaged-at-${String(offset)}`)
    }
    log.append({ entries: entries(6, 7, 2) })
    await log.close()
    const again = await openLog(disk)
    expect((await textsOf(again)).slice(5)).toEqual(['6@2', '7@2'])
    await again.close()
  })

  /** The log of `crashed` with a last batch of two long entries at offset 456. */
  async function crashedWithLongBatch(): Promise<SimulatedDisk> {
    const disk = await crashed()
    const log = await openLog(disk)
    const long = { index: 7, term: 1, type: 'EntryNormal' as const, data: new Uint8Array(2000).fill(1) }
    log.append({ entries: [long, { ...long, index: 8 }] })
    await log.sync()
    disk.endProcess()
    return disk
  }

  test('cuts a torn batch of which only the later sectors reached the disk', async () => {
    const disk = await crashedWithLongBatch()
    await overwrite(disk, open, (bytes) => bytes.fill(0, 512, 1024))
    const log = await openLog(disk)
    expect(log.recovered).toMatchObject({ offset: 456, bytes: 4096 })
    expect(log.lastIndex).toBe(6)
    await log.close()
  })

  test('refuses a change of bytes in the last batch that no torn write explains', async () => {
    const disk = await crashedWithLongBatch()
    disk.damage(open, { position: 700, length: 1 })
    await expect(openLog(disk)).rejects.toMatchObject({ code: 'RAFT_LOG_DAMAGED', details: { offset: 456 } })
  })

  test('refuses damage in front of records that were durable after it, naming file and offset, and changes nothing', async () => {
    for (const offset of [HEADER_BYTES + 56 + 8, HEADER_BYTES + 56 + 50, 40]) {
      const disk = await crashed()
      disk.damage(open, { position: offset, length: 1 })
      const before = await disk.readFile(open)
      const start = offset < HEADER_BYTES ? 0 : HEADER_BYTES + 56
      await expect(openLog(disk)).rejects.toMatchObject({
        code: 'RAFT_LOG_DAMAGED',
        details: { path: open, offset: start },
      })
      expect(await disk.readFile(open)).toEqual(before)
      expect(await filesOf(disk)).toHaveLength(1)
    }
  })

  test('refuses damage of the last record of a log that was closed in order', async () => {
    const disk = newDisk()
    const log = await openLog(disk)
    log.append({ entries: entries(1, 3, 1) })
    await log.close()
    disk.damage(open, { position: HEADER_BYTES + 2 * 56 + 49, length: 1 })
    await expect(openLog(disk)).rejects.toMatchObject({
      code: 'RAFT_LOG_DAMAGED',
      details: { offset: HEADER_BYTES + 2 * 56 },
    })
  })

  test.each([
    [
      'a closed segment that was cut',
      async (disk: SimulatedDisk, path: string) => overwrite(disk, path, (bytes) => bytes.slice(0, HEADER_BYTES + 56)),
    ],
    ['a closed segment that is gone', async (disk: SimulatedDisk, path: string) => disk.remove(path)],
    [
      'a damaged closed segment',
      (disk: SimulatedDisk, path: string) => Promise.resolve(disk.damage(path, { position: 200, length: 1 })),
    ],
  ])('refuses %s', async (_what, harm) => {
    for (const name of [`log_${padded(1)}_${padded(5)}`, `log_${padded(6)}_${padded(10)}`]) {
      const disk = newDisk()
      const log = await openLog(disk, { segmentBytes: 398 })
      log.append({ entries: entries(1, 12, 1) })
      await log.close()
      await harm(disk, `${DIRECTORY}/${name}`)
      await expect(openLog(disk)).rejects.toMatchObject({ code: 'RAFT_LOG_DAMAGED' })
    }
  })

  // A system that could not write pages or names takes them for written: a later sync that succeeds says nothing about them.
  const failsOnce = { kind: 'fail', extent: 'none' } as const

  async function checkSurvivesPowerLossAfter(disk: SimulatedDisk): Promise<void> {
    disk.endProcess()
    const again = await openLog(disk)
    const found = await textsOf(again)
    again.append({ hardState: { term: 4, vote: 1, commit: 0 } })
    again.append({ entries: entries(again.lastIndex + 1, again.lastIndex + 1, 4) })
    await again.sync()
    disk.crash({ writes: 'none', names: 'none' })
    const third = await openLog(disk)
    expect((await textsOf(third)).slice(0, -1)).toEqual(found)
    await third.close()
  }

  test('makes durable anew what a failed sync gave up, before anything is written behind it', async () => {
    const disk = newDisk()
    const log = await openLog(disk)
    log.append({ entries: entries(1, 2, 1) })
    await log.sync()
    disk.faults.add({ operations: ['sync'], fault: failsOnce, count: 1 })
    log.append({ entries: entries(3, 4, 1) })
    await expect(log.sync()).rejects.toMatchObject({ code: 'RAFT_LOG_FAILED' })
    await checkSurvivesPowerLossAfter(disk)
  })

  test('makes a name durable anew that a failed sync of the directory gave up', async () => {
    const disk = newDisk()
    disk.faults.add({ operations: ['sync-directory'], path: DIRECTORY, fault: failsOnce, count: 1 })
    await expect(openLog(disk)).rejects.toMatchObject({ code: 'RAFT_LOG_FAILED' })
    await checkSurvivesPowerLossAfter(disk)
  })

  test('refuses a log of another region and one of a newer version', async () => {
    const disk = await crashed()
    await expect(openLog(disk, { regionId: 8 })).rejects.toMatchObject({
      code: 'RAFT_LOG_DAMAGED',
      message: expect.stringContaining('identity 7'),
    })
  })
})

describe('inspection', () => {
  test('lists segments and reads records while the log is written to', async () => {
    const disk = newDisk()
    const log = await openLog(disk, { segmentBytes: 398 })
    log.append({ hardState: { term: 1, vote: 3, commit: 0 }, entries: entries(1, 7, 1) })
    await log.sync()
    const segments = await inspectSegments(disk, DIRECTORY)
    expect(segments.map(({ firstIndex, lastIndex }) => [firstIndex, lastIndex])).toEqual([
      [1, 4],
      [5, undefined],
    ])
    const first = await inspectRecords(disk, DIRECTORY, segments[0]?.name ?? '', 0, 4)
    expect(first.records.map(({ typeName, header }) => [typeName, header?.index])).toEqual([
      ['segmentHeader', 1],
      ['hardState', 0],
      ['entryNormal', 1],
      ['entryNormal', 2],
    ])
    expect(first.records.slice(1).every((record) => record.payloadHolds && record.continuesChain === true)).toBe(true)
    expect(new TextDecoder().decode(first.records[2]?.payload)).toBe('1@1')
    const rest = await inspectRecords(disk, DIRECTORY, segments[0]?.name ?? '', first.nextOffset ?? 0, 100)
    expect(rest.records.map(({ typeName }) => typeName)).toEqual(['entryNormal', 'entryNormal', 'trailer'])
    expect(rest.nextOffset).toBeUndefined()
    disk.damage(`${DIRECTORY}/${segments[0]?.name ?? ''}`, {
      position: (first.records[2]?.offset ?? 0) + 48,
      length: 1,
    })
    const damaged = await inspectRecords(disk, DIRECTORY, segments[0]?.name ?? '', 0, 4)
    expect(damaged.records.map((record) => record.payloadHolds)).toEqual([true, true, false, true])
    await expect(inspectRecords(disk, DIRECTORY, 'workspace.json', 0, 1)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    })
    await expect(inspectRecords(disk, DIRECTORY, segments[0]?.name ?? '', 3, 1)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    })
    await log.close()
  })
})
