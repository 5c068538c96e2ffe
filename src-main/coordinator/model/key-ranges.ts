import { compareBytes } from '../../engine/raw/index'
import { dingoError } from '../../rpc/dingo-error'
import type { Range } from '../../rpc/generated/dingodb/common_pb'
import { RegionState } from '../../rpc/generated/dingodb/common_pb'
import type { RegionInternal } from '../../rpc/generated/dingodb/coordinator_internal_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { regions } from '../meta/meta-table'
import type { MetaView } from '../meta/meta-view'

/** The first byte of every key (dingodb.md 3.6): executor raw, executor transactional, client raw, client transactional. */
const NAMESPACES: ReadonlySet<number> = new Set(['r', 't', 'w', 'x'].map((letter) => letter.charCodeAt(0)))
const MIN_KEY_BYTES = 8

/**
 * Checks the range of a new region: form, namespace, and that no region has a part of it (CheckRegionPrefix). One that is being deleted
 * has none any more; a store that has not deleted it yet makes the new one wait.
 *
 * @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS
 */
export function requireFreeRange(view: MetaView, range: Range | undefined): Range {
  const checked = requireRange(range)
  const taken = view
    .list(regions)
    .find(({ state, definition }) => state !== RegionState.REGION_DELETING && overlaps(definition?.range, checked))
  if (taken === undefined) return checked
  const message = `The range [${hex(checked.startKey)}, ${hex(checked.endKey)}) overlaps region ${String(taken.id)}: choose a free one.`
  throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
}

function requireRange(range: Range | undefined): Range {
  const illegal = (message: string) => dingoError(Errno.EILLEGAL_PARAMTETERS, message)
  if (range === undefined) throw illegal('The region has no range: give a start key and an end key.')
  const { startKey, endKey } = range
  if (startKey.length < MIN_KEY_BYTES || endKey.length < MIN_KEY_BYTES) {
    throw illegal(`The keys of a range need at least ${String(MIN_KEY_BYTES)} bytes: a namespace and an id.`)
  }
  if (startKey[0] !== endKey[0] || !NAMESPACES.has(startKey[0] ?? 0)) {
    throw illegal('Both keys of a range begin with the same namespace, one of r, t, w and x.')
  }
  if (compareBytes(startKey, endKey) >= 0) throw illegal('The start key of a range must be less than its end key.')
  return range
}

/** Whether two ranges have a key in common. Inverted placeholder ranges have none. */
export function overlaps(left: Range | undefined, right: Range | undefined): boolean {
  if (left === undefined || right === undefined || isEmpty(left) || isEmpty(right)) return false
  return compareBytes(left.startKey, right.endKey) < 0 && compareBytes(right.startKey, left.endKey) < 0
}

/** Whether a range holds no key: a placeholder of a split, or what a merge left. */
export function isEmpty({ startKey, endKey }: Range): boolean {
  return compareBytes(startKey, endKey) >= 0
}

/** Regions that hold data and are not being deleted, by start key; no two of them share keys. */
const sortedByStart = new WeakMap<readonly RegionInternal[], readonly RegionInternal[]>()

function regionsByStart(view: MetaView): readonly RegionInternal[] {
  const all = view.list(regions)
  let sorted = sortedByStart.get(all)
  if (sorted === undefined) {
    sorted = all
      .filter(({ state }) => state !== RegionState.REGION_DELETING)
      .filter(({ definition }) => definition?.range !== undefined && !isEmpty(definition.range))
      .sort((left, right) => compareBytes(startOf(left), startOf(right)))
    sortedByStart.set(all, sorted)
  }
  return sorted
}

/**
 * The regions that share keys with `[key, end)`, in key order, without those that are being deleted.
 *
 * @param end undefined for the one region that holds `key`, null for no end
 * @param limit 0 for all
 */
export function regionsInRange(
  view: MetaView,
  key: Uint8Array,
  end: Uint8Array | null | undefined,
  limit: number,
): readonly RegionInternal[] {
  const sorted = regionsByStart(view)
  let low = 0
  let high = sorted.length
  // The last region that starts at or before the key may hold it.
  while (low < high) {
    const middle = (low + high) >>> 1
    const region = sorted[middle]
    if (region !== undefined && compareBytes(startOf(region), key) <= 0) low = middle + 1
    else high = middle
  }
  const found: RegionInternal[] = []
  for (let position = Math.max(0, low - 1); position < sorted.length; position += 1) {
    const region = sorted[position]
    if (region === undefined || (limit > 0 && found.length >= limit)) break
    const start = startOf(region)
    if (end === undefined ? compareBytes(start, key) > 0 : end !== null && compareBytes(start, end) >= 0) break
    const isBefore = compareBytes(region.definition?.range?.endKey ?? key, key) <= 0
    if (!isBefore) found.push(region)
  }
  return found
}

function startOf({ definition }: RegionInternal): Uint8Array {
  return definition?.range?.startKey ?? NO_KEY
}

const NO_KEY = new Uint8Array(0)

/** Bytes as lower-case hexadecimal digits, for messages. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
