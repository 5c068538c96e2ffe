import { SandboxError } from '../../base/sandbox-error'
import type { ClusterClient } from '../cluster-client'
import { fromHex } from '../key-bytes'
import type { ClusterCatalogue } from './cluster-catalogue'
import type { TableKeys } from '../table-keys'
import type { KeyInput, TableKeyPrefixes } from './keyspace'

/**
 * The bytes of a user key that a person typed: text as UTF-8, `0x…` as the bytes that it writes down, so that a key whose
 * text begins with `0x` is typed in hex, too.
 *
 * @returns undefined if `0x` is not followed by whole bytes of hex
 */
export function bytesOfTypedKey(text: string): Uint8Array | undefined {
  return HEX_MARK.test(text) ? fromHex(text.replace(HEX_MARK, '')) : encoder.encode(text)
}

/**
 * The key of the store that a typed key means.
 *
 * @throws SandboxError INVALID_ARGUMENT, with the field of the input in `details.field`, for hex that is none, an empty key, and
 * a table whose definition does not say how keys are spread; CLIENT_NOT_FOUND for a table that is not there
 */
export async function keyOfInput(
  input: KeyInput,
  client: ClusterClient,
  catalogue: ClusterCatalogue,
): Promise<Uint8Array> {
  if (input.kind === 'raw') return rawKey(input.hex)
  const userKey = bytesOfTypedKey(input.text)
  if (userKey === undefined) throw notHex('text', input.text)
  return (await tableKeys(input.tableId, client, catalogue)).encode(userKey)
}

/**
 * What the store's keys of a table begin with, where the table's own keys begin with what a person typed.
 *
 * @throws SandboxError INVALID_ARGUMENT for hex that is none; CLIENT_NOT_FOUND for a table that is not there
 */
export async function prefixesOfTyped(
  tableId: number,
  text: string,
  client: ClusterClient,
  catalogue: ClusterCatalogue,
): Promise<TableKeyPrefixes> {
  const userPrefix = bytesOfTypedKey(text)
  if (userPrefix === undefined) throw notHex('text', text)
  const keys = await tableKeys(tableId, client, catalogue)
  return { tableName: keys.tableName, prefixes: keys.encodePrefix(userPrefix) }
}

async function tableKeys(tableId: number, client: ClusterClient, catalogue: ClusterCatalogue): Promise<TableKeys> {
  const table = (await catalogue.current()).table(tableId) ?? (await catalogue.fresh()).table(tableId)
  if (table !== undefined) return client.tables.keys(table)
  const message = `The cluster has no table ${String(tableId)}: it was dropped, or never made.`
  throw new SandboxError('CLIENT_NOT_FOUND', message, { details: { tableId } })
}

function rawKey(hex: string): Uint8Array {
  const key = fromHex(hex.replace(/\s+/g, '').replace(HEX_MARK, ''))
  if (key === undefined) throw notHex('hex', hex)
  if (key.length > 0) return key
  throw new SandboxError('INVALID_ARGUMENT', 'A key is at least one byte long: write it as hex, two digits a byte.', {
    details: { field: 'hex' },
  })
}

function notHex(field: 'hex' | 'text', written: string): SandboxError {
  const shown = written.length <= LONGEST_QUOTE ? written : `${written.slice(0, LONGEST_QUOTE)}…`
  const advice =
    field === 'text' ? 'Without the 0x it is taken as text.' : 'Hex has two digits a byte, for instance 72 00 0a.'
  return new SandboxError('INVALID_ARGUMENT', `"${shown}" is no hex. ${advice}`, { details: { field } })
}

const HEX_MARK = /^0x/i
const LONGEST_QUOTE = 64
const encoder = new TextEncoder()
