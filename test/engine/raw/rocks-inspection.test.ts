import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RealDisk } from '../../../src-main/env/real'
import { RawWriteBatch } from '../../../src-main/engine/raw'
import type { RocksColumnFamilyInspection, RocksInspection } from '../../../src-main/engine/raw'
import { bytes, fill, numberKey, putAll } from '../../../src-main/engine/raw/conformance/conformance-context'
import {
  parseCounters,
  parseLevelStats,
  parseSstFiles,
  parseStallCounts,
  parseTableProperties,
} from '../../../src-main/engine/raw/rocks/rocks-parsers'
import { RawRocksEngine } from '../../../src-main/engine/raw/rocks/raw-rocks-engine'
import { hasCapability, requireCapabilityOfAll } from '../../support/capabilities'
import { temporaryDirectory } from './support/fixtures'

describe('inspection of RocksDB', () => {
  let directory = ''
  let engine: RawRocksEngine
  requireCapabilityOfAll('rocksdb')
  beforeAll(async () => {
    if (!(await hasCapability('rocksdb'))) return
    directory = await temporaryDirectory()
    engine = await RawRocksEngine.open({ directory, disk: new RealDisk(), columnFamilies: ['alpha'], statistics: true })
    await fill(engine, 1000, 100)
    await engine.write(new RawWriteBatch().delete(numberKey(0)).deleteRange({ start: bytes('x'), end: bytes('y') }))
    await engine.flush()
    await fill(engine, 500, 100)
    await engine.flush()
    await putAll(engine, { a: '1', b: '2' }, 'alpha')
    await engine.write(new RawWriteBatch().delete(bytes('c'), 'alpha'))
    await engine.get(numberKey(7))
  })
  afterAll(async () => {
    if (!(await hasCapability('rocksdb'))) return
    await engine.close()
    await rm(directory, { recursive: true })
  })

  const familyOf = (inspection: RocksInspection, name: string): RocksColumnFamilyInspection => {
    const found = inspection.columnFamilies.find((family) => family.name === name)
    if (found === undefined) throw new Error(`No family ${name}.`)
    return found
  }

  it('shows every family, its own last', async () => {
    const { columnFamilies } = await engine.inspect()
    expect(columnFamilies.map(({ name }) => name)).toEqual(['default', 'alpha', '__engine'])
  })

  it('shows table files with their level, size, keys and sequence numbers', async () => {
    const { files, levels, tables } = familyOf(await engine.inspect(), 'default')
    expect(files).toHaveLength(2)
    // The first put is gone: its delete stands in the same file.
    const first = files.find(({ smallestSequence }) => smallestSequence === 2n)
    expect(first).toMatchObject({ level: 0, smallestKey: numberKey(0), largestSequence: 1002n })
    expect(first?.largestKey).toEqual(bytes('y'))
    expect(levels).toHaveLength(7)
    expect(levels[0]).toMatchObject({ level: 0, files: 2, bytes: files.reduce((sum, file) => sum + file.bytes, 0) })
    expect(levels[0]?.compressionRatio).toBeGreaterThan(0)
    expect(levels[6]).toEqual({ level: 6, files: 0, bytes: 0 })
    expect(tables).toMatchObject({ entries: 1501, deletions: 2, rangeDeletions: 1 })
    expect(tables.rawValueBytes).toBeGreaterThanOrEqual(1499 * 100)
    for (const figure of [tables.dataBlocks, tables.indexBytes, tables.filterBytes, tables.rawKeyBytes]) {
      expect(figure).toBeGreaterThan(0)
    }
  })

  it('shows memtables, cache, compaction and stalls', async () => {
    const inspection = await engine.inspect()
    const alpha = familyOf(inspection, 'alpha')
    expect(alpha.memtables).toMatchObject({
      activeEntries: 3,
      activeDeletes: 1,
      immutableCount: 0,
      flushPending: false,
    })
    expect(alpha.memtables.activeBytes).toBeGreaterThan(0)
    expect(alpha.files).toEqual([])
    const { blockCache, compaction, estimatedEntries } = familyOf(inspection, 'default')
    expect(blockCache.capacityBytes).toBeGreaterThan(1024 * 1024)
    expect(blockCache.usedBytes).toBeGreaterThan(0)
    expect(compaction).toMatchObject({ pending: false, running: 0, runningFlushes: 0, writesStopped: false })
    expect(compaction.stallCounts).toMatchObject({ 'total-delays': 0, 'memtable-limit-stops': 0 })
    expect(estimatedEntries).toBeGreaterThan(900)
  })

  it('shows the write-ahead log and counters', async () => {
    const { writeAheadLog, snapshots, backgroundErrors, counters } = await engine.inspect()
    expect(writeAheadLog.files.length).toBeGreaterThan(0)
    expect(writeAheadLog.bytes).toBeGreaterThan(0)
    expect(writeAheadLog.oldestNeededNumber).toBeLessThanOrEqual(
      Math.max(...writeAheadLog.files.map((file) => file.number)),
    )
    expect([snapshots, backgroundErrors]).toEqual([0, 0])
    expect(counters?.['rocksdb.number.keys.written']).toBeGreaterThan(1500)
    const snapshot = engine.snapshot()
    expect((await engine.inspect()).snapshots).toBe(1)
    await snapshot.close()
  })

  it('leaves counters out where none are kept', async () => {
    const place = await temporaryDirectory()
    const plain = await RawRocksEngine.open({ directory: place, disk: new RealDisk() })
    expect('counters' in (await plain.inspect())).toBe(false)
    await plain.close()
    await rm(place, { recursive: true })
  })
})

describe('parsers of RocksDB’s texts', () => {
  it('take files of several levels, and odd keys', () => {
    const text = [
      '--- level 0 --- version# 3 ---',
      " 7:1200[5 .. 9]['00FF' seq:5, type:1 .. 'FF' seq:9, type:15](0)",
      '--- level 6 --- version# 3 ---',
      " 3:99[1 .. 4]['61' seq:1, type:1 .. '' seq:4, type:0](0)",
      'something new',
    ].join('\n')
    expect(parseSstFiles(text)).toEqual([
      {
        number: 7,
        level: 0,
        bytes: 1200,
        smallestSequence: 5n,
        largestSequence: 9n,
        smallestKey: Uint8Array.from([0, 255]),
        largestKey: Uint8Array.from([255]),
      },
      {
        number: 3,
        level: 6,
        bytes: 99,
        smallestSequence: 1n,
        largestSequence: 4n,
        smallestKey: bytes('a'),
        largestKey: new Uint8Array(0),
      },
    ])
  })

  it('give nothing for texts that they do not know', () => {
    for (const text of ['', 'nonsense', '--- level x ---\n 1:2[3 .. 4]']) {
      expect(parseSstFiles(text)).toEqual([])
      expect(parseLevelStats(text)).toEqual([])
      expect(parseStallCounts(text)).toEqual({})
      expect(parseCounters(text)).toEqual({})
      expect(parseTableProperties(text)).toEqual({})
    }
  })

  it('take counters and leave histograms out', () => {
    const text = 'rocksdb.block.cache.miss COUNT : 141\nrocksdb.db.get.micros P50 : 0.5 P95 : 1.0 COUNT : 3 SUM : 4\n'
    expect(parseCounters(text)).toEqual({ 'rocksdb.block.cache.miss': 141 })
  })
})
