import { CmdType } from '../../rpc/generated/dingodb/raft_pb'
import { encodedKeyLength, TIMESTAMP_BYTES, writeKey, writeTimestamp } from '../mvcc/key-codec'
import { encodedValueLength, writeValue } from '../mvcc/value-codec'
import type { WriteDatum } from '../write-data'
import type { WireWriter } from './wire-writer'
import { bytesFieldLength } from './wire-writer'

// How each datum lies in the body of a request of raft.proto: its length, computed first, and its bytes.

/** The family that raw keys live in (raft.proto, cf_name). */
const COLUMN_FAMILY = new TextEncoder().encode('default')

const COLUMN_FAMILY_FIELD = 1
/** Entries, ranges or keys, in every body. */
const CONTENT_FIELD = 2
const KEY_FIELD = 1
const VALUE_FIELD = 2

/** The command type of a datum, the field that its body has in a request, and that of `is_atomic` in the body. */
export const bodies = {
  put: { type: CmdType.PUT, field: 1000, atomicField: 0 },
  'put-if-absent': { type: CmdType.PUTIFABSENT, field: 1001, atomicField: 3 },
  'delete-range': { type: CmdType.DELETERANGE, field: 1002, atomicField: 0 },
  'delete-batch': { type: CmdType.DELETEBATCH, field: 1003, atomicField: 0 },
  'compare-and-set': { type: CmdType.COMPAREANDSET, field: 1005, atomicField: 4 },
} as const

/** `expect_values` of a compare-and-set. */
const EXPECTED_FIELD = 3

/** Wall time in ms at which what a datum sets expires; 0 for never. */
export function expiryOf(datum: WriteDatum): number {
  return datum.kind === 'delete-batch' || datum.kind === 'delete-range' ? 0 : (datum.expiresAtMs ?? 0)
}

/** The length of the body of a datum. */
export function bodyLength(datum: WriteDatum): number {
  let length = bytesFieldLength(COLUMN_FAMILY_FIELD, COLUMN_FAMILY.length)
  switch (datum.kind) {
    case 'put':
      for (const { key, value } of datum.entries) {
        const pair = pairLength(versionKeyLength(key), encodedValueLength(value.length, datum.expiresAtMs))
        length += bytesFieldLength(CONTENT_FIELD, pair)
      }
      return length
    case 'put-if-absent':
    case 'compare-and-set':
      for (const { key, value } of datum.entries) {
        length += bytesFieldLength(CONTENT_FIELD, pairLength(key.length, value.length))
      }
      if (datum.kind === 'compare-and-set') {
        for (const expected of datum.expectedValues) length += bytesFieldLength(EXPECTED_FIELD, expected.length)
      }
      return length + (datum.isAtomic ? 2 : 0)
    case 'delete-batch':
      for (const key of datum.keys) length += bytesFieldLength(CONTENT_FIELD, key.length)
      return length
    case 'delete-range':
      for (const { startKey, endKey } of datum.ranges) {
        const pair = pairLength(encodedKeyLength(startKey.length), encodedKeyLength(endKey.length))
        length += bytesFieldLength(CONTENT_FIELD, pair)
      }
      return length
  }
}

/** Writes the body of a datum. */
export function writeBody(writer: WireWriter, datum: WriteDatum, ts: bigint): void {
  writer.bytesField(COLUMN_FAMILY_FIELD, COLUMN_FAMILY)
  switch (datum.kind) {
    case 'put':
      for (const { key, value } of datum.entries) writeVersion(writer, key, value, ts, datum.expiresAtMs)
      return
    case 'put-if-absent':
    case 'compare-and-set':
      for (const { key, value } of datum.entries) {
        writer.beginField(CONTENT_FIELD, pairLength(key.length, value.length))
        writer.bytesField(KEY_FIELD, key)
        writer.bytesField(VALUE_FIELD, value)
      }
      if (datum.kind === 'compare-and-set') {
        for (const expected of datum.expectedValues) writer.bytesField(EXPECTED_FIELD, expected)
      }
      if (datum.isAtomic) writer.varintField(bodies[datum.kind].atomicField, 1)
      return
    case 'delete-batch':
      for (const key of datum.keys) writer.bytesField(CONTENT_FIELD, key)
      return
    case 'delete-range':
      for (const { startKey, endKey } of datum.ranges) writeRange(writer, startKey, endKey)
      return
  }
}

/** A stored version, its key and value encoded where they stand. */
function writeVersion(
  writer: WireWriter,
  key: Uint8Array,
  value: Uint8Array,
  ts: bigint,
  expiresAtMs: number | undefined,
): void {
  const keyLength = versionKeyLength(key)
  const valueLength = encodedValueLength(value.length, expiresAtMs)
  writer.beginField(CONTENT_FIELD, pairLength(keyLength, valueLength))
  writer.beginField(KEY_FIELD, keyLength)
  writer.position = writeTimestamp(writer.bytes, writeKey(writer.bytes, writer.position, key), ts)
  writer.beginField(VALUE_FIELD, valueLength)
  writer.position = writeValue(writer.bytes, writer.position, value, expiresAtMs)
}

function writeRange(writer: WireWriter, startKey: Uint8Array, endKey: Uint8Array): void {
  const startLength = encodedKeyLength(startKey.length)
  const endLength = encodedKeyLength(endKey.length)
  writer.beginField(CONTENT_FIELD, pairLength(startLength, endLength))
  writer.beginField(KEY_FIELD, startLength)
  writer.position = writeKey(writer.bytes, writer.position, startKey)
  writer.beginField(VALUE_FIELD, endLength)
  writer.position = writeKey(writer.bytes, writer.position, endKey)
}

function pairLength(keyLength: number, valueLength: number): number {
  return bytesFieldLength(KEY_FIELD, keyLength) + bytesFieldLength(VALUE_FIELD, valueLength)
}

function versionKeyLength(key: Uint8Array): number {
  return encodedKeyLength(key.length) + TIMESTAMP_BYTES
}
