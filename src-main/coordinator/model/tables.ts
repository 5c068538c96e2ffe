import { create } from '@bufbuild/protobuf'
import { dingoError } from '../../rpc/dingo-error'
import { toNumber } from '../../rpc/int64'
import type { Range } from '../../rpc/generated/dingodb/common_pb'
import { Engine, RangeSchema, RawEngine, RegionType, StoreType } from '../../rpc/generated/dingodb/common_pb'
import type { RegionInternal, SchemaInternal, TableInternal } from '../../rpc/generated/dingodb/coordinator_internal_pb'
import { TableInternalSchema } from '../../rpc/generated/dingodb/coordinator_internal_pb'
import { IdEpochType } from '../../rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { DingoCommonId, Partition, TableDefinition } from '../../rpc/generated/dingodb/meta_pb'
import type { MetaDraft } from '../meta/meta-draft'
import { autoIncrements, deletedTables, regions, tables } from '../meta/meta-table'
import type { MetaView } from '../meta/meta-view'
import { autoIncrementRow } from './auto-increment'
import type { ControlContext } from './control-context'
import { overlaps, requireFreeRange } from './key-ranges'
import { LeaderOrder } from './leader-order'
import { planDrops, planRegion, requireRoomForRegions, requireWritable } from './regions'
import { requireTableSchema } from './schemas'
import { replicaCount, requireServedEngine } from './storage-engines'
import { selectStores } from './stores'

/** Partitions of a table, at most (dingodb.md 3.6). */
const MAX_PARTITIONS = 1024

/** @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS, ETABLE_NOT_FOUND */
export function requireTable(view: MetaView, id: DingoCommonId | undefined): TableInternal {
  const tableId = requireTableId(id)
  const table = view.get(tables, tableId)
  if (table !== undefined) return table
  throw dingoError(Errno.ETABLE_NOT_FOUND, `There is no table ${String(tableId)}.`)
}

/** @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS unless the id is positive */
export function requireTableId(id: DingoCommonId | undefined): number {
  const tableId = toNumber(id?.entityId ?? 0n, 'The table id')
  if (tableId > 0) return tableId
  throw dingoError(
    Errno.EILLEGAL_PARAMTETERS,
    'The request names no table: a table id is a positive number that CreateTableId or GenerateTableIds gave.',
  )
}

/** The tables of a schema, by id. */
export function tablesOf(view: MetaView, schema: SchemaInternal): readonly TableInternal[] {
  return view.list(tables).filter(({ schemaId }) => schemaId === schema.id)
}

/** The regions of a table, in the order of their partitions. */
export function regionsOfTable(view: MetaView, tableId: bigint): readonly RegionInternal[] {
  return view
    .list(regions)
    .filter(({ definition }) => definition?.tableId === tableId)
    .sort((left, right) => Number((left.definition?.partId ?? 0n) - (right.definition?.partId ?? 0n)))
}

/** The next table id that no table has or had. Partitions are numbered by the same counter. */
export function nextTableId(draft: MetaDraft): number {
  let tableId = draft.nextId(IdEpochType.ID_NEXT_TABLE)
  while (draft.get(tables, tableId) !== undefined || draft.get(deletedTables, tableId) !== undefined) {
    tableId = draft.nextId(IdEpochType.ID_NEXT_TABLE)
  }
  return tableId
}

/** What to create. */
export interface TablePlan {
  readonly schemaId: DingoCommonId | undefined
  readonly tableId: DingoCommonId | undefined
  readonly definition: TableDefinition | undefined
  readonly tenantId: bigint
}

/**
 * Plans a table: its row, one region a partition, all of them on the same stores, and a job for each region (flows.md,
 * Create table / region).
 *
 * @throws SandboxError DINGODB_ERROR ESCHEMA_NOT_FOUND, EILLEGAL_PARAMTETERS, ETABLE_DEFINITION_ILLEGAL, ETABLE_EXISTS,
 * ESYSTEM_CLUSTER_READ_ONLY, EREGION_COUNT_EXCEED_LIMIT, EREGION_UNAVAILABLE
 */
export function createTable(draft: MetaDraft, context: ControlContext, plan: TablePlan): TableInternal {
  const schema = requireTableSchema(draft, plan.schemaId)
  const tableId = requireTableId(plan.tableId)
  const definition = requireDefinition(plan.definition)
  requireNewTable(draft, schema, tableId, definition.name)
  const partitions = requirePartitions(draft, definition)
  requireWritable(draft)
  requireRoomForRegions(draft, context, partitions.length)
  context.onStage({ name: 'coordinator.validateTable', data: definition })

  const now = BigInt(context.wallTimeMs())
  const table = create(TableInternalSchema, {
    id: BigInt(tableId),
    definition: { ...definition, createTimestamp: now },
    schemaId: schema.id,
    tenantId: plan.tenantId,
  })
  draft.put(tables, tableId, table)
  const peers = selectStores(draft, context, {
    count: replicaCount(definition.storeEngine, definition.replica, context.settings.defaultReplicaCount),
    storeType: StoreType.NODE_TYPE_STORE,
    resourceTag: '',
    storeIds: [],
  })
  const leaders = new LeaderOrder(draft, peers)
  const regionIds = partitions.map(({ partId, range }) =>
    planRegion(draft, context, {
      regionId: 0,
      name: `T_${schema.name}_${definition.name}_part_${String(partId)}`,
      isNameSuffixed: true,
      range,
      peers: leaders.next(),
      regionType: RegionType.STORE_REGION,
      rawEngine: rawEngineOf(definition.engine),
      storeEngine: definition.storeEngine,
      schemaId: schema.id,
      tableId: BigInt(tableId),
      indexId: 0n,
      partId: BigInt(partId),
      tenantId: plan.tenantId,
      indexParameter: undefined,
    }),
  )
  context.onStage({ name: 'coordinator.planRegions', data: { tableId, regionIds, peers } })
  planAutoIncrement(draft, tableId, definition)
  return table
}

