import type { DescMessage, MessageShape } from '@bufbuild/protobuf'
import { toJson } from '@bufbuild/protobuf'

/**
 * A message as people read it: JSON of protobuf under the names of the proto files, two spaces deep. Fields at their default are
 * left out, but for ids that are not allocated yet, which show as 0.
 */
export function messageJson<Schema extends DescMessage>(schema: Schema, message: MessageShape<Schema>): string {
  const json = toJson(schema, message, { useProtoFieldName: true })
  return JSON.stringify(json, (_, value: unknown) => (isCommonId(value) ? { ...value, ...wholeId(value) } : value), 2)
}

/** A `DingoCommonId`: the only message of the protocol that names the type of an entity. */
interface CommonIdJson {
  readonly entity_type: string
  readonly parent_entity_id?: string
  readonly entity_id?: string
}

const isCommonId = (value: unknown): value is CommonIdJson =>
  typeof value === 'object' && value !== null && 'entity_type' in value

const wholeId = ({ parent_entity_id: parent = '0', entity_id: entity = '0' }: CommonIdJson) => ({
  parent_entity_id: parent,
  entity_id: entity,
})
