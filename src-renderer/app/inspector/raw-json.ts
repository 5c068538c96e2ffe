import { bytesToHex } from '../../ui/format'

/** An answer of the host as JSON: bytes as hex, 64-bit integers as text, what is unknown left out. */
export function rawJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, each: unknown) => {
      if (typeof each === 'bigint') return String(each)
      return each instanceof Uint8Array ? `0x${bytesToHex(each)}` : each
    },
    2,
  )
}
