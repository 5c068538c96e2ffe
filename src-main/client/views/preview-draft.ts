import { create } from '@bufbuild/protobuf'
import { SandboxError } from '../../base/sandbox-error'
import { StoreInState, StoreState, StoreType } from '../../rpc/generated/dingodb/common_pb'
import { CreateTableRequestSchema } from '../../rpc/generated/dingodb/meta_pb'
import type { ClusterClient } from '../cluster-client'
import type { TableDescription } from '../table-description'
import { createTableRequest } from '../table-description'
import { partitionRange } from '../table-keys'
import type { DraftWorld } from './check-draft'
import { checkDraft } from './check-draft'
import { decodeKey, NO_TABLES } from './decode-key'
import { bytesOfTypedKey } from './key-input'
import { messageJson } from './message-json'
import type { TableDraft, TablePreview } from './tables'

/** The namespace of tables. */
const NAMESPACE = 'r'

/** Checks a draft against the cluster, and tells what it would become. @throws what the client throws */
export async function previewDraft(client: ClusterClient, draft: TableDraft): Promise<TablePreview> {
  const { schemaId, ...world } = await readWorld(client, draft)
  const problems = checkDraft(draft, world)
  const replicas = draft.replicas ?? world.usualReplicas
  const isWellPartitioned = !problems.some(({ path }) => path.startsWith('partitioning'))
  return {
    problems,
    requestJson: problems.length === 0 ? requestJson(draft, schemaId, replicas) : undefined,
    replicas,
    regions: isWellPartitioned ? plannedRegions(draft) : [],
  }
}

/** A draft without problems as the client takes it. */
export function descriptionOf(draft: TableDraft): TableDescription {
  const { name, schema, columns, partitioning, replicas, engine } = draft
  return {
    name,
    schema,
    columns: columns.map((column) => ({
      name: column.name,
      sqlType: column.sqlType,
      nullable: column.nullable,
    })),
    keyColumns: columns.filter(({ isKey }) => isKey).map((column) => column.name),
    partitions:
      partitioning.kind === 'hash'
        ? partitioning.count
        : { boundaries: partitioning.boundaries.flatMap((text) => bytesOfTypedKey(text) ?? []) },
    replicas,
    engine,
    namespace: NAMESPACE,
  }
}

/** How many regions a draft without problems becomes. */
export const regionCountOf = ({ partitioning }: TableDraft): number =>
  partitioning.kind === 'hash' ? partitioning.count : partitioning.boundaries.length + 1

async function readWorld(
  client: ClusterClient,
  draft: TableDraft,
): Promise<DraftWorld & { readonly schemaId: number }> {
  const [schemas, isNameTaken, storeMap, usualReplicas] = await Promise.all([
    client.tables.schemas(),
    isTaken(client, draft),
    client.inspection.storeMap(),
    client.regions.defaultReplicas(draft.engine),
  ])
  const stores = (storeMap?.stores ?? []).filter(
    ({ state, inState, storeType }) =>
      storeType === StoreType.NODE_TYPE_STORE && state === StoreState.STORE_NORMAL && inState === StoreInState.STORE_IN,
  )
  const forTables = schemas.filter(({ id }) => (id?.entityId ?? 0n) !== 0n)
  const schema = forTables.find(({ name }) => name === draft.schema)
  return {
    schemas: new Set(forTables.map(({ name }) => name)),
    isNameTaken,
    stores: stores.length,
    usualReplicas,
    schemaId: Number(schema?.id?.entityId ?? 0n),
  }
}

async function isTaken(client: ClusterClient, { name, schema }: TableDraft): Promise<boolean> {
  if (name === '' || schema === '') return false
  try {
    await client.tables.get(name, { schema })
    return true
  } catch (thrown) {
    if (SandboxError.is(thrown, 'CLIENT_NOT_FOUND')) return false
    throw thrown
  }
}

/** The partition ids of a preview: real ones are given at the creation. */
const placeholderIds = (draft: TableDraft): number[] =>
  Array.from({ length: regionCountOf(draft) }, (_, index) => index + 1)

function requestJson(draft: TableDraft, schemaId: number, replicas: number): string {
  const ids = { schemaId, tableId: 0, partitionIds: placeholderIds(draft) }
  const request = create(CreateTableRequestSchema, createTableRequest(descriptionOf(draft), ids, replicas))
  for (const { id } of request.tableDefinition?.tablePartition?.partitions ?? []) {
    if (id !== undefined) id.entityId = 0n
  }
  return messageJson(CreateTableRequestSchema, request)
}

function plannedRegions(draft: TableDraft): TablePreview['regions'] {
  const { name, schema, partitioning } = draft
  const ids = placeholderIds(draft)
  const boundaries = partitioning.kind === 'range' ? partitioning.boundaries : []
  return ids.map((partitionId, index) => {
    const range = partitionRange(NAMESPACE, partitionId)
    return {
      name: `T_${schema}_${name}_part_${String(partitionId)}`,
      from: boundaries[index - 1] ?? '',
      to: boundaries[index] ?? '',
      hashOf: partitioning.kind === 'hash' && ids.length > 1 ? { remainder: index, count: ids.length } : undefined,
      startKey: decodeKey(range.startKey, NO_TABLES),
      endKey: decodeKey(range.endKey, NO_TABLES),
    }
  })
}
