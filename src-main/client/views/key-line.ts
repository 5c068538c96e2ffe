import type { Clock } from '../../env'
import { RegionState } from '../../rpc/generated/dingodb/common_pb'
import { compareKeys } from '../key-bytes'
import { isEmptyRange } from '../key-range'
import type { ClusterMaps } from './cluster-maps'
import { decodeKey } from './decode-key'
import type { KeyLine, KeySegment } from './keyspace'
import { enumName } from './enum-name'
import { inSlices } from '../../env/in-slices'
import type { RegionFacts } from './region-facts'
import { regionFacts } from './region-facts'
import { sortInSlices } from './sort-in-slices'

/** All regions in the order of their keys, with their tables if they have one. Regions that were merged away have no keys. */
export async function keyLine(maps: ClusterMaps, clock: Pick<Clock, 'atEndOfTurn'>): Promise<KeyLine> {
  const segments: KeySegment[] = []
  await inSlices(await regionFacts(maps, clock), clock, (facts) => {
    const range = facts.region.definition?.range
    if (range === undefined || !isEmptyRange(range)) segments.push(segmentOf(facts, maps))
  })
  const ordered = await sortInSlices(segments, clock, (left, right) =>
    compareKeys(left.startKey.bytes, right.startKey.bytes),
  )
  return { takenAtMs: maps.takenAtMs, segments: ordered }
}

function segmentOf(facts: RegionFacts, { names }: ClusterMaps): KeySegment {
  const { region, tableId } = facts
  const { range } = region.definition ?? {}
  return {
    regionId: facts.regionId,
    name: facts.name,
    startKey: decodeKey(range?.startKey ?? NO_BYTES, names),
    endKey: decodeKey(range?.endKey ?? NO_BYTES, names),
    tableId: tableId === 0 ? undefined : tableId,
    tableName: facts.tableName,
    leaderStoreId: facts.leaderStoreId,
    storeIds: facts.storeIds,
    sizeBytes: facts.sizeBytes,
    keyCount: facts.keyCount,
    state: enumName(RegionState, region.state),
  }
}

const NO_BYTES = new Uint8Array(0)
