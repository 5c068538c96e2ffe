import type { PlainRange } from '../../engine/write-data'

/** Bytes of a key that a sentence shows before it leaves the rest out. */
const SHOWN_BYTES = 64

/** Bytes in hex for a sentence, long ones cut with the number of bytes left out. */
export function describeBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return '(empty)'
  const shown = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SHOWN_BYTES)).toString('hex')
  const left = bytes.length - SHOWN_BYTES
  return left > 0 ? `${shown}… (${String(left)} bytes more)` : shown
}

/** A range in hex for a sentence. */
export function describeRange(range: PlainRange): string {
  return `[${describeBytes(range.startKey)}, ${describeBytes(range.endKey)})`
}
