import type RocksDB from 'rocksdb-native'
import type { ColumnFamilyProperties } from '../raw-engine-properties'

/** The properties that people look at first, per family. */
const shownProperties = [
  'rocksdb.estimate-num-keys',
  'rocksdb.estimate-live-data-size',
  'rocksdb.total-sst-files-size',
  'rocksdb.cur-size-all-mem-tables',
  'rocksdb.num-immutable-mem-table',
  'rocksdb.compaction-pending',
  'rocksdb.estimate-pending-compaction-bytes',
  'rocksdb.block-cache-usage',
  'rocksdb.levelstats',
  'rocksdb.cfstats-no-file-histogram',
] as const

/** A property that is a number; undefined if RocksDB does not know it or says something else. */
export async function numberProperty(session: RocksDB, name: string): Promise<number | undefined> {
  const text = await session.getProperty(name)
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

/** The object without the fields that are undefined: what RocksDB does not tell is left out. */
export function known<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

/** The figures that all engines give. */
export async function familyProperties(name: string, session: RocksDB): Promise<ColumnFamilyProperties> {
  return {
    name,
    ...known<Omit<ColumnFamilyProperties, 'name'>>({
      estimatedEntries: await numberProperty(session, 'rocksdb.estimate-num-keys'),
      storedBytes: await numberProperty(session, 'rocksdb.total-sst-files-size'),
      memtableBytes: await numberProperty(session, 'rocksdb.cur-size-all-mem-tables'),
    }),
  }
}

/** The shown properties as RocksDB words them. */
export async function nativeProperties(session: RocksDB): Promise<Array<[name: string, value: string]>> {
  const found: Array<[string, string]> = []
  for (const name of shownProperties) {
    const value = await session.getProperty(name)
    if (value !== undefined) found.push([name, value])
  }
  return found
}
