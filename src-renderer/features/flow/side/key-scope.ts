import type { TableKeyPrefixes } from '../../../../src-main/client/views/keyspace'
import type { KeyScope } from '../../../../src-main/flow/gate'
import { bytesToHex, hexToBytes } from '../../../ui/format'

/** Which keys are meant, as a form has it. */
export interface KeyScopeForm {
  /** Whose keys; {@link WHOLE_KEYS} for the keys as the store has them. */
  tableId: number
  /** Text, or bytes as `0x…`. Empty: of a table all keys, else no matter which. */
  prefix: string
}

export const WHOLE_KEYS = 0

export function formOfKeys(keys: KeyScope | undefined): KeyScopeForm {
  if (keys?.table !== undefined) return { tableId: keys.table.tableId, prefix: keys.table.text }
  const [prefix] = keys?.prefixes ?? []
  return { tableId: WHOLE_KEYS, prefix: prefix === undefined ? '' : `0x${bytesToHex(prefix)}` }
}

/** Whether the prefix is no hex although it begins as hex. */
export function isWrongHex({ tableId, prefix }: KeyScopeForm): boolean {
  return bytesOfPrefix(tableId === WHOLE_KEYS ? prefix.trim() : prefix) === undefined
}

function bytesOfPrefix(text: string): Uint8Array | undefined {
  return /^0x/i.test(text) ? hexToBytes(text) : new TextEncoder().encode(text)
}

/**
 * The keys that a form means; undefined if it does not matter which. For forms whose prefix can be read.
 *
 * @param prefixesOf asks the host what the keys of a table begin with; what it throws is thrown
 */
export async function keysOfForm(
  { tableId, prefix }: KeyScopeForm,
  prefixesOf: (tableId: number, text: string) => Promise<TableKeyPrefixes>,
): Promise<KeyScope | undefined> {
  if (tableId !== WHOLE_KEYS) {
    const { tableName, prefixes } = await prefixesOf(tableId, prefix)
    return { prefixes, table: { tableId, name: tableName, text: prefix } }
  }
  const bytes = bytesOfPrefix(prefix.trim())
  return bytes === undefined || bytes.length === 0 ? undefined : { prefixes: [bytes], table: undefined }
}

/** The keys in a line: `users/k1…`, `0x7200…`. */
export function keysText({ prefixes, table }: KeyScope): string {
  if (table !== undefined) return `${table.name}/${table.text}…`
  return prefixes.map((prefix) => `0x${bytesToHex(prefix)}…`).join(' ')
}
