import type { NodeId } from '../model/node-id'
import { APPEND_THREAD, APPLY_THREAD, NO_NODE } from '../model/node-id'

/** An id as log lines show it: hexadecimal. */
export function describeId(id: NodeId): string {
  return id.toString(16)
}

/** The sender or receiver of a message: nobody and the storage threads by name. */
export function describeTarget(id: NodeId): string {
  switch (id) {
    case NO_NODE:
      return 'None'
    case APPEND_THREAD:
      return 'AppendThread'
    case APPLY_THREAD:
      return 'ApplyThread'
    default:
      return describeId(id)
  }
}

/** Ids between round brackets, `(1 2 3)`. */
export function describeIdSet(ids: readonly NodeId[]): string {
  return `(${ids.join(' ')})`
}
