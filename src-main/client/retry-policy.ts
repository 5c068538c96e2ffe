import { Errno } from '../rpc/generated/dingodb/error_pb'

/**
 * What a client does about an errno of a region (the store's description of its clients, part 2.2):
 * - `redirect`: ask the leader, whom the answer may name;
 * - `replace`: take the region from the answer instead of the cached one, or look it up anew if the answer has none;
 * - `look-up`: drop the cached region and look the key up anew;
 * - `moving`: the same, and the key has no region for a moment, while a split or merge spreads;
 * - `wait`: try the same again after a pause;
 * - `unknown`: a write may have been committed;
 * - `fail`: the caller must know.
 */
export type Reaction = 'redirect' | 'replace' | 'look-up' | 'moving' | 'wait' | 'unknown' | 'fail'

const reactions: ReadonlyMap<Errno, Reaction> = new Map([
  [Errno.ERAFT_NOTLEADER, 'redirect'],
  [Errno.EREGION_VERSION, 'replace'],
  [Errno.EREGION_NOT_FOUND, 'look-up'],
  [Errno.EKEY_OUT_OF_RANGE, 'look-up'],
  [Errno.EREGION_REDIRECT, 'look-up'],
  [Errno.ERAFT_NOT_FOUND, 'look-up'],
  [Errno.EREGION_DELETING, 'look-up'],
  [Errno.EREGION_DELETED, 'look-up'],
  [Errno.EREGION_ORPHAN, 'look-up'],
  [Errno.EREGION_UNAVAILABLE, 'look-up'],
  [Errno.EREGION_MERGEING, 'moving'],
  [Errno.EREGION_SPLITING, 'moving'],
  [Errno.EREGION_TOMBSTONE, 'moving'],
  [Errno.EREGION_NEW, 'wait'],
  [Errno.EREGION_STANDBY, 'wait'],
  [Errno.EREGION_STATE, 'wait'],
  [Errno.EREGION_BUSY, 'wait'],
  [Errno.EREGION_PEER_CHANGEING, 'wait'],
  [Errno.ERAFT_INIT, 'wait'],
  [Errno.ERAFT_NOT_CONSISTENT_READ, 'wait'],
  [Errno.EREQUEST_FULL, 'wait'],
  [Errno.ETSO_NOT_AVAILABLE, 'wait'],
  [Errno.ERETRY_LATER, 'wait'],
  [Errno.ERAFT_COMMITLOG, 'unknown'],
])

export const reactionTo = (errno: Errno): Reaction => reactions.get(errno) ?? 'fail'
