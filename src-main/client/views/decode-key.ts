import { toHex } from '../key-bytes'
import type { KeyPart, KeyPartKind, KeyView } from './key-view'

/** Which table a partition is of: what turns the number in a key into a name. */
export interface TableNames {
  /** Undefined for a partition of no known table. */
  tableOfPartition(partitionId: number): { readonly tableId: number; readonly name: string } | undefined
}

/** Where no table is known. */
export const NO_TABLES: TableNames = { tableOfPartition: () => undefined }

/** What the first byte of a key may say: raw pairs of the SQL layer and of programs, and the same in transactions. */
const NAMESPACES: ReadonlySet<number> = new Set(['r', 'w', 't', 'x'].map((letter) => letter.charCodeAt(0)))
const PARTITION_AT = 1
const USER_KEY_AT = 9

/** Stored keys come in groups of eight bytes, each followed by one that says how many of them count (dingo-store, mvcc/codec.cc). */
const GROUP_BYTES = 8
const ENCODED_GROUP_BYTES = 9
const FULL_GROUP = 0xff
const TIMESTAMP_BYTES = 8

/**
 * A key of the store as people read it: a user's key, or the border of a region. Laid out as namespace byte, partition id
 * in 8 bytes big-endian and user key; what is laid out otherwise is shown as text, or as `0x…` where it is none.
 */
export function decodeKey(bytes: Uint8Array, tables: TableNames): KeyView {
  const partitionId = partitionIdOf(bytes)
  if (partitionId === undefined) {
    const text = textOfBytes(bytes)
    const parts = bytes.length === 0 ? [] : [part('unknown', 0, bytes.length, text)]
    return { bytes, text, parts, tableId: undefined, tableName: undefined }
  }
  const namespace = String.fromCharCode(bytes[0] ?? 0)
  const userText = textOfBytes(bytes.subarray(USER_KEY_AT))
  const table = tables.tableOfPartition(partitionId)
  const parts = [
    part('namespace', 0, PARTITION_AT, namespace),
    part('partition', PARTITION_AT, USER_KEY_AT, String(partitionId)),
  ]
  if (userText !== '') parts.push(part('user', USER_KEY_AT, bytes.length, userText))
  // A border without a user key keeps its number: the borders of a table's partitions would all read the same.
  const path = userText === '' || table === undefined ? `${namespace}/${String(partitionId)}` : table.name
  const text = userText === '' ? path : `${path}/${userText}`
  return { bytes, text, parts, tableId: table?.tableId, tableName: table?.name }
}

/**
 * A key as a raw engine has it: a key of the store in padded groups, and, of a version, the timestamp behind it. Bytes that
 * are not encoded so are read as {@link decodeKey} reads them.
 */
export function decodeStoredKey(bytes: Uint8Array, tables: TableNames): KeyView {
  const hasTimestamp = bytes.length % ENCODED_GROUP_BYTES === TIMESTAMP_BYTES
  const encodedLength = bytes.length - (hasTimestamp ? TIMESTAMP_BYTES : 0)
  const plain = plainKeyOf(bytes, encodedLength)
  if (plain === undefined) return decodeKey(bytes, tables)
  const decoded = decodeKey(plain, tables)
  const parts = encodedParts(decoded.parts, plain.length, encodedLength)
  if (!hasTimestamp) return { ...decoded, bytes, parts }
  const timestamp = String(timestampOf(bytes))
  parts.push(part('timestamp', encodedLength, bytes.length, timestamp))
  return { ...decoded, bytes, parts, text: `${decoded.text} @ ${timestamp}` }
}

/** The timestamp of a stored version: the last eight bytes, all bits turned round. */
export function timestampOf(stored: Uint8Array): bigint {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength)
  return BigInt.asUintN(64, ~view.getBigUint64(stored.length - TIMESTAMP_BYTES))
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** Control characters, what only changes how its neighbours look, and what nobody can tell from something else. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u

/** Text as it is; other bytes as `0x…`. Empty for no bytes. */
export function textOfBytes(bytes: Uint8Array): string {
  try {
    const text = decoder.decode(bytes)
    if (!UNPRINTABLE.test(text)) return text
  } catch {
    // It is no UTF-8: told in hex like everything that is no text.
  }
  return `0x${toHex(bytes)}`
}

/** Undefined where the bytes are no namespace and partition: keys of other programs are laid out as they like. */
function partitionIdOf(bytes: Uint8Array): number | undefined {
  if (bytes.length < USER_KEY_AT || !NAMESPACES.has(bytes[0] ?? 0)) return undefined
  const id = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(PARTITION_AT)
  return id > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(id)
}

/** The key in padded groups; undefined if it is not one. */
function plainKeyOf(bytes: Uint8Array, encodedLength: number): Uint8Array | undefined {
  if (encodedLength < ENCODED_GROUP_BYTES || encodedLength % ENCODED_GROUP_BYTES !== 0) return undefined
  const padding = FULL_GROUP - (bytes[encodedLength - 1] ?? 0)
  if (padding < 1 || padding > GROUP_BYTES) return undefined
  const groups = encodedLength / ENCODED_GROUP_BYTES
  const padded = new Uint8Array(groups * GROUP_BYTES)
  for (let group = 0; group < groups; group++) {
    const at = group * ENCODED_GROUP_BYTES
    if (group < groups - 1 && bytes[at + GROUP_BYTES] !== FULL_GROUP) return undefined
    padded.set(bytes.subarray(at, at + GROUP_BYTES), group * GROUP_BYTES)
  }
  const length = padded.length - padding
  return padded.subarray(length).every((byte) => byte === 0) ? padded.subarray(0, length) : undefined
}

/** Where the parts of a key lie once it is in groups: what spans two groups comes in pieces, padding between them. */
function encodedParts(plainParts: readonly KeyPart[], plainLength: number, encodedLength: number): KeyPart[] {
  const parts: KeyPart[] = []
  for (let at = 0; at < encodedLength; at += ENCODED_GROUP_BYTES) {
    const plainStart = (at / ENCODED_GROUP_BYTES) * GROUP_BYTES
    const plainEnd = Math.min(plainStart + GROUP_BYTES, plainLength)
    for (const { kind, start, end, text } of plainParts) {
      const from = Math.max(start, plainStart)
      const to = Math.min(end, plainEnd)
      if (from < to) parts.push(part(kind, at + from - plainStart, at + to - plainStart, text))
    }
    const paddingAt = at + plainEnd - plainStart
    const count = at + GROUP_BYTES - paddingAt
    const words = count === 0 ? '8 of 8' : `${String(GROUP_BYTES - count)} of 8`
    parts.push(part('padding', paddingAt, at + ENCODED_GROUP_BYTES, words))
  }
  return parts
}

const part = (kind: KeyPartKind, start: number, end: number, text: string): KeyPart => ({ kind, start, end, text })
