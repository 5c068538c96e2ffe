import type { Entry } from './model/entry'
import type { HardState } from './model/hard-state'
import type { Message } from './model/message'
import type { Snapshot } from './model/snapshot'
import type { SoftState } from './model/soft-state'

/** A read that may be served: as soon as everything up to the index is applied, what is read is current. */
export interface ReadState {
  readonly index: number
  /** The token under which the read was asked for. */
  readonly context: Uint8Array
}

/**
 * What is to be done for a node at one moment. With synchronous storage the caller does it in this order: store hard
 * state, entries and snapshot, durably if `mustSync`; then send the messages; then apply the committed entries; then
 * call Advance. With asynchronous storage the writes are described by messages to the storage threads instead, the
 * other fields repeat them for whoever looks on, and there is no Advance. Read-only, and valid after the next Ready
 * too.
 */
export interface Ready {
  /** Leader or role, if one of them changed. */
  readonly softState: SoftState | undefined
  /** Term, vote and commit index, if one of them changed. */
  readonly hardState: HardState | undefined
  /** Reads that may be served once they are covered by what is applied. */
  readonly readStates: readonly ReadState[]
  /** Entries to store, replacing whatever is stored from the first of them on. */
  readonly entries: readonly Entry[]
  /** A snapshot to store and to apply instead of everything before it. Never together with committed entries. */
  readonly snapshot: Snapshot | undefined
  /** Entries to apply, in order. With synchronous storage they may be among `entries`: store first. */
  readonly committedEntries: readonly Entry[]
  /** Messages to send. With synchronous storage none may leave before the writes of this Ready are durable. */
  readonly messages: readonly Message[]
  /** Whether the writes must be durable; if only the commit index moved they need not be. */
  readonly mustSync: boolean
}
