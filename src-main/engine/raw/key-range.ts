/**
 * Keys from `start` (included) to `end` (excluded) in byte order. A bound that is left out is no bound: no start means
 * from the first key, no end means to the last. `start` equal to `end` is the empty range.
 */
export interface KeyRange {
  readonly start?: Uint8Array | undefined
  readonly end?: Uint8Array | undefined
}

/** Orders two keys byte by byte, a prefix before what it is a prefix of. Below 0, 0 or above 0, as `sort` wants it. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const common = Math.min(left.length, right.length)
  for (let i = 0; i < common; i++) {
    const difference = (left[i] as number) - (right[i] as number)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** A plain array with memory of its own. `slice` would not do: that of a Buffer shares the memory. */
export function copyBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}

/** The smallest key after `key`. Turns an included bound into an excluded one and back. */
export function keyAfter(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1)
  next.set(key)
  return next
}

/** All keys that begin with `prefix`; the empty prefix gives the range without bounds. */
export function prefixRange(prefix: Uint8Array): KeyRange {
  const start = prefix.length === 0 ? undefined : prefix
  // The end is the prefix with its last byte that is not 0xff counted up; a prefix of 0xff alone has no key after it.
  let length = prefix.length
  while (length > 0 && prefix[length - 1] === 0xff) length--
  if (length === 0) return { start }
  const end = copyBytes(prefix.subarray(0, length))
  end[length - 1] = (end[length - 1] as number) + 1
  return { start, end }
}

/** Whether a key lies in a range. */
export function rangeContains(range: KeyRange, key: Uint8Array): boolean {
  if (range.start !== undefined && compareBytes(key, range.start) < 0) return false
  return range.end === undefined || compareBytes(key, range.end) < 0
}

/** Whether every key of `inner` is a key of `outer`. */
export function rangeCovers(outer: KeyRange, inner: KeyRange): boolean {
  if (outer.start !== undefined && (inner.start === undefined || compareBytes(inner.start, outer.start) < 0))
    return false
  return outer.end === undefined || (inner.end !== undefined && compareBytes(inner.end, outer.end) <= 0)
}

/** Whether two ranges share a key that could exist. */
export function rangesOverlap(left: KeyRange, right: KeyRange): boolean {
  const leftStartsInTime =
    right.end === undefined || left.start === undefined || compareBytes(left.start, right.end) < 0
  const rightStartsInTime =
    left.end === undefined || right.start === undefined || compareBytes(right.start, left.end) < 0
  return leftStartsInTime && rightStartsInTime
}
