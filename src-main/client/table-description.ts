import type { MessageInitShape } from '@bufbuild/protobuf'
import { SandboxError } from '../base/sandbox-error'
import { StorageEngine } from '../rpc/generated/dingodb/common_pb'
import type {
  CreateTableRequestSchema,
  DingoCommonIdSchema,
  TableDefinition,
  TableDefinitionSchema,
} from '../rpc/generated/dingodb/meta_pb'
import { EntityType, PartitionStrategy, ReservedSchemaIds } from '../rpc/generated/dingodb/meta_pb'
import { compareKeys, fromHex, toHex } from './key-bytes'
import type { KeyNamespace, PartitionLayout } from './table-keys'
import { partitionRange } from './table-keys'

/** The engines that a region can live in, under the names of DingoDB. Stores refuse `memory`. */
export const storageEngineNames = ['raft', 'mono', 'memory'] as const
export type StorageEngineName = (typeof storageEngineNames)[number]

/** A column of a table. */
export interface ColumnDescription {
  readonly name: string
  /** For instance `VARCHAR`, `BIGINT`. The store keeps it for the SQL layer and does nothing with it. */
  readonly sqlType: string
  /** Default true, but for key columns. */
  readonly nullable?: boolean | undefined
}

/** A table as a person describes it. */
export interface TableDescription {
  readonly name: string
  /** Default `DINGO`. */
  readonly schema?: string | undefined
  /** Default: a key and a value of type VARCHAR. */
  readonly columns?: readonly ColumnDescription[] | undefined
  /** Names of columns, in the order of the key. Default: the first column. */
  readonly keyColumns?: readonly string[] | undefined
  /** How many partitions, filled by the hash of the key; or the user keys at which a new one starts. Default 1. */
  readonly partitions?: number | { readonly boundaries: readonly Uint8Array[] } | undefined
  /** Copies of each region. Default: as regions have it, see RegionClient.defaultReplicas. */
  readonly replicas?: number | undefined
  /** Default `raft`, the replicated one. */
  readonly engine?: StorageEngineName | undefined
  /** Default `r`, as tables of the SQL layer have it. */
  readonly namespace?: KeyNamespace | undefined
}

/** DingoDB allows no more. */
export const MAX_PARTITIONS = 1_024

/** Under this name a table's definition keeps where its partitions begin, which the protocol has no field for. */
export const BOUNDARIES_PROPERTY = 'dingo-sandbox.partition-boundaries'

const engines: Readonly<Record<StorageEngineName, StorageEngine>> = {
  raft: StorageEngine.STORE_ENG_RAFT_STORE,
  mono: StorageEngine.STORE_ENG_MONO_STORE,
  memory: StorageEngine.STORE_ENG_MEMORY,
}

export const storageEngineOf = (name: StorageEngineName): StorageEngine => engines[name]

/** The name of an engine; undefined for one that this version does not know. */
export const storageEngineName = (engine: StorageEngine): StorageEngineName | undefined =>
  storageEngineNames.find((name) => engines[name] === engine)

/** How many partitions are asked for. @throws SandboxError INVALID_ARGUMENT if they make no sense */
export function partitionCountOf({ name, partitions = 1 }: TableDescription): number {
  const count = typeof partitions === 'number' ? partitions : partitions.boundaries.length + 1
  if (!Number.isInteger(count) || count < 1 || count > MAX_PARTITIONS) {
    throw refused(name, `it has 1 to ${String(MAX_PARTITIONS)} partitions, not ${String(count)}`)
  }
  if (typeof partitions !== 'number') {
    partitions.boundaries.reduce((before, boundary) => {
      if (compareKeys(before, boundary) < 0) return boundary
      throw refused(
        name,
        `its partitions begin at ascending keys, but 0x${toHex(boundary)} is not behind the one before`,
      )
    }, new Uint8Array(0))
  }
  return count
}

function definitionOf(
  description: TableDescription,
  ids: { readonly tableId: number; readonly partitionIds: readonly number[] },
  replicas: number,
): MessageInitShape<typeof TableDefinitionSchema> {
  const { name, partitions = 1, namespace = 'r', engine = 'raft' } = description
  const columns = description.columns ?? defaultColumns
  const keyColumns = description.keyColumns ?? columns.slice(0, 1).map((column) => column.name)
  for (const keyColumn of keyColumns) {
    if (!columns.some((column) => column.name === keyColumn)) throw refused(name, `it has no column "${keyColumn}"`)
  }
  if (keyColumns.length === 0) throw refused(name, 'it has at least one column in its key')
  const byHash = typeof partitions === 'number' && partitions > 1
  return {
    name,
    version: 1,
    replica: replicas,
    storeEngine: storageEngineOf(engine),
    tablePartition: {
      columns: [...keyColumns],
      strategy: byHash ? PartitionStrategy.PT_STRATEGY_HASH : PartitionStrategy.PT_STRATEGY_RANGE,
      partitions: ids.partitionIds.map((partitionId, index) => ({
        id: commonId(EntityType.PART, ids.tableId, partitionId),
        name: `p${String(index)}`,
        range: partitionRange(namespace, partitionId),
      })),
    },
    columns: columns.map((column) => ({
      name: column.name,
      sqlType: column.sqlType,
      nullable: column.nullable ?? !keyColumns.includes(column.name),
      indexOfKey: keyColumns.indexOf(column.name),
    })),
    properties:
      typeof partitions === 'number' ? {} : { [BOUNDARIES_PROPERTY]: partitions.boundaries.map(toHex).join(',') },
  }
}

/**
 * What the coordinators are asked for.
 *
 * @param ids as many partitions as {@link partitionCountOf} says
 * @param replicas copies of each region
 */
export function createTableRequest(
  description: TableDescription,
  ids: { readonly schemaId: number; readonly tableId: number; readonly partitionIds: readonly number[] },
  replicas: number,
): MessageInitShape<typeof CreateTableRequestSchema> {
  return {
    schemaId: commonId(EntityType.SCHEMA, ReservedSchemaIds.ROOT_SCHEMA, ids.schemaId),
    tableId: commonId(EntityType.TABLE, ids.schemaId, ids.tableId),
    tableDefinition: definitionOf(description, ids, replicas),
  }
}

/** How a table spreads its keys, as far as its definition says. */
export function layoutOf(definition: TableDefinition): PartitionLayout {
  const rule = definition.tablePartition
  if ((rule?.partitions.length ?? 0) <= 1) return { strategy: 'single' }
  if (rule?.strategy === PartitionStrategy.PT_STRATEGY_HASH) return { strategy: 'hash' }
  const written = definition.properties[BOUNDARIES_PROPERTY]
  const boundaries =
    written
      ?.split(',')
      .map(fromHex)
      .filter((boundary) => boundary !== undefined) ?? []
  if (boundaries.length !== (rule?.partitions.length ?? 0) - 1) return { strategy: 'unknown' }
  return { strategy: 'range', boundaries }
}

export function commonId(
  entityType: EntityType,
  parentEntityId: number,
  entityId: number,
): MessageInitShape<typeof DingoCommonIdSchema> {
  return { entityType, parentEntityId: BigInt(parentEntityId), entityId: BigInt(entityId) }
}

const defaultColumns: readonly ColumnDescription[] = [
  { name: 'key', sqlType: 'VARCHAR' },
  { name: 'value', sqlType: 'VARCHAR' },
]

function refused(table: string, why: string): SandboxError {
  return new SandboxError('INVALID_ARGUMENT', `The table ${table} cannot be made: ${why}.`)
}
