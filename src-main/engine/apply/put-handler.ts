import type { PutCommand } from '../command/command'
import type { ApplyHandler } from './apply-handler'
import { NO_KEYS, NO_STATES } from './apply-handler'

/** PUT: versions as they are stored. */
export const putHandler: ApplyHandler<PutCommand> = {
  keysRead: () => NO_KEYS,
  apply: ({ entries, columnFamily }, changes) => {
    for (const { key, value } of entries) changes.putVersion(key, value, columnFamily)
    return NO_STATES
  },
}
