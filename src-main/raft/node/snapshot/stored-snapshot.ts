import type { ConfState } from '../../core/model/conf-state'
import type { EntryId } from '../../core/model/entry'
import type { Snapshot } from '../../core/model/snapshot'
import type { SnapshotTransferId } from '../../transport/peer-message'

/** A whole snapshot on this node's disk. */
export interface StoredSnapshot {
  /** The last entry that it contains. */
  readonly last: EntryId
  readonly confState: ConfState
  readonly path: string
  /** Length of the file in bytes. */
  readonly totalBytes: number
  /** Tells snapshots of the same entry apart; covers header and content. */
  readonly checksum: number
}

/** Names a snapshot among nodes. */
export interface SnapshotReference {
  readonly totalBytes: number
  readonly checksum: number
}

const REFERENCE_BYTES = 12

/** The snapshot as the core knows it: where it ends, who is a member, and as data the name under which its file is sent. */
export function toCoreSnapshot(stored: StoredSnapshot): Snapshot {
  const data = new Uint8Array(REFERENCE_BYTES)
  const view = new DataView(data.buffer)
  view.setBigUint64(0, BigInt(stored.totalBytes), true)
  view.setUint32(8, stored.checksum, true)
  return { ...stored.last, confState: stored.confState, data }
}

/** Which file a snapshot of the core means; undefined if its data is none of {@link toCoreSnapshot}. */
export function referenceOf(snapshot: Snapshot): SnapshotReference | undefined {
  const { data } = snapshot
  if (data.length !== REFERENCE_BYTES) return undefined
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  return { totalBytes: Number(view.getBigUint64(0, true)), checksum: view.getUint32(8, true) }
}

/** Whether the stored snapshot is the very one that the core speaks of. */
export function isSnapshot(stored: StoredSnapshot | undefined, snapshot: Snapshot): stored is StoredSnapshot {
  if (stored === undefined) return false
  const reference = referenceOf(snapshot)
  return (
    stored.last.index === snapshot.index &&
    stored.last.term === snapshot.term &&
    stored.checksum === reference?.checksum &&
    stored.totalBytes === reference.totalBytes
  )
}

/** The name of the sending of a stored snapshot. */
export function transferIdOf(stored: StoredSnapshot): SnapshotTransferId {
  return { snapshot: stored.last, checksum: stored.checksum }
}

/** Whether two names of sendings mean the same bytes. */
export function isSameTransfer(left: SnapshotTransferId, right: SnapshotTransferId): boolean {
  return (
    left.checksum === right.checksum &&
    left.snapshot.index === right.snapshot.index &&
    left.snapshot.term === right.snapshot.term
  )
}
