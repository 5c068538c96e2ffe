import type { DeleteRangeCommand } from '../command/command'
import type { ApplyHandler } from './apply-handler'
import { NO_KEYS, NO_STATES } from './apply-handler'

/** DELETERANGE: removes whole ranges with all versions; nothing tells afterwards that something was there. */
export const deleteRangeHandler: ApplyHandler<DeleteRangeCommand> = {
  keysRead: () => NO_KEYS,
  apply: ({ ranges, columnFamily }, changes) => {
    for (const range of ranges) changes.deleteRange(range, columnFamily)
    return NO_STATES
  },
}
