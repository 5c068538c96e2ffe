import type { RegionEpoch } from '../engine-context'

/** A key with its value as a command carries them; parts of the command's own bytes. */
export interface CommandEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

interface RequestBase {
  /** The timestamp of everything that the request writes, and the moment at which it is decided. */
  readonly ts: bigint
  readonly columnFamily: string
}

/** PUT: keys with timestamp and values with flag, as they are stored. */
export interface PutCommand extends RequestBase {
  readonly kind: 'put'
  readonly entries: readonly CommandEntry[]
}

/** PUTIFABSENT: plain keys and values. */
export interface PutIfAbsentCommand extends RequestBase {
  readonly kind: 'put-if-absent'
  readonly entries: readonly CommandEntry[]
  readonly isAtomic: boolean
  /** Wall time in ms; undefined for never. */
  readonly expiresAtMs: number | undefined
}

/** COMPAREANDSET: plain keys and values. */
export interface CompareAndSetCommand extends RequestBase {
  readonly kind: 'compare-and-set'
  readonly entries: readonly CommandEntry[]
  readonly expectedValues: readonly Uint8Array[]
  readonly isAtomic: boolean
  readonly expiresAtMs: number | undefined
}

/** DELETEBATCH: plain keys. */
export interface DeleteBatchCommand extends RequestBase {
  readonly kind: 'delete-batch'
  readonly keys: readonly Uint8Array[]
}

/** DELETERANGE: encoded bounds. */
export interface DeleteRangeCommand extends RequestBase {
  readonly kind: 'delete-range'
  readonly ranges: ReadonlyArray<{ readonly start: Uint8Array; readonly end: Uint8Array }>
}

/** A request of a Raft command (raft.proto, Request), as far as the engines know it. */
export type CommandRequest =
  PutCommand | PutIfAbsentCommand | CompareAndSetCommand | DeleteBatchCommand | DeleteRangeCommand

/** What an entry of a region's log asks for (raft.proto, RaftCmdRequest): all of it happens or none. */
export interface Command {
  readonly regionId: number
  readonly epoch: RegionEpoch
  readonly requests: readonly CommandRequest[]
}
