import type { PutIfAbsentCommand } from '../command/command'
import { timestampWallMs } from '../mvcc/timestamp'
import type { ApplyHandler } from './apply-handler'

/** PUTIFABSENT: sets keys that are not there; with `isAtomic` all of them or none. */
export const putIfAbsentHandler: ApplyHandler<PutIfAbsentCommand> = {
  keysRead: ({ entries }) => entries.map(({ key }) => key),
  apply: (request, changes) => {
    const { entries, isAtomic, ts } = request
    const nowMs = timestampWallMs(ts)
    const isAbsent = (key: Uint8Array) => changes.valueOf(key, nowMs) === undefined
    if (isAtomic && !entries.every(({ key }) => isAbsent(key))) return entries.map(() => false)
    return entries.map(({ key, value }) => {
      // In an atomic request a key that stands twice is set twice: whether it was there was asked before.
      const isSet = isAtomic || isAbsent(key)
      if (isSet) changes.put(key, value, request)
      return isSet
    })
  },
}
