import type { DeleteBatchCommand } from '../command/command'
import { timestampWallMs } from '../mvcc/timestamp'
import type { ApplyHandler } from './apply-handler'

/** DELETEBATCH: writes a deletion for each key and tells which of them were there. */
export const deleteBatchHandler: ApplyHandler<DeleteBatchCommand> = {
  keysRead: ({ keys }) => keys,
  apply: (request, changes) => {
    const nowMs = timestampWallMs(request.ts)
    return request.keys.map((key) => {
      const existed = changes.valueOf(key, nowMs) !== undefined
      changes.delete(key, request)
      return existed
    })
  },
}
