import type RocksDB from 'rocksdb-native'
import type { Disk } from '../../../env'
import { systemColumnFamily } from '../column-family'
import type {
  RocksBlockCache,
  RocksColumnFamilyInspection,
  RocksCompaction,
  RocksInspection,
  RocksLevel,
  RocksMemtables,
  SstFile,
  WalFile,
} from '../raw-engine-properties'
import { parseCounters, parseLevelStats, parseSstFiles, parseStallCounts, parseTableProperties } from './rocks-parsers'
import { known, numberProperty } from './rocks-properties'

/** Looks into an open database. Costs a few milliseconds of the caller's thread: for screens, not for hot paths. */
export async function inspectRocks(
  sessions: ReadonlyMap<string, RocksDB>,
  disk: Disk,
  directory: string,
): Promise<RocksInspection> {
  const columnFamilies: RocksColumnFamilyInspection[] = []
  for (const [name, session] of sessions) columnFamilies.push(await inspectFamily(name, session))
  columnFamilies.sort(
    (left, right) => Number(left.name === systemColumnFamily) - Number(right.name === systemColumnFamily),
  )
  const files = await walFiles(disk, directory)
  const writeAheadLog = { files, bytes: files.reduce((sum, file) => sum + file.bytes, 0) }
  const [session] = sessions.values()
  if (session === undefined) return { columnFamilies, writeAheadLog }
  const counters = await session.getProperty('rocksdb.options-statistics')
  return {
    columnFamilies,
    writeAheadLog: {
      ...writeAheadLog,
      ...known<{ oldestNeededNumber?: number }>({
        oldestNeededNumber: await numberProperty(session, 'rocksdb.min-log-number-to-keep'),
      }),
    },
    ...known<Pick<RocksInspection, 'snapshots' | 'backgroundErrors' | 'counters'>>({
      snapshots: await numberProperty(session, 'rocksdb.num-snapshots'),
      backgroundErrors: await numberProperty(session, 'rocksdb.background-errors'),
      // Without statistics the property is there, but empty.
      counters: counters === undefined || counters === '' ? undefined : parseCounters(counters),
    }),
  }
}

async function inspectFamily(name: string, session: RocksDB): Promise<RocksColumnFamilyInspection> {
  const figure = (property: string): Promise<number | undefined> => numberProperty(session, `rocksdb.${property}`)
  const flag = async (property: string): Promise<boolean | undefined> => {
    const value = await figure(property)
    return value === undefined ? undefined : value !== 0
  }
  const files = parseSstFiles((await session.getProperty('rocksdb.sstables')) ?? '')
  const stalls = await session.getProperty('rocksdb.cf-write-stall-stats')
  return {
    name,
    levels: await levels(session, files),
    files,
    memtables: known<RocksMemtables>({
      activeBytes: await figure('cur-size-active-mem-table'),
      unflushedBytes: await figure('cur-size-all-mem-tables'),
      allBytes: await figure('size-all-mem-tables'),
      activeEntries: await figure('num-entries-active-mem-table'),
      activeDeletes: await figure('num-deletes-active-mem-table'),
      immutableCount: await figure('num-immutable-mem-table'),
      immutableEntries: await figure('num-entries-imm-mem-tables'),
      flushPending: await flag('mem-table-flush-pending'),
    }),
    blockCache: known<RocksBlockCache>({
      capacityBytes: await figure('block-cache-capacity'),
      usedBytes: await figure('block-cache-usage'),
      pinnedBytes: await figure('block-cache-pinned-usage'),
    }),
    compaction: known<RocksCompaction>({
      pending: await flag('compaction-pending'),
      estimatedPendingBytes: await figure('estimate-pending-compaction-bytes'),
      running: await figure('num-running-compactions'),
      runningFlushes: await figure('num-running-flushes'),
      delayedWriteBytesPerSecond: await figure('actual-delayed-write-rate'),
      writesStopped: await flag('is-write-stopped'),
      stallCounts: stalls === undefined ? undefined : parseStallCounts(stalls),
    }),
    tables: parseTableProperties((await session.getProperty('rocksdb.aggregated-table-properties')) ?? ''),
    ...known<Pick<RocksColumnFamilyInspection, 'estimatedEntries' | 'estimatedLiveBytes' | 'baseLevel'>>({
      estimatedEntries: await figure('estimate-num-keys'),
      estimatedLiveBytes: await figure('estimate-live-data-size'),
      baseLevel: await figure('base-level'),
    }),
  }
}

/** RocksDB's own table of levels rounds sizes to MiB; the files tell them exactly. */
async function levels(session: RocksDB, files: readonly SstFile[]): Promise<RocksLevel[]> {
  const result: RocksLevel[] = []
  for (const level of parseLevelStats((await session.getProperty('rocksdb.levelstats')) ?? '')) {
    const inLevel = files.filter((file) => file.level === level)
    const ratio = Number(await session.getProperty(`rocksdb.compression-ratio-at-level${level}`))
    const bytes = inLevel.reduce((sum, file) => sum + file.bytes, 0)
    // RocksDB answers -1 for a level without files.
    result.push({ level, files: inLevel.length, bytes, ...(ratio > 0 && { compressionRatio: ratio }) })
  }
  return result
}

async function walFiles(disk: Disk, directory: string): Promise<WalFile[]> {
  const files: WalFile[] = []
  for (const { name } of await disk.list(directory)) {
    const number = /^(\d+)\.log$/.exec(name)?.[1]
    if (number === undefined) continue
    const status = await disk.status(`${directory}/${name}`)
    if (status !== undefined) files.push({ name, number: Number(number), bytes: status.size })
  }
  return files
}
