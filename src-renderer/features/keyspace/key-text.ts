import type { KeyInput } from '../../../src-main/client/views/keyspace'
import type { TableNode } from '../../../src-main/client/views/tables'
import { bytesToHex, hexToBytes } from '../../ui/format'

/** The longest key of the store, in bytes. */
const LONGEST_KEY = 8192

export type KeyTextProblem = 'empty' | 'notHex' | 'noTable' | 'tooLong'

export type ParsedKey =
  | { readonly input: KeyInput; readonly problem?: undefined }
  | { readonly problem: KeyTextProblem; readonly input?: undefined }

/**
 * Reads a key as a person types it: `users/42` is the key `42` of the table users (`app.users/42` with its schema),
 * `0x72…` bytes of the store, and anything else a key of the table that is looked at.
 *
 * @param tables all tables, for names
 * @param tableId the table that is looked at, if one is
 */
export function parseKeyText(text: string, tables: readonly TableNode[], tableId: number | undefined): ParsedKey {
  const typed = text.trim()
  if (typed === '') return { problem: 'empty' }
  if (/^0x/i.test(typed)) return parseHexKey(typed)
  const slash = typed.indexOf('/')
  if (slash > 0) {
    const name = typed.slice(0, slash)
    const table = tables.find((each) => each.name === name || `${each.schema}.${each.name}` === name)
    if (table !== undefined) return { input: { kind: 'table', tableId: table.tableId, text: typed.slice(slash + 1) } }
  }
  if (tableId === undefined) return { problem: 'noTable' }
  return { input: { kind: 'table', tableId, text: typed } }
}

/**
 * Reads a key of a table: text, or bytes after `0x`, as the host takes them (client/views/key-input.ts). What is no hex is
 * told beside the field, before anything is sent.
 */
export function parseTableKey(text: string, tableId: number): ParsedKey {
  if (text === '') return { problem: 'empty' }
  const bytes = /^0x/i.test(text) ? hexToBytes(text) : new TextEncoder().encode(text)
  if (bytes === undefined) return { problem: 'notHex' }
  if (bytes.length > LONGEST_KEY) return { problem: 'tooLong' }
  return { input: { kind: 'table', tableId, text } }
}

/** Reads the bytes of a key of the store from hex digits. */
export function parseHexKey(text: string): ParsedKey {
  const bytes = hexToBytes(text.trim())
  if (bytes === undefined) return { problem: 'notHex' }
  if (bytes.length === 0) return { problem: 'empty' }
  if (bytes.length > LONGEST_KEY) return { problem: 'tooLong' }
  return { input: { kind: 'raw', hex: bytesToHex(bytes) } }
}
