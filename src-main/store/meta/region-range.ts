import { rangesOverlap } from '../../engine/raw'
import type { PlainRange } from '../../engine/write-data'
import { compareBytes } from '../../engine/raw'

/**
 * Whether a range is the stand-in of a region that holds nothing yet or no more: it ends before it starts, as nine 0xff bytes in
 * front of the parent's start do (reference: DingoDB's split and merge).
 */
export const isPlaceholder = ({ startKey, endKey }: PlainRange): boolean => compareBytes(startKey, endKey) > 0

/** Whether there is a key that lies in both ranges. Placeholders hold none. */
export function sharesKeys(left: PlainRange, right: PlainRange): boolean {
  if (isPlaceholder(left) || isPlaceholder(right)) return false
  return rangesOverlap({ start: left.startKey, end: left.endKey }, { start: right.startKey, end: right.endKey })
}
