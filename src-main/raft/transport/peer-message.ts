import type { EntryId } from '../core/model/entry'
import type { Message } from '../core/model/message'
import type { NodeId } from '../core/model/node-id'

/** Names the sending of one snapshot: what a receiver has of another sending is of no use for this one. */
export interface SnapshotTransferId {
  /** Where the snapshot ends. */
  readonly snapshot: EntryId
  /** Tells snapshots that end at the same entry but were saved apart: their bytes may differ. */
  readonly checksum: number
}

/** An entry of a message that somebody follows over the nodes (src-main/flow); to Raft it is like any other. */
export interface FollowedMark {
  readonly index: number
  readonly term: number
  readonly traceId: string
  readonly operation: string
  readonly key: Uint8Array | undefined
}

/** A message of the Raft core to another member of the group. */
export interface RaftPeerMessage {
  readonly kind: 'raft'
  readonly regionId: number
  readonly message: Message
  /** Absent but while somebody follows entries of it. */
  readonly followed?: readonly FollowedMark[]
  /** Tells the arrival of a followed message from that of others. */
  readonly messageId?: string
}

/** Some bytes of a snapshot. The first offset of a sending asks the receiver where to go on. */
export interface SnapshotChunkMessage {
  readonly kind: 'snapshot-chunk'
  readonly regionId: number
  readonly transfer: SnapshotTransferId
  /** Length of the whole snapshot in bytes. */
  readonly totalBytes: number
  readonly offset: number
  readonly bytes: Uint8Array
}

/** What a receiver has of a snapshot. */
export interface SnapshotProgressMessage {
  readonly kind: 'snapshot-progress'
  readonly regionId: number
  readonly transfer: SnapshotTransferId
  /** Bytes that the receiver has from the start; the next chunk begins there. Equal to the total once it is complete and durable. */
  readonly receivedBytes: number
  /** The receiver cannot take it now, and the sender should give up this sending. */
  readonly refused: boolean
}

/** Everything that members of Raft groups tell each other. Read-only once sent. */
export type PeerMessage = RaftPeerMessage | SnapshotChunkMessage | SnapshotProgressMessage

/** Takes what arrives. Must not throw. */
export type PeerMessageHandler = (from: NodeId, message: PeerMessage) => void
