import { SandboxError } from '../base/sandbox-error'
import { compareKeys, toHex } from './key-bytes'

/** All keys from `startKey` up to but not including `endKey`. */
export interface KeyRange {
  readonly startKey: Uint8Array
  readonly endKey: Uint8Array
}

export const holdsKey = (range: KeyRange, key: Uint8Array): boolean =>
  compareKeys(range.startKey, key) <= 0 && compareKeys(key, range.endKey) < 0

export const overlaps = (left: KeyRange, right: KeyRange): boolean =>
  compareKeys(left.startKey, right.endKey) < 0 && compareKeys(right.startKey, left.endKey) < 0

export const isEmptyRange = (range: KeyRange): boolean => compareKeys(range.startKey, range.endKey) >= 0

/** @throws SandboxError INVALID_ARGUMENT for an end that is empty or before the start: ranges have no mark for "endless" */
export function checkRange(range: KeyRange): void {
  if (range.startKey.length > 0 && compareKeys(range.startKey, range.endKey) <= 0) return
  throw new SandboxError(
    'INVALID_ARGUMENT',
    `A range runs from a start that is not empty up to an end behind it, but this one runs from 0x${toHex(range.startKey)} to 0x${toHex(range.endKey)}.`,
  )
}