/**
 * Plans the end of a table and of its regions. DingoDB drops the regions up to a minute later.
 *
 * @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS, ETABLE_NOT_FOUND
 */
export function dropTable(draft: MetaDraft, context: ControlContext, id: DingoCommonId | undefined): void {
  const table = requireTable(draft, id)
  context.onStage({ name: 'coordinator.validateDrop', data: table })
  draft.delete(tables, Number(table.id))
  draft.delete(autoIncrements, Number(table.id))
  const deleteTimestamp = BigInt(context.wallTimeMs())
  draft.put(deletedTables, Number(table.id), {
    ...table,
    ...(table.definition !== undefined && { definition: { ...table.definition, deleteTimestamp } }),
  })
  planDrops(draft, context, regionsOfTable(draft, table.id))
}

function requireNewTable(view: MetaView, schema: SchemaInternal, tableId: number, name: string): void {
  if (view.get(tables, tableId) !== undefined || view.get(deletedTables, tableId) !== undefined) {
    const message = `The table id ${String(tableId)} is or was in use: take a new one from CreateTableId.`
    throw dingoError(Errno.ETABLE_EXISTS, message)
  }
  if (!tablesOf(view, schema).some(({ definition }) => definition?.name === name)) return
  throw dingoError(Errno.ETABLE_EXISTS, `The schema ${schema.name} has a table named ${name} already.`)
}

function requireDefinition(definition: TableDefinition | undefined): TableDefinition {
  if (definition === undefined) throw illegalDefinition('The request has no table definition.')
  if (definition.name === '') throw illegalDefinition('A table needs a name.')
  requireServedEngine(definition.storeEngine)
  const names = definition.columns.map(({ name }) => name)
  if (names.includes('')) throw illegalDefinition(`A column of the table ${definition.name} has no name.`)
  if (new Set(names).size < names.length) {
    throw illegalDefinition(`Two columns of the table ${definition.name} have the same name.`)
  }
  return definition
}

interface PlannedPartition {
  readonly partId: number
  readonly range: Range
}

function requirePartitions(view: MetaView, definition: TableDefinition): readonly PlannedPartition[] {
  const partitions = definition.tablePartition?.partitions ?? []
  if (partitions.length === 0)
    throw illegalDefinition(`The table ${definition.name} has no partitions: give one at least.`)
  if (partitions.length > MAX_PARTITIONS) {
    throw illegalDefinition(
      `A table has ${String(MAX_PARTITIONS)} partitions at most, not ${String(partitions.length)}.`,
    )
  }
  const planned = partitions
    .map((partition) => requirePartition(view, partition))
    .sort((left, right) => left.partId - right.partId)
  planned.forEach(({ partId, range }, position) => {
    if (partId !== (planned[0]?.partId ?? 0) + position) {
      throw dingoError(
        Errno.EILLEGAL_PARAMTETERS,
        'The ids of the partitions must differ and follow each other without gap, as GenerateTableIds gives them.',
      )
    }
    if (planned.some((other) => other.partId < partId && overlaps(other.range, range))) {
      throw dingoError(
        Errno.EILLEGAL_PARAMTETERS,
        `The range of partition ${String(partId)} overlaps another partition.`,
      )
    }
  })
  return planned
}

function requirePartition(view: MetaView, { id, range }: Partition): PlannedPartition {
  const partId = toNumber(id?.entityId ?? 0n, 'The partition id')
  if (partId <= 0) throw dingoError(Errno.EILLEGAL_PARAMTETERS, 'A partition needs a positive id.')
  const { startKey, endKey } = requireFreeRange(view, range)
  return { partId, range: create(RangeSchema, { startKey, endKey }) }
}

function planAutoIncrement(draft: MetaDraft, tableId: number, definition: TableDefinition): void {
  if (!definition.columns.some(({ isAutoIncrement }) => isAutoIncrement)) return
  const start = definition.autoIncrement > 0n ? definition.autoIncrement : 1n
  draft.put(autoIncrements, tableId, autoIncrementRow(tableId, start))
}

function rawEngineOf(engine: Engine): RawEngine {
  const isTree = engine === Engine.ENG_BDB || engine === Engine.BTREE || engine === Engine.TXN_BTREE
  return isTree ? RawEngine.RAW_ENG_BDB : RawEngine.RAW_ENG_ROCKSDB
}

function illegalDefinition(message: string): Error {
  return dingoError(Errno.ETABLE_DEFINITION_ILLEGAL, message)
}
