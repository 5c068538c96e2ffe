import { create } from '@bufbuild/protobuf'
import { dingoError } from '../../rpc/dingo-error'
import { toNumber } from '../../rpc/int64'
import type { SchemaInternal } from '../../rpc/generated/dingodb/coordinator_internal_pb'
import { SchemaInternalSchema } from '../../rpc/generated/dingodb/coordinator_internal_pb'
import { IdEpochType } from '../../rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { DingoCommonId } from '../../rpc/generated/dingodb/meta_pb'
import { ReservedSchemaIds } from '../../rpc/generated/dingodb/meta_pb'
import type { MetaDraft } from '../meta/meta-draft'
import { MAX_RESERVED_ID } from '../meta/meta-draft'
import { schemas, tables } from '../meta/meta-table'
import type { MetaView } from '../meta/meta-view'

/** Schemas that are there without having been created, in the order of their ids (dingodb.md 3.6). */
const RESERVED: readonly SchemaInternal[] = [
  [ReservedSchemaIds.ROOT_SCHEMA, 'ROOT'] as const,
  [ReservedSchemaIds.META_SCHEMA, 'META'] as const,
  [ReservedSchemaIds.DINGO_SCHEMA, 'DINGO'] as const,
  [ReservedSchemaIds.MYSQL_SCHEMA, 'MYSQL'] as const,
  [ReservedSchemaIds.INFORMATION_SCHEMA, 'INFORMATION_SCHEMA'] as const,
].map(([id, name]) => create(SchemaInternalSchema, { id: BigInt(id), name }))

/** All schemas, the reserved ones first. */
export function listSchemas(view: MetaView): readonly SchemaInternal[] {
  return [...RESERVED, ...view.list(schemas)]
}

/** @throws SandboxError DINGODB_ERROR ESCHEMA_NOT_FOUND */
export function requireSchema(view: MetaView, id: DingoCommonId | undefined): SchemaInternal {
  const schemaId = toNumber(id?.entityId ?? -1n, 'The schema id')
  const schema = RESERVED.find((reserved) => Number(reserved.id) === schemaId) ?? view.get(schemas, schemaId)
  if (id !== undefined && schema !== undefined) return schema
  const message = id === undefined ? 'The request names no schema.' : `There is no schema ${String(schemaId)}.`
  throw dingoError(id === undefined ? Errno.EILLEGAL_PARAMTETERS : Errno.ESCHEMA_NOT_FOUND, message)
}

/**
 * A schema that may hold tables: any but ROOT, which holds schemas.
 *
 * @throws SandboxError DINGODB_ERROR ESCHEMA_NOT_FOUND, EILLEGAL_PARAMTETERS
 */
export function requireTableSchema(view: MetaView, id: DingoCommonId | undefined): SchemaInternal {
  const schema = requireSchema(view, id)
  if (schema.id !== BigInt(ReservedSchemaIds.ROOT_SCHEMA)) return schema
  throw dingoError(Errno.EILLEGAL_PARAMTETERS, 'The ROOT schema holds schemas, no tables: choose another schema.')
}

/** @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS, ESCHEMA_NOT_FOUND */
export function requireSchemaByName(view: MetaView, name: string): SchemaInternal {
  if (name === '') throw dingoError(Errno.EILLEGAL_PARAMTETERS, 'The request names no schema.')
  const schema = listSchemas(view).find((candidate) => candidate.name === name)
  if (schema !== undefined) return schema
  throw dingoError(Errno.ESCHEMA_NOT_FOUND, `There is no schema named ${name}.`)
}

/** What to create. */
export interface SchemaPlan {
  readonly parent: DingoCommonId | undefined
  readonly name: string
  /** 0 for the next free one. */
  readonly schemaId: bigint
  readonly tenantId: bigint
}

/** @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS, ESCHEMA_EXISTS */
export function createSchema(draft: MetaDraft, plan: SchemaPlan): SchemaInternal {
  const { parent, name, tenantId } = plan
  if (parent !== undefined && parent.entityId !== BigInt(ReservedSchemaIds.ROOT_SCHEMA)) {
    throw dingoError(Errno.EILLEGAL_PARAMTETERS, 'A schema can only be created in the ROOT schema, id 0.')
  }
  if (name === '') throw dingoError(Errno.EILLEGAL_PARAMTETERS, 'A schema needs a name.')
  if (listSchemas(draft).some((schema) => schema.name === name)) {
    throw dingoError(Errno.ESCHEMA_EXISTS, `There is a schema named ${name} already.`)
  }
  const schemaId = chooseSchemaId(draft, toNumber(plan.schemaId, 'The schema id'))
  const schema = create(SchemaInternalSchema, { id: BigInt(schemaId), name, tenantId })
  draft.put(schemas, schemaId, schema)
  return schema
}

/** @throws SandboxError DINGODB_ERROR ESCHEMA_NOT_FOUND, EILLEGAL_PARAMTETERS, ESCHEMA_NOT_EMPTY */
export function dropSchema(draft: MetaDraft, id: DingoCommonId | undefined): void {
  const schema = requireSchema(draft, id)
  if (schema.id <= BigInt(MAX_RESERVED_ID)) {
    throw dingoError(Errno.EILLEGAL_PARAMTETERS, `The schema ${schema.name} is reserved and stays.`)
  }
  if (draft.list(tables).some(({ schemaId }) => schemaId === schema.id)) {
    throw dingoError(Errno.ESCHEMA_NOT_EMPTY, `The schema ${schema.name} has tables: drop them first.`)
  }
  draft.delete(schemas, Number(schema.id))
}

function chooseSchemaId(draft: MetaDraft, wanted: number): number {
  if (wanted === 0) {
    let schemaId = draft.nextId(IdEpochType.ID_NEXT_SCHEMA)
    while (draft.get(schemas, schemaId) !== undefined) schemaId = draft.nextId(IdEpochType.ID_NEXT_SCHEMA)
    return schemaId
  }
  if (wanted <= MAX_RESERVED_ID) {
    const message = `The schema id ${String(wanted)} is reserved: choose one above ${String(MAX_RESERVED_ID)}, or none.`
    throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
  }
  if (draft.get(schemas, wanted) === undefined) return wanted
  throw dingoError(Errno.ESCHEMA_EXISTS, `There is a schema with the id ${String(wanted)} already.`)
}
