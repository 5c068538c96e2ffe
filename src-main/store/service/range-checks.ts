import { compareBytes, keyAfter, prefixRange } from '../../engine/raw/key-range'
import type { PlainRange } from '../../engine/write-data'
import { dingoError } from '../../rpc/dingo-error'
import type { RangeWithOptions } from '../../rpc/generated/dingodb/common_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { StoreRegion } from '../region/store-region'
import { checkKey } from './request-checks'
import type { RequestCheck } from './request-checks'
import { describeRange } from './describe-bytes'

/** The checks that a request for a range passes between the epoch and the region's state (dingodb.md 3.5). */
export const rangeRequestChecks: readonly RequestCheck[] = [
  {
    name: 'checkRange',
    refusals: [Errno.EILLEGAL_PARAMTETERS, Errno.EKEY_INVALID, Errno.ERANGE_INVALID],
    question: 'Has the range two ends, the first before the second?',
  },
  {
    name: 'checkRangeInRegion',
    refusals: [Errno.EKEY_OUT_OF_RANGE],
    question: 'Does the range lie in the region, as far as their common prefixes tell?',
  },
]

const emptyKey = new Uint8Array(0)

/**
 * A range as the client means it: without its start, everything that begins with the start is left out; with its end,
 * everything that begins with the end is in it.
 */
export function plainRangeOf(request: RangeWithOptions | undefined): PlainRange {
  const startKey = request?.range?.startKey ?? emptyKey
  const endKey = request?.range?.endKey ?? emptyKey
  return {
    startKey: request?.withStart === false ? keyBehindPrefix(startKey) : startKey,
    endKey: request?.withEnd === true ? keyBehindPrefix(endKey) : endKey,
  }
}

/** The least key after all that begin with a prefix; behind 0xff alone, where there is none, just after the prefix itself. */
function keyBehindPrefix(prefix: Uint8Array): Uint8Array {
  if (prefix.length === 0) return prefix
  return prefixRange(prefix).end ?? keyAfter(prefix)
}

/**
 * @returns whether the range holds anything; an inverted one is no error for a client (ERANGE_INVALID is not told to it)
 * @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS, EKEY_INVALID
 */
export function checkRange(range: PlainRange): boolean {
  if (range.startKey.length === 0 || range.endKey.length === 0) {
    const message = `The range ${describeRange(range)} lacks a start or an end: both have at least one byte.`
    throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
  }
  checkKey(range.startKey)
  checkKey(range.endKey)
  return compareBytes(range.startKey, range.endKey) < 0
}

/**
 * Compares each end with the region's as far as the shorter one goes, as DingoDB does: a range may be wider than the region
 * where its ends are prefixes of the region's.
 *
 * @throws SandboxError DINGODB_ERROR EKEY_OUT_OF_RANGE
 */
export function checkRangeInRegion(region: StoreRegion, regionRange: PlainRange, range: PlainRange): void {
  const startsInside = comparePrefixes(range.startKey, regionRange.startKey) >= 0
  const endsInside = comparePrefixes(range.endKey, regionRange.endKey) <= 0
  if (startsInside && endsInside) return
  const message = `The range ${describeRange(range)} is not in region ${String(region.id)}, whose range is ${describeRange(regionRange)}: look up the regions of the range, and ask each for its part.`
  throw dingoError(Errno.EKEY_OUT_OF_RANGE, message, { details: { regionId: region.id } })
}

function comparePrefixes(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length)
  return compareBytes(left.subarray(0, length), right.subarray(0, length))
}

/** What two ranges share; undefined if nothing. */
export function intersection(left: PlainRange, right: PlainRange): PlainRange | undefined {
  const startKey = compareBytes(left.startKey, right.startKey) >= 0 ? left.startKey : right.startKey
  const endKey = compareBytes(left.endKey, right.endKey) <= 0 ? left.endKey : right.endKey
  return compareBytes(startKey, endKey) < 0 ? { startKey, endKey } : undefined
}
