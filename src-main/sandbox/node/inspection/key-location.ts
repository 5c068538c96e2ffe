import type { MessageInitShape } from '@bufbuild/protobuf'
import { decodeValue } from '../../../engine/mvcc/value-codec'
import { encodeKey, versionRange, versionTimestamp } from '../../../engine/mvcc/key-codec'
import type { RawEngine, RocksColumnFamilyInspection } from '../../../engine/raw'
import { compareBytes, defaultColumnFamily } from '../../../engine/raw'
import type { KeyPlaceSchema, LookupStepSchema } from '../../../rpc/generated/sandbox/inspection_pb'
import { fileName } from './engine-inspection'

const MAX_VALUE_BYTES = 4096

type Place = MessageInitShape<typeof KeyPlaceSchema>
type Step = MessageInitShape<typeof LookupStepSchema>

/**
 * Where a key lives in the families of a raw engine: in `default` its newest version, under its MVCC encoding; in the others what
 * they have under the key as it is.
 *
 * @throws SandboxError ENGINE_*
 */
export async function locateKey(rawEngine: RawEngine, key: Uint8Array): Promise<Place[]> {
  const inside = rawEngine.supports.inspection ? await rawEngine.inspect() : undefined
  const pathIn = (columnFamily: string, storedKey: Uint8Array) => {
    const family = inside?.columnFamilies.find(({ name }) => name === columnFamily)
    return family === undefined ? [] : lookupPath(family, storedKey)
  }
  const places: Place[] = []
  for (const columnFamily of rawEngine.columnFamilies) {
    const place =
      columnFamily === defaultColumnFamily
        ? await newestVersion(rawEngine, key)
        : await plainValue(rawEngine, columnFamily, key)
    if (place !== undefined) places.push({ ...place, columnFamily, path: pathIn(columnFamily, place.storedKey) })
  }
  return places
}

/** What a family has under a key. */
interface Found {
  readonly storedKey: Uint8Array
  readonly value?: Uint8Array
  readonly valueBytes?: bigint
  readonly timestamp?: bigint
  readonly isDeletion?: boolean
}

async function newestVersion(rawEngine: RawEngine, key: Uint8Array): Promise<Found> {
  const iterator = rawEngine.iterate({ range: versionRange(key, undefined), limit: 1 })
  try {
    const entry = await iterator.next()
    if (entry === undefined) return { storedKey: encodeKey(key) }
    const { kind, value } = decodeValue(entry.value)
    const timestamp = versionTimestamp(entry.key)
    if (kind === 'delete') return { storedKey: entry.key, timestamp, isDeletion: true }
    return { storedKey: entry.key, timestamp, ...shortened(value) }
  } finally {
    await iterator.close()
  }
}

async function plainValue(rawEngine: RawEngine, columnFamily: string, key: Uint8Array): Promise<Found | undefined> {
  const value = await rawEngine.get(key, { columnFamily })
  return value === undefined ? undefined : { storedKey: key, ...shortened(value) }
}

const shortened = (value: Uint8Array) => ({
  value: value.subarray(0, MAX_VALUE_BYTES),
  valueBytes: BigInt(value.length),
})

/** The order in which RocksDB looks: memtables, the files of level 0 from the newest, then one file a level. */
function lookupPath({ memtables, files }: RocksColumnFamilyInspection, storedKey: Uint8Array): Step[] {
  const inMemory = (memtables.activeEntries ?? 0) + (memtables.immutableEntries ?? 0)
  const covering = files
    .filter(
      ({ smallestKey, largestKey }) =>
        compareBytes(smallestKey, storedKey) <= 0 && compareBytes(storedKey, largestKey) <= 0,
    )
    .sort((left, right) => left.level - right.level || right.number - left.number)
  return [...(inMemory > 0 ? [{}] : []), ...covering.map((file) => ({ file: fileName(file), level: file.level }))]
}
