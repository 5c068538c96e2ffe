import { ReservedSchemaIds } from '../../rpc/generated/dingodb/meta_pb'
import type { Table } from '../table-client'
import { storageEngineName } from '../table-description'
import type { Catalogue } from './cluster-catalogue'
import type { SchemaNode, TableNode } from './tables'

/** A table at a glance. */
export function tableNode({ tableId, name, schema, definition }: Table): TableNode {
  return {
    tableId,
    name,
    schema,
    partitions: definition.tablePartition?.partitions.length ?? 0,
    replicas: definition.replica,
    engine: storageEngineName(definition.storeEngine) ?? String(definition.storeEngine),
    columns: definition.columns.length,
  }
}

/** The schemas that may hold tables, by id, and their tables, by name. */
export function tableTree({ schemas, tables }: Catalogue): SchemaNode[] {
  const tablesBySchema = new Map<number, TableNode[]>()
  for (const table of tables) {
    const nodes = tablesBySchema.get(table.schemaId) ?? []
    nodes.push(tableNode(table))
    tablesBySchema.set(table.schemaId, nodes)
  }
  return schemas
    .map(({ id, name }) => ({ schemaId: Number(id?.entityId ?? 0n), name }))
    .filter(({ schemaId }) => schemaId !== (ReservedSchemaIds.ROOT_SCHEMA as number))
    .sort((left, right) => left.schemaId - right.schemaId)
    .map((schema) => ({ ...schema, tables: (tablesBySchema.get(schema.schemaId) ?? []).sort(byName) }))
}

const byName = (left: TableNode, right: TableNode): number => (left.name < right.name ? -1 : 1)
