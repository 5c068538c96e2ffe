import type { RegionCmd } from '../../rpc/generated/dingodb/coordinator_pb'
import { RegionCmdType } from '../../rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'

/**
 * What a store's answer to a command means (dingodb.md 3.7). `delivered`: a deletion was taken and is under way; it is done
 * when the store reports that the region is gone, or answers that it has none. `moved`: another store leads the region. `waiting`: the
 * store cannot take it yet, as a creation whose range is still held by a region that is being deleted there; it is asked until it can.
 */
export type CommandOutcome = 'done' | 'delivered' | 'moved' | 'waiting' | 'failed'

const DONE_BESIDE_OK: ReadonlyMap<RegionCmdType, ReadonlySet<Errno>> = new Map<RegionCmdType, ReadonlySet<Errno>>([
  [RegionCmdType.CMD_CREATE, new Set([Errno.EREGION_EXIST])],
  [RegionCmdType.CMD_PURGE, new Set([Errno.EREGION_NOT_FOUND])],
  [RegionCmdType.CMD_SPLIT, new Set([Errno.EREGION_SPLITING])],
  [RegionCmdType.CMD_MERGE, new Set([Errno.EREGION_MERGEING])],
  [RegionCmdType.CMD_CHANGE_PEER, new Set([Errno.EREGION_PEER_CHANGEING])],
])

/** Reads the answer to a command. */
export function commandOutcome({ regionCmdType }: RegionCmd, errno: Errno): CommandOutcome {
  const isTaken = errno === Errno.OK || errno === Errno.EREGION_REPEAT_COMMAND
  if (regionCmdType === RegionCmdType.CMD_DELETE) {
    if (errno === Errno.EREGION_NOT_FOUND || errno === Errno.EREGION_DELETED) return 'done'
    return isTaken || errno === Errno.EREGION_DELETING ? 'delivered' : 'failed'
  }
  if (regionCmdType === RegionCmdType.CMD_CREATE && errno === Errno.EREGION_RANGE_CONFLICT) return 'waiting'
  if (isTaken || DONE_BESIDE_OK.get(regionCmdType)?.has(errno) === true) return 'done'
  return errno === Errno.ERAFT_NOTLEADER ? 'moved' : 'failed'
}
