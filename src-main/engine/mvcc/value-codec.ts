import { SandboxError } from '../../base/sandbox-error'

// Values as DingoDB stores them: the value, then eight bytes of wall time in ms if it expires, then a flag.

const PUT = 0
const PUT_WITH_TTL = 1
const DELETE = 2
const EXPIRY_BYTES = 8

const TWO_TO_32 = 2 ** 32

/** The stored value of a deletion. Shared, never changed. */
export const TOMBSTONE = Uint8Array.of(DELETE)

/** What a stored version says. */
export interface VersionValue {
  readonly kind: 'put' | 'put-with-ttl' | 'delete'
  /** A part of the stored bytes; empty for a deletion. */
  readonly value: Uint8Array
  /** Wall time in ms; undefined without TTL. */
  readonly expiresAtMs: number | undefined
}

/** The length of a value once it is encoded. */
export function encodedValueLength(plainLength: number, expiresAtMs: number | undefined): number {
  return plainLength + 1 + (expiresAtMs === undefined ? 0 : EXPIRY_BYTES)
}

/** Encodes a value into a buffer. @returns the position behind it */
export function writeValue(target: Uint8Array, at: number, plain: Uint8Array, expiresAtMs: number | undefined): number {
  target.set(plain, at)
  let position = at + plain.length
  if (expiresAtMs === undefined) target[position] = PUT
  else {
    const view = new DataView(target.buffer, target.byteOffset + position, EXPIRY_BYTES)
    view.setUint32(0, Math.floor(expiresAtMs / TWO_TO_32))
    view.setUint32(4, expiresAtMs % TWO_TO_32)
    position += EXPIRY_BYTES
    target[position] = PUT_WITH_TTL
  }
  return position + 1
}

/** A value as it is stored. */
export function encodeValue(plain: Uint8Array, expiresAtMs: number | undefined): Uint8Array {
  const encoded = new Uint8Array(encodedValueLength(plain.length, expiresAtMs))
  writeValue(encoded, 0, plain, expiresAtMs)
  return encoded
}

/** @throws SandboxError ENGINE_CORRUPTION if it is none that was stored */
export function decodeValue(stored: Uint8Array): VersionValue {
  const end = stored.length - 1
  const flag = stored[end]
  if (flag === PUT) return { kind: 'put', value: stored.subarray(0, end), expiresAtMs: undefined }
  if (flag === DELETE) return { kind: 'delete', value: stored.subarray(0, 0), expiresAtMs: undefined }
  const at = end - EXPIRY_BYTES
  if (flag === PUT_WITH_TTL && at >= 0) {
    const view = new DataView(stored.buffer, stored.byteOffset + at, EXPIRY_BYTES)
    const expiresAtMs = view.getUint32(0) * TWO_TO_32 + view.getUint32(4)
    return { kind: 'put-with-ttl', value: stored.subarray(0, at), expiresAtMs }
  }
  const message = `A stored value of ${String(stored.length)} bytes does not end with a known flag: something else wrote into the family, or it is damaged.`
  throw new SandboxError('ENGINE_CORRUPTION', message, { details: { flag: flag ?? null } })
}

/** What a reader at a moment gets of a stored version; undefined if it is a deletion or has expired. */
export function visibleValue(stored: Uint8Array, nowMs: number): Uint8Array | undefined {
  // By far the most versions are these.
  if (stored[stored.length - 1] === PUT) return stored.subarray(0, stored.length - 1)
  const { kind, value, expiresAtMs } = decodeValue(stored)
  if (kind === 'delete') return undefined
  return expiresAtMs !== undefined && expiresAtMs <= nowMs ? undefined : value
}
