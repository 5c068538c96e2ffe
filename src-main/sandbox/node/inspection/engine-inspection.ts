import type { MessageInitShape } from '@bufbuild/protobuf'
import type {
  ColumnFamilyProperties,
  RawEngine,
  RawEngineProperties,
  RocksColumnFamilyInspection,
  RocksInspection,
  SstFile,
} from '../../../engine/raw'
import type {
  ColumnFamilySchema,
  GetEngineResponseSchema,
  TableFileSchema,
} from '../../../rpc/generated/sandbox/inspection_pb'

/** Most table files that are listed of a family; levels count all of them. */
const MAX_FILES = 1000

type FamilyMessage = MessageInitShape<typeof ColumnFamilySchema>

/** A raw engine from inside; what it does not tell is not set. @throws SandboxError ENGINE_CLOSED, ENGINE_IO */
export async function inspectEngine(rawEngine: RawEngine): Promise<MessageInitShape<typeof GetEngineResponseSchema>> {
  const properties = await rawEngine.properties()
  const inside = rawEngine.supports.inspection ? await rawEngine.inspect() : undefined
  const { engine, directory, diskBytes, openSnapshots, openIterators, native } = properties
  const compaction = inside?.columnFamilies[0]?.compaction
  return {
    engine,
    ...defined({
      directory,
      diskBytes: int64(diskBytes),
      runningCompactions: compaction?.running,
      runningFlushes: compaction?.runningFlushes,
    }),
    openSnapshots,
    openIterators,
    columnFamilies: families(properties, inside),
    ...(inside && { writeAheadLog: walMessage(inside) }),
    native: { ...native },
  }
}

/** Name of a table file as RocksDB writes it. */
export const fileName = ({ number }: SstFile): string => `${String(number).padStart(6, '0')}.sst`

function walMessage({ writeAheadLog: { bytes, files } }: RocksInspection) {
  return { bytes: BigInt(bytes), files: files.map((file) => ({ name: file.name, bytes: BigInt(file.bytes) })) }
}

function families({ columnFamilies }: RawEngineProperties, inside: RocksInspection | undefined): FamilyMessage[] {
  const inspected = new Map(inside?.columnFamilies.map((family) => [family.name, family]))
  return columnFamilies.map((family) => familyMessage(family, inspected.get(family.name)))
}

function familyMessage(
  { name, estimatedEntries, storedBytes, memtableBytes }: ColumnFamilyProperties,
  inside: RocksColumnFamilyInspection | undefined,
): FamilyMessage {
  const { memtables, blockCache, compaction } = inside ?? {}
  return {
    name,
    ...defined({
      estimatedEntries: int64(inside?.estimatedEntries ?? estimatedEntries),
      liveBytes: int64(inside?.estimatedLiveBytes),
      storedBytes: int64(storedBytes),
      pendingCompactionBytes: int64(compaction?.estimatedPendingBytes),
      blockCacheUsedBytes: int64(blockCache?.usedBytes),
      blockCacheCapacityBytes: int64(blockCache?.capacityBytes),
    }),
    memtable: defined({
      activeBytes: int64(memtables?.activeBytes),
      activeEntries: int64(memtables?.activeEntries),
      immutableCount: memtables?.immutableCount,
      unflushedBytes: int64(memtables?.unflushedBytes ?? memtableBytes),
      flushPending: memtables?.flushPending,
    }),
    levels: (inside?.levels ?? []).map(({ level, files, bytes }) => ({ level, files, bytes: BigInt(bytes) })),
    files: [...(inside?.files ?? [])]
      .sort((left, right) => left.level - right.level || left.number - right.number)
      .slice(0, MAX_FILES)
      .map(fileMessage),
  }
}

function fileMessage(file: SstFile): MessageInitShape<typeof TableFileSchema> {
  const { level, bytes, smallestKey, largestKey, smallestSequence, largestSequence } = file
  return {
    name: fileName(file),
    level,
    bytes: BigInt(bytes),
    smallestKey,
    largestKey,
    smallestSequence,
    largestSequence,
  }
}

/** Bytes and counts; some engines tell fractions. */
const int64 = (value: number | undefined): bigint | undefined =>
  value === undefined ? undefined : BigInt(Math.round(value))

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Without the fields that are undefined. */
function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>
}
