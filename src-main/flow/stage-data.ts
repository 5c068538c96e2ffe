import type { StageDatum } from './stage-event'
import { MOST_DATUM_BYTES } from './stage-event'

/** Longer bytes within JSON are cut: whoever wants all of them finds them as bytes. */
const MOST_JSON_BYTES = 256
/** Of longer lists within JSON only the beginning is shown. */
const MOST_JSON_ITEMS = 64

const noBytes = new Uint8Array(0)

/**
 * Bytes as data of a stage: at most so many as a trace keeps, and a copy, because they travel to another thread, which would
 * take the whole buffer that they are a part of with them.
 *
 * @param type full name of a protobuf message, or what else they are: see {@link StageDatum}
 */
export function bytesDatum(name: string, type: string, bytes: Uint8Array): StageDatum {
  return {
    name,
    type,
    bytes: Uint8Array.prototype.slice.call(bytes, 0, MOST_DATUM_BYTES),
    length: bytes.length,
    json: undefined,
  }
}

/** What has no bytes of its own, as JSON for people: bytes in it as hexadecimal digits, 64-bit numbers as decimal ones. */
export function jsonDatum(name: string, type: string, value: unknown): StageDatum {
  return { name, type, bytes: noBytes, length: 0, json: JSON.stringify(toJson(value)) }
}

function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return hexOf(value)
  if (Array.isArray(value)) {
    const shown = value.slice(0, MOST_JSON_ITEMS).map(toJson)
    const rest = value.length - shown.length
    return rest === 0 ? shown : [...shown, `and ${String(rest)} more`]
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toJson(field)]))
}

/** Hexadecimal digits, two a byte. */
export function hexOf(bytes: Uint8Array): string {
  const digits = Array.from(bytes.subarray(0, MOST_JSON_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const rest = bytes.length - MOST_JSON_BYTES
  return rest > 0 ? `${digits}… and ${String(rest)} bytes more` : digits
}
