import type { Entry } from '../core/model/entry'

/** Whether two entries are the same in every byte. Nodes of one process share entries, so most are the very same object. */
export function isSameEntry(left: Entry, right: Entry): boolean {
  if (left === right) return true
  return (
    left.index === right.index &&
    left.term === right.term &&
    left.type === right.type &&
    (left.data === right.data || areSameBytes(left.data, right.data))
  )
}

/** Whether two arrays hold the same bytes. */
export function areSameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, position) => byte === right[position])
}
