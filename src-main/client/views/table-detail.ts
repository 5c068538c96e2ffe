import type { Clock } from '../../env'
import type { Region } from '../../rpc/generated/dingodb/common_pb'
import { RegionState } from '../../rpc/generated/dingodb/common_pb'
import type { Partition } from '../../rpc/generated/dingodb/meta_pb'
import { TableDefinitionSchema } from '../../rpc/generated/dingodb/meta_pb'
import type { ClusterClient } from '../cluster-client'
import { compareKeys } from '../key-bytes'
import type { Table } from '../table-client'
import type { TableKeys } from '../table-keys'
import { decodeKey, textOfBytes } from './decode-key'
import type { TableNames } from './decode-key'
import type { KeyView } from './key-view'
import { messageJson } from './message-json'
import type { RegionSize } from './region-size'
import { regionSizeOf, sumOfSizes } from './region-size'
import { tableNode } from './table-node'
import { readTableRegions } from './table-regions'
import type { ColumnView, DropPreview, PartitionView, TableDetail } from './tables'

/** What the example of a key is made of. */
const EXAMPLE_USER_KEY = 'user-42'

/** The regions of a table, in the order of partitions and keys, with their sizes. */
interface TableRegion {
  readonly region: Region
  readonly partitionId: number
  readonly size: RegionSize | undefined
}

/** Everything that is known of a table. @throws what the client throws */
export async function readTableDetail(
  client: ClusterClient,
  table: Table,
  names: TableNames,
  clock: Clock,
): Promise<TableDetail> {
  const regions = await readRegions(client, table)
  const keys = client.tables.keys(table)
  const size = sumOfSizes(regions.map((region) => region.size))
  return {
    takenAtMs: clock.wallTimeMs(),
    table: tableNode(table),
    schemaId: table.schemaId,
    columns: columnsOf(table),
    strategy: keys.layout.strategy,
    partitions: (table.definition.tablePartition?.partitions ?? []).flatMap((partition, index) =>
      partitionViews(partition, userRangeOf(keys, index), regions, names),
    ),
    sizeBytes: size?.sizeBytes,
    keyCount: size?.keyCount,
    example: exampleKey(keys, names),
    json: messageJson(TableDefinitionSchema, table.definition),
  }
}

/** What a drop of the table will delete. @throws what the client throws */
export async function readDropPreview(client: ClusterClient, table: Table): Promise<DropPreview> {
  const regions = await readRegions(client, table)
  const size = sumOfSizes(regions.map((region) => region.size))
  return {
    table: tableNode(table),
    regionIds: regions.map(({ region }) => Number(region.id)),
    sizeBytes: size?.sizeBytes,
    keyCount: size?.keyCount,
  }
}

async function readRegions(client: ClusterClient, table: Table): Promise<TableRegion[]> {
  const regions = await readTableRegions(client, table)
  return regions
    .map((region) => ({
      region,
      partitionId: Number(region.definition?.partId ?? 0n),
      size: regionSizeOf(region.metrics),
    }))
    .sort((left, right) => left.partitionId - right.partitionId || compareKeys(startOf(left), startOf(right)))
}

const startOf = ({ region }: TableRegion): Uint8Array => region.definition?.range?.startKey ?? NO_BYTES

function columnsOf({ definition }: Table): ColumnView[] {
  return definition.columns.map(({ name, sqlType, nullable, indexOfKey }) => ({
    name,
    sqlType,
    nullable,
    keyPosition: indexOfKey < 0 ? undefined : indexOfKey,
  }))
}

/** One a region, because a partition that was split has several; the partition alone while it has none. */
function partitionViews(
  partition: Partition,
  userRange: PartitionView['userRange'],
  regions: readonly TableRegion[],
  names: TableNames,
): PartitionView[] {
  const partitionId = Number(partition.id?.entityId ?? 0n)
  const own = regions.filter((region) => region.partitionId === partitionId)
  if (own.length > 0) return own.map((region) => ({ ...regionView(region, names), userRange }))
  return [
    {
      partitionId,
      regionId: undefined,
      startKey: decodeKey(partition.range?.startKey ?? NO_BYTES, names),
      endKey: decodeKey(partition.range?.endKey ?? NO_BYTES, names),
      userRange,
      leaderStoreId: undefined,
      storeIds: [],
      state: undefined,
      sizeBytes: undefined,
      keyCount: undefined,
    },
  ]
}

/** The user keys of a partition by its place, from 0. */
function userRangeOf({ layout }: TableKeys, index: number): PartitionView['userRange'] {
  if (layout.strategy !== 'range') return undefined
  const { boundaries } = layout
  return { from: textOfBytes(boundaries[index - 1] ?? NO_BYTES), to: textOfBytes(boundaries[index] ?? NO_BYTES) }
}

function regionView({ region, partitionId, size }: TableRegion, names: TableNames): Omit<PartitionView, 'userRange'> {
  const { definition, leaderStoreId } = region
  return {
    partitionId,
    regionId: Number(region.id),
    startKey: decodeKey(definition?.range?.startKey ?? NO_BYTES, names),
    endKey: decodeKey(definition?.range?.endKey ?? NO_BYTES, names),
    leaderStoreId: leaderStoreId > 0n ? Number(leaderStoreId) : undefined,
    storeIds: (definition?.peers ?? []).map(({ storeId }) => Number(storeId)),
    state: RegionState[region.state] ?? String(region.state),
    sizeBytes: size?.sizeBytes,
    keyCount: size?.keyCount,
  }
}

/** Of a table whose layout is not known, a key of its first partition. */
function exampleKey(keys: TableKeys, names: TableNames): KeyView {
  const userKey = new TextEncoder().encode(EXAMPLE_USER_KEY)
  if (keys.layout.strategy !== 'unknown') return decodeKey(keys.encode(userKey), names)
  return decodeKey(keys.ranges(userKey, undefined)[0]?.startKey ?? userKey, names)
}

const NO_BYTES = new Uint8Array(0)
