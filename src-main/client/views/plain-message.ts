import type { DescField, DescMessage } from '@bufbuild/protobuf'
import { createRegistry, fromBinary } from '@bufbuild/protobuf'
import type { ReflectMessage } from '@bufbuild/protobuf/reflect'
import { isReflectMessage, reflect } from '@bufbuild/protobuf/reflect'
import { file_dingodb_common } from '../../rpc/generated/dingodb/common_pb'
import { file_dingodb_coordinator } from '../../rpc/generated/dingodb/coordinator_pb'
import { file_dingodb_coordinator_internal } from '../../rpc/generated/dingodb/coordinator_internal_pb'
import { file_dingodb_meta } from '../../rpc/generated/dingodb/meta_pb'
import { file_dingodb_push } from '../../rpc/generated/dingodb/push_pb'
import { file_dingodb_raft } from '../../rpc/generated/dingodb/raft_pb'
import { file_dingodb_store } from '../../rpc/generated/dingodb/store_pb'
import { file_dingodb_store_internal } from '../../rpc/generated/dingodb/store_internal_pb'
import { textOfBytes } from './decode-key'

/** Of longer lists only the beginning is shown. */
const MOST_ITEMS = 64

const registry = createRegistry(
  file_dingodb_common,
  file_dingodb_coordinator,
  file_dingodb_coordinator_internal,
  file_dingodb_meta,
  file_dingodb_push,
  file_dingodb_raft,
  file_dingodb_store,
  file_dingodb_store_internal,
)

/**
 * Bytes of a message of the protocol as plain data for people: fields under the names of the proto files, those at their
 * default left out; enums by their names, 64-bit numbers as text, bytes as text where they are some and as `0x…` elsewhere.
 *
 * @param typeName full name: `dingodb.pb.store.KvPutRequest`
 * @returns undefined for a message that is not of the protocol, and for bytes that are no such message
 */
export function plainMessage(typeName: string, bytes: Uint8Array): unknown {
  const schema = registry.getMessage(typeName)
  if (schema === undefined) return undefined
  try {
    return plain(reflectOf(schema, bytes))
  } catch {
    // Bytes that were cut, or of another version: they are shown as bytes.
    return undefined
  }
}

const reflectOf = (schema: DescMessage, bytes: Uint8Array): ReflectMessage => reflect(schema, fromBinary(schema, bytes))

function plain(message: ReflectMessage): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const field of message.fields) if (message.isSet(field)) fields[field.name] = fieldOf(message, field)
  return fields
}

function fieldOf(message: ReflectMessage, field: DescField): unknown {
  switch (field.fieldKind) {
    case 'list': {
      const shown = [...message.get(field)]
      const rest = shown.length - MOST_ITEMS
      const items = shown.slice(0, MOST_ITEMS).map((item) => valueOf(field, item))
      return rest > 0 ? [...items, `and ${String(rest)} more`] : items
    }
    case 'map':
      return Object.fromEntries([...message.get(field)].map(([key, value]) => [String(key), valueOf(field, value)]))
    default:
      return valueOf(field, message.get(field))
  }
}

function valueOf({ enum: names }: DescField, value: unknown): unknown {
  if (isReflectMessage(value)) return plain(value)
  if (value instanceof Uint8Array) return textOfBytes(value)
  if (typeof value === 'bigint') return String(value)
  if (names !== undefined && typeof value === 'number') return names.value[value]?.name ?? value
  return value
}
