import { SandboxError } from '../../base/sandbox-error'
import type { KeyRange } from '../raw/key-range'
import { rawEngineLimits } from '../raw/limits'
import type { PlainRange } from '../write-data'

// Keys as DingoDB stores them (dingo-store, mvcc/codec.cc): the key in groups of eight bytes, each followed by a marker
// that says how many of them count, so that no encoded key is a prefix of another one and byte order stays key order;
// then the timestamp with all bits turned round, so that newer versions come first.

const GROUP_BYTES = 8
/** Follows a group of which all bytes count; each byte of padding makes it one less. */
const FULL_GROUP = 0xff
const ENCODED_GROUP_BYTES = GROUP_BYTES + 1

/** Where the data of a plain range lies in a raw engine. */
export interface EncodedRange {
  readonly start: Uint8Array
  readonly end: Uint8Array
}

/** Bytes of the timestamp behind an encoded key. */
export const TIMESTAMP_BYTES = 8

/** The longest plain key of which a raw engine can keep a version. */
export const MAX_PLAIN_KEY_BYTES =
  (Math.floor((rawEngineLimits.maxKeyBytes - TIMESTAMP_BYTES) / ENCODED_GROUP_BYTES) - 1) * GROUP_BYTES +
  (GROUP_BYTES - 1)

/** The length of a plain key once it is encoded, without timestamp. */
export function encodedKeyLength(plainLength: number): number {
  return (Math.floor(plainLength / GROUP_BYTES) + 1) * ENCODED_GROUP_BYTES
}

/** Encodes a key into a buffer. @returns the position behind it */
export function writeKey(target: Uint8Array, at: number, plain: Uint8Array): number {
  let position = at
  let from = 0
  for (; plain.length - from >= GROUP_BYTES; from += GROUP_BYTES) {
    for (let byte = 0; byte < GROUP_BYTES; byte += 1) target[position + byte] = plain[from + byte] as number
    target[position + GROUP_BYTES] = FULL_GROUP
    position += ENCODED_GROUP_BYTES
  }
  const rest = plain.length - from
  for (let byte = 0; byte < rest; byte += 1) target[position + byte] = plain[from + byte] as number
  target.fill(0, position + rest, position + GROUP_BYTES)
  target[position + GROUP_BYTES] = FULL_GROUP - (GROUP_BYTES - rest)
  return position + ENCODED_GROUP_BYTES
}

/** Writes a timestamp as it stands behind an encoded key. @returns the position behind it */
export function writeTimestamp(target: Uint8Array, at: number, ts: bigint): number {
  const inverted = ~ts
  writeBigEndian(target, at, Number(BigInt.asUintN(32, inverted >> 32n)))
  writeBigEndian(target, at + 4, Number(BigInt.asUintN(32, inverted)))
  return at + TIMESTAMP_BYTES
}

/** A plain key encoded, without timestamp: what all its versions begin with. */
export function encodeKey(plain: Uint8Array): Uint8Array {
  const encoded = new Uint8Array(encodedKeyLength(plain.length))
  writeKey(encoded, 0, plain)
  return encoded
}

/** The stored key of one version. @param ts 0 or more, below 2^63 */
export function encodeVersionKey(plain: Uint8Array, ts: bigint): Uint8Array {
  const encoded = new Uint8Array(encodedKeyLength(plain.length) + TIMESTAMP_BYTES)
  writeTimestamp(encoded, writeKey(encoded, 0, plain), ts)
  return encoded
}

/** Where the versions of a key lie that are not newer than a timestamp, the newest of them first. */
export function versionRange(plain: Uint8Array, ts: bigint | undefined): KeyRange {
  const length = encodedKeyLength(plain.length)
  // Longer by one byte than the oldest version there can be, so that it is inside.
  const end = new Uint8Array(length + TIMESTAMP_BYTES + 1)
  writeKey(end, 0, plain)
  if (ts === undefined) {
    const start = end.slice(0, length)
    end.fill(0xff, length)
    return { start, end }
  }
  const start = end.slice(0, length + TIMESTAMP_BYTES)
  writeTimestamp(start, length, ts)
  end.fill(0xff, length)
  return { start, end }
}

/** Where the data of a plain range lies. */
export function encodeRange({ startKey, endKey }: PlainRange): EncodedRange {
  return { start: encodeKey(startKey), end: encodeKey(endKey) }
}

/** The plain key of a stored version. @throws SandboxError ENGINE_CORRUPTION if it is none */
export function decodeVersionKey(stored: Uint8Array): Uint8Array {
  return decodeKey(stored, stored.length - TIMESTAMP_BYTES)
}

/** The plain key in the first bytes of an array. @throws SandboxError ENGINE_CORRUPTION if they are no encoded key */
export function decodeKey(encoded: Uint8Array, length = encoded.length): Uint8Array {
  if (length < ENCODED_GROUP_BYTES || length % ENCODED_GROUP_BYTES !== 0) throw notEncoded(encoded)
  const padding = FULL_GROUP - (encoded[length - 1] as number)
  if (padding < 1 || padding > GROUP_BYTES) throw notEncoded(encoded)
  const plain = new Uint8Array((length / ENCODED_GROUP_BYTES) * GROUP_BYTES - padding)
  let to = 0
  for (let from = 0; from < length; from += ENCODED_GROUP_BYTES) {
    const count = Math.min(GROUP_BYTES, plain.length - to)
    for (let byte = 0; byte < count; byte += 1) plain[to + byte] = encoded[from + byte] as number
    for (let byte = count; byte < GROUP_BYTES; byte += 1) if (encoded[from + byte] !== 0) throw notEncoded(encoded)
    if (from + ENCODED_GROUP_BYTES < length && encoded[from + GROUP_BYTES] !== FULL_GROUP) throw notEncoded(encoded)
    to += count
  }
  return plain
}

/** The timestamp of a stored version. */
export function versionTimestamp(stored: Uint8Array): bigint {
  const at = stored.length - TIMESTAMP_BYTES
  const high = BigInt(readBigEndian(stored, at))
  return BigInt.asUintN(64, ~((high << 32n) | BigInt(readBigEndian(stored, at + 4))))
}

/** Whether two stored versions are of one key. */
export function isSameKey(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false
  for (let at = left.length - TIMESTAMP_BYTES - 1; at >= 0; at -= 1) if (left[at] !== right[at]) return false
  return true
}

function writeBigEndian(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24
  target[at + 1] = value >>> 16
  target[at + 2] = value >>> 8
  target[at + 3] = value
}

function readBigEndian(source: Uint8Array, at: number): number {
  const upper = ((source[at] as number) << 24) | ((source[at + 1] as number) << 16)
  return (upper | ((source[at + 2] as number) << 8) | (source[at + 3] as number)) >>> 0
}

function notEncoded(key: Uint8Array): SandboxError {
  const shown = Array.from(key.subarray(0, 32), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const message = `The stored key ${shown} is no encoded key with a timestamp: something else wrote into the family, or it is damaged.`
  return new SandboxError('ENGINE_CORRUPTION', message, { details: { key: shown } })
}
