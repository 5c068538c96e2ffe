import type {
  ColumnFamily,
  GetEngineResponse,
  KeyPlace,
  TableFile,
  WriteAheadLog,
} from '../../rpc/generated/sandbox/inspection_pb'
import type { TableNames } from './decode-key'
import { decodeKey, decodeStoredKey } from './decode-key'
import type { ColumnFamilyView, EngineView, KeyPlace as KeyPlaceView, TableFileView } from './engine'
import { timestampWallMs } from './timestamp-time'

/** A raw engine as its node tells of it. */
export function engineView(
  nodeId: number,
  takenAtMs: number,
  response: GetEngineResponse,
  names: TableNames,
): EngineView {
  const { engine, directory, diskBytes, openSnapshots, openIterators, columnFamilies, writeAheadLog } = response
  return {
    nodeId,
    takenAtMs,
    engine,
    directory,
    diskBytes: numberOf(diskBytes),
    openSnapshots,
    openIterators,
    columnFamilies: columnFamilies.map((family) => familyView(family, names)),
    writeAheadLog: writeAheadLog === undefined ? undefined : walView(writeAheadLog),
    runningCompactions: response.runningCompactions,
    runningFlushes: response.runningFlushes,
    native: response.native,
  }
}

function walView({ bytes, files }: WriteAheadLog) {
  return { bytes: Number(bytes), files: files.map((file) => ({ name: file.name, bytes: Number(file.bytes) })) }
}

function familyView(family: ColumnFamily, names: TableNames): ColumnFamilyView {
  const { memtable } = family
  return {
    name: family.name,
    estimatedEntries: numberOf(family.estimatedEntries),
    liveBytes: numberOf(family.liveBytes),
    storedBytes: numberOf(family.storedBytes),
    memtable: {
      activeBytes: numberOf(memtable?.activeBytes),
      activeEntries: numberOf(memtable?.activeEntries),
      immutableCount: memtable?.immutableCount,
      unflushedBytes: numberOf(memtable?.unflushedBytes),
      flushPending: memtable?.flushPending,
    },
    levels: family.levels.map(({ level, files, bytes }) => ({ level, files, bytes: Number(bytes) })),
    files: family.files.map((file) => fileView(file, names)),
    pendingCompactionBytes: numberOf(family.pendingCompactionBytes),
    blockCache: {
      usedBytes: numberOf(family.blockCacheUsedBytes),
      capacityBytes: numberOf(family.blockCacheCapacityBytes),
    },
  }
}

function fileView(file: TableFile, names: TableNames): TableFileView {
  const { name, level, bytes, smallestKey, largestKey, smallestSequence, largestSequence } = file
  return {
    name,
    level,
    bytes: Number(bytes),
    smallestKey,
    largestKey,
    smallestText: decodeStoredKey(smallestKey, names).text,
    largestText: decodeStoredKey(largestKey, names).text,
    smallestSequence: String(smallestSequence),
    largestSequence: String(largestSequence),
  }
}

/** Where a key lives in one family. */
export function placeView(place: KeyPlace, names: TableNames): KeyPlaceView {
  const { columnFamily, storedKey, value, valueBytes, timestamp, isDeletion, path } = place
  return {
    columnFamily,
    storedKey: columnFamily === 'default' ? decodeStoredKey(storedKey, names) : decodeKey(storedKey, names),
    value,
    valueBytes: value === undefined ? undefined : Number(valueBytes),
    versionAtMs: timestamp === undefined ? undefined : timestampWallMs(timestamp),
    timestamp: timestamp === undefined ? undefined : String(timestamp),
    isDeletion,
    path: path.map(({ file, level }) =>
      file === undefined ? { place: 'memtable', level: undefined, file: undefined } : { place: 'file', level, file },
    ),
  }
}

const numberOf = (value: bigint | undefined): number | undefined => (value === undefined ? undefined : Number(value))
