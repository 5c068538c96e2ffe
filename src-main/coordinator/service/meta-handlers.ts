import type { MessageInitShape } from '@bufbuild/protobuf'
import { dingoError } from '../../rpc/dingo-error'
import { toNumber } from '../../rpc/int64'
import type { ServiceHandlers } from '../../rpc/call'
import type { SchemaInternal, TableInternal } from '../../rpc/generated/dingodb/coordinator_internal_pb'
import { IdEpochType } from '../../rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type {
  DingoCommonIdSchema,
  SchemaSchema,
  TableDefinitionWithIdSchema,
} from '../../rpc/generated/dingodb/meta_pb'
import { EntityType, MetaService, ReservedSchemaIds } from '../../rpc/generated/dingodb/meta_pb'
import type { MetaDraft } from '../meta/meta-draft'
import { deletedTables, tables } from '../meta/meta-table'
import type { MetaView } from '../meta/meta-view'
import {
  createSchema,
  dropSchema,
  listSchemas,
  requireSchema,
  requireSchemaByName,
  requireTableSchema,
} from '../model/schemas'
import { createTable, dropTable, nextTableId, regionsOfTable, requireTable, tablesOf } from '../model/tables'
import { memoryInfoOf } from './memory-info'
import type { GetServiceContext } from './service-context'
import { counterOf } from './service-context'

/** Table ids that one call hands out, at most. */
const MAX_IDS = 100_000

type CommonId = MessageInitShape<typeof DingoCommonIdSchema>

