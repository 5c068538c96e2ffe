import { bytesToHex } from '../../ui/format'

/** A region's detail for a report: bytes as hex, 64-bit integers as text. */
export function regionAsJson(detail: object): string {
  return JSON.stringify(
    detail,
    (_name, value: unknown) => {
      if (typeof value === 'bigint') return String(value)
      return value instanceof Uint8Array ? bytesToHex(value) : value
    },
    2,
  )
}
