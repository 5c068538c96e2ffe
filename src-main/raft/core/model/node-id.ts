/** The identity of a member of a Raft group: a positive safe integer. */
export type NodeId = number

/** Stands for "nobody": no vote, no leader, no sender. Never the id of a member. */
export const NO_NODE: NodeId = 0

/**
 * The part of a node that writes its log and hard state, addressed like a peer when storage is asynchronous. Negative,
 * so that it can never be the id of a member.
 */
export const APPEND_THREAD: NodeId = -1

/** The part of a node that applies committed entries, addressed like a peer when storage is asynchronous. */
export const APPLY_THREAD: NodeId = -2

/** Whether the id stands for one of this node's own storage threads. */
export function isStorageThread(id: NodeId): boolean {
  return id === APPEND_THREAD || id === APPLY_THREAD
}

/** Whether the value can be the id of a member. */
export function isMemberId(id: NodeId): boolean {
  return Number.isSafeInteger(id) && id > 0
}

/** Whether a sorted list of ids holds one. Lists of members are short, so walking them beats anything cleverer. */
export function hasId(ids: readonly NodeId[], id: NodeId): boolean {
  return ids.includes(id)
}

/** A sorted copy without repetitions. */
export function sortedIds(ids: Iterable<NodeId>): readonly NodeId[] {
  return [...new Set(ids)].sort((left, right) => left - right)
}