/** Handlers of MetaService for schemas and tables. */
export function metaHandlers(service: GetServiceContext): ServiceHandlers<typeof MetaService> {
  return {
    async hello(request) {
      const { leadership, machine } = service()
      await leadership.ready()
      return request.getMemoryInfo ? { memoryInfo: memoryInfoOf(machine) } : {}
    },

    getSchemas() {
      return service().control.read((state) => ({
        schemas: listSchemas(state).map((schema) => schemaMessage(state, schema)),
      }))
    },

    getSchema(request) {
      return service().control.read((state) => ({
        schema: schemaMessage(state, requireSchema(state, request.schemaId)),
      }))
    },

    getSchemaByName(request) {
      return service().control.read((state) => ({
        schema: schemaMessage(state, requireSchemaByName(state, request.schemaName)),
      }))
    },

    createSchema({ parentSchemaId, schemaName, schemaId, tenantId }) {
      return service().control.run((draft) => {
        const schema = createSchema(draft, { parent: parentSchemaId, name: schemaName, schemaId, tenantId })
        return { schema: schemaMessage(draft, schema) }
      })
    },

    dropSchema(request) {
      return service().control.run((draft) => {
        dropSchema(draft, request.schemaId)
        return {}
      })
    },

    getTablesBySchema(request) {
      return service().control.read((state) => ({
        tableDefinitionWithIds: tablesOf(state, requireSchema(state, request.schemaId)).map(tableMessage),
      }))
    },

    getTablesCount(request) {
      return service().control.read((state) => ({
        tablesCount: BigInt(tablesOf(state, requireSchema(state, request.schemaId)).length),
      }))
    },

    getTable(request) {
      return service().control.read((state) => ({
        tableDefinitionWithId: tableMessage(requireTable(state, request.tableId)),
      }))
    },

    getTables(request) {
      // A table and what belongs to it; without indexes that is the table alone.
      return service().control.read((state) => ({
        tableDefinitionWithIds: [tableMessage(requireTable(state, request.tableId))],
      }))
    },

    getTableByName(request) {
      return service().control.read((state) => {
        if (request.tableName === '') throw dingoError(Errno.EILLEGAL_PARAMTETERS, 'The request names no table.')
        const schema = requireSchema(state, request.schemaId)
        const table = tablesOf(state, schema).find(({ definition }) => definition?.name === request.tableName)
        if (table !== undefined) return { tableDefinitionWithId: tableMessage(table) }
        const message = `The schema ${schema.name} has no table named ${request.tableName}.`
        throw dingoError(Errno.ETABLE_NOT_FOUND, message)
      })
    },

    getTableRange(request) {
      const { control, messages } = service()
      return control.read((state) => {
        const table = requireTable(state, request.tableId)
        const rangeDistribution = regionsOfTable(state, table.id).map((region) => {
          const { leader, voters, learners } = messages.places(state, region)
          const status = messages.status(state, region)
          const { partId = 0n, range, epoch } = region.definition ?? {}
          return {
            id: { entityType: EntityType.PART, parentEntityId: partId, entityId: region.id },
            ...(range !== undefined && { range }),
            ...(leader !== undefined && { leader }),
            voters: [...voters],
            learners: [...learners],
            regionmapEpoch: counterOf(state, IdEpochType.EPOCH_REGION),
            storemapEpoch: counterOf(state, IdEpochType.EPOCH_STORE),
            ...(epoch !== undefined && { regionEpoch: epoch }),
            status: {
              state: region.state,
              raftStatus: status.raftStatus,
              replicaStatus: status.replicaStatus,
              heartbeatState: status.heartbeatStatus,
              regionType: region.regionType,
              createTimestamp: region.createTimestamp,
              lastUpdateTimestamp: status.lastUpdateTimestamp,
            },
          }
        })
        return { tableRange: { rangeDistribution } }
      })
    },

    getTableMetrics(request) {
      const { control, reports } = service()
      return control.read((state) => {
        const table = requireTable(state, request.tableId)
        const parts = regionsOfTable(state, table.id)
        const known = parts.flatMap(({ id }) => reports.leaderMetrics(Number(id)) ?? [])
        return {
          tableMetrics: {
            id: tableId(table),
            tableMetrics: {
              rowsCount: known.reduce((sum, { rowCount }) => sum + rowCount, 0n),
              tableSize: known.reduce((sum, { regionSize }) => sum + regionSize, 0n),
              partCount: BigInt(parts.length),
              minKey: known.find(({ minKey }) => minKey.length > 0)?.minKey ?? new Uint8Array(0),
              maxKey: [...known].reverse().find(({ maxKey }) => maxKey.length > 0)?.maxKey ?? new Uint8Array(0),
            },
          },
        }
      })
    },

    createTableId(request) {
      return service().control.run((draft) => {
        const schema = requireTableSchema(draft, request.schemaId)
        return { tableId: newTableId(draft, schema.id) }
      })
    },

    createTableIds(request) {
      const count = toNumber(request.count, 'The count')
      return service().control.run((draft) => {
        const schema = requireTableSchema(draft, request.schemaId)
        requireIdCount(count)
        return { tableIds: Array.from({ length: count }, () => newTableId(draft, schema.id)) }
      })
    },

    generateTableIds(request) {
      return service().control.run((draft) => {
        const schema = requireTableSchema(draft, request.schemaId)
        const { hasTable = false, tablePartCount = 0, indexCount = 0, indexPartCount = [] } = request.count ?? {}
        if (indexPartCount.length !== indexCount) {
          throw dingoError(Errno.EILLEGAL_PARAMTETERS, 'The request needs a number of partitions for each index.')
        }
        const partCounts = [...(hasTable ? [tablePartCount] : []), ...indexPartCount]
        requireIdCount(partCounts.reduce((sum, parts) => sum + parts + 1, 0))
        const ids = partCounts.map((parts, position) => {
          const owner = newTableId(draft, schema.id)
          const entityType = hasTable && position === 0 ? EntityType.TABLE : EntityType.INDEX
          const partIds = Array.from({ length: parts }, () => ({
            entityType: EntityType.PART,
            parentEntityId: owner.entityId,
            entityId: BigInt(draft.nextId(IdEpochType.ID_NEXT_TABLE)),
          }))
          return { tableId: { ...owner, entityType }, partIds }
        })
        return { ids }
      })
    },

    async createTable(request, call) {
      const { context } = service()
      const asked = { operation: 'CreateTable', method: MetaService.method.createTable, request, call } as const
      const table = await context.flow.run(service(), asked, (draft, planned) =>
        createTable(draft, planned, {
          schemaId: request.schemaId,
          tableId: request.tableId,
          definition: request.tableDefinition,
          tenantId: 0n,
        }),
      )
      return { tableId: tableId(table) }
    },

    async createTables(request, call) {
      const { context } = service()
      const asked = { operation: 'CreateTable', method: MetaService.method.createTables, request, call } as const
      const created = await context.flow.run(service(), asked, (draft, planned) =>
        request.tableDefinitionWithIds.map((table) =>
          createTable(draft, planned, {
            schemaId: request.schemaId,
            tableId: table.tableId,
            definition: table.tableDefinition,
            tenantId: table.tenantId,
          }),
        ),
      )
      return { tableIds: created.map(tableId) }
    },

    async dropTable(request, call) {
      const { context } = service()
      const asked = { operation: 'DropTable', method: MetaService.method.dropTable, request, call } as const
      await context.flow.run(service(), asked, (draft, planned) => {
        dropTable(draft, planned, request.tableId)
        return request.tableId
      })
      return {}
    },

    async dropTables(request, call) {
      const { context } = service()
      const asked = { operation: 'DropTable', method: MetaService.method.dropTables, request, call } as const
      await context.flow.run(service(), asked, (draft, planned) => {
        for (const id of request.tableIds) dropTable(draft, planned, id)
        return request.tableIds
      })
      return {}
    },

    getDeletedTable(request) {
      const wanted = request.tableId?.entityId ?? 0n
      return service().control.read((state) => ({
        tableDefinitionWithIds: state
          .list(deletedTables)
          .filter(({ id }) => wanted === 0n || id === wanted)
          .map(tableMessage),
      }))
    },
  }
}

function newTableId(draft: MetaDraft, schemaId: bigint) {
  const entityId = BigInt(nextTableId(draft))
  return { entityType: EntityType.TABLE, parentEntityId: schemaId, entityId }
}

function requireIdCount(count: number): void {
  if (count >= 1 && count <= MAX_IDS) return
  const message = `From 1 to ${String(MAX_IDS)} ids can be asked for at once, not ${String(count)}.`
  throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
}

function tableId({ id, schemaId }: TableInternal): CommonId {
  return { entityType: EntityType.TABLE, parentEntityId: schemaId, entityId: id }
}

function tableMessage(table: TableInternal): MessageInitShape<typeof TableDefinitionWithIdSchema> {
  const { definition, tenantId } = table
  return { tableId: tableId(table), ...(definition !== undefined && { tableDefinition: definition }), tenantId }
}

function schemaMessage(view: MetaView, schema: SchemaInternal): MessageInitShape<typeof SchemaSchema> {
  const owned = view.list(tables).filter(({ schemaId }) => schemaId === schema.id)
  const parentEntityId = BigInt(ReservedSchemaIds.ROOT_SCHEMA)
  return {
    id: { entityType: EntityType.SCHEMA, parentEntityId, entityId: schema.id },
    name: schema.name,
    tableIds: owned.map(tableId),
    revision: schema.revision,
    tenantId: schema.tenantId,
  }
}
