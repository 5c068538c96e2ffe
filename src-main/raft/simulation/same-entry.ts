import type { Entry } from '../core/model/entry'

/**
 * Whether two entries are the same in every byte. Nodes of one process share entries, so most are the very same object.
 */
export function isSameEntry(left: Entry, right: Entry): boolean {
  if (left === right) return true
  return (
    left.index === right.index &&
    left.term === right.term &&
    left.type === right.type &&
    (left.data === right.data || areSameBytes(left.data, right.data))
  )
}

/** Whether two arrays hold the same bytes. A loop, because every command that is answered or recovered passes here. */
export function areSameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false
  for (let position = 0; position < left.length; position += 1) {
    if (left[position] !== right[position]) return false
  }
  return true
}
