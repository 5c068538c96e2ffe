import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../../src-main/env'
import { SimulatedClock, SimulatedDisk } from '../../../src-main/env/simulated'
import type { Entry } from '../../../src-main/raft/core/model/entry'
import { SegmentedRaftLogStore } from '../../../src-main/raft/log/segmented-raft-log-store'
import { CatchUpReader } from '../../../src-main/raft/node/catch-up-reader'

const MIB = 1024 * 1024
const clock = new SimulatedClock()

/** A log of 16 entries of 1 MiB, none of which is in memory. */
async function newReader() {
  const disk = new SimulatedDisk({ random: new SeededRandom(1) })
  const log = await SegmentedRaftLogStore.open({ disk, directory: '/log', regionId: 1, cacheBytes: 0 })
  const data = new Uint8Array(MIB)
  const entries = Array.from({ length: 16 }, (_, at): Entry => ({ index: at + 1, term: 1, type: 'EntryNormal', data }))
  log.append({ entries })
  await log.sync()
  const failures: unknown[] = []
  return { log, disk, reader: new CatchUpReader(log, (error) => failures.push(error)), failures }
}

const indexesOf = (entries: readonly Entry[] | undefined) => entries?.map(({ index }) => index)

describe('reading from disk for followers', () => {
  test('is done beside the one who asks, and goes ahead of him', async () => {
    const { reader } = await newReader()
    expect(reader.read(3, 17)).toBeUndefined()
    await clock.settle()
    // The rest was asked for when the first part was handed out, so it is there without another miss.
    const first = reader.read(3, 17)
    expect(indexesOf(first)).toEqual([3, 4, 5, 6])
    await clock.settle()
    expect(indexesOf(reader.read(7, 17))).toEqual([7, 8, 9, 10])
  })

  test('serves several followers at different places', async () => {
    const { reader } = await newReader()
    for (const low of [1, 9]) expect(reader.read(low, 17)).toBeUndefined()
    await clock.settle()
    expect(indexesOf(reader.read(9, 12))).toEqual([9, 10, 11])
    expect(indexesOf(reader.read(1, 3))).toEqual([1, 2])
    expect(indexesOf(reader.read(2, 17))).toEqual([2, 3, 4])
  })

  test('keeps nothing that was under way when all was forgotten', async () => {
    const { reader } = await newReader()
    reader.read(1, 17)
    reader.forget()
    await clock.settle()
    expect(reader.read(1, 17)).toBeUndefined()
    await clock.settle()
    expect(indexesOf(reader.read(1, 3))).toEqual([1, 2])
  })

  test('does not mind a log that is cut or closed meanwhile', async () => {
    const { reader, log, failures } = await newReader()
    reader.read(1, 17)
    await log.cutPrefix(8)
    reader.read(12, 17)
    await log.close()
    await clock.settle()
    expect(failures).toEqual([])
  })

  test('reports what cannot be read', async () => {
    const { reader, disk, failures } = await newReader()
    disk.faults.add({ fault: { kind: 'fail' }, operations: ['read'] })
    reader.read(1, 17)
    await clock.settle()
    expect(failures).toMatchObject([{ code: 'DISK_IO' }])
  })
})
