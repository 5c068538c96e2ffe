import type { ColumnFamilyView, EngineView, TableFileView } from '../../../src-main/client/views/engine'

const bytesOf = (text: string) => new TextEncoder().encode(text)

/** A table file whose keys are plain text. */
export function someFile(name: string, level: number, from: string, to: string, bytes = 1024): TableFileView {
  return {
    name,
    level,
    bytes,
    smallestKey: bytesOf(from),
    largestKey: bytesOf(to),
    smallestText: from,
    largestText: to,
    smallestSequence: '1',
    largestSequence: '9',
  }
}

/** A column family with these files. */
export function someFamily(name: string, files: readonly TableFileView[]): ColumnFamilyView {
  const levels = [...new Set(files.map(({ level }) => level))].sort()
  return {
    name,
    estimatedEntries: 1200,
    liveBytes: 4096,
    storedBytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    memtable: {
      activeBytes: 65_536,
      activeEntries: 70,
      immutableCount: 0,
      unflushedBytes: 65_536,
      flushPending: false,
    },
    levels: levels.map((level) => {
      const ofLevel = files.filter((file) => file.level === level)
      return { level, files: ofLevel.length, bytes: ofLevel.reduce((sum, { bytes }) => sum + bytes, 0) }
    }),
    files,
    pendingCompactionBytes: 0,
    blockCache: { usedBytes: 1024, capacityBytes: 8_388_608 },
  }
}

/** The engine of a store as RocksDB tells it. */
export function someEngine(families: readonly ColumnFamilyView[], nodeId = 20001): EngineView {
  return {
    nodeId,
    takenAtMs: 1_000_000,
    engine: 'RocksDB',
    directory: `/data/store-${String(nodeId)}/raw`,
    diskBytes: 123_456,
    openSnapshots: 0,
    openIterators: 1,
    columnFamilies: families,
    writeAheadLog: { bytes: 2048, files: [{ name: '000004.log', bytes: 2048 }] },
    runningCompactions: 0,
    runningFlushes: 0,
    native: { 'rocksdb.levelstats': 'Level Files Size(MB)', 'default/rocksdb.num-keys': '1200' },
  }
}
