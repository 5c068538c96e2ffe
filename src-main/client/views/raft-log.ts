/** One entry of a region's Raft log on one node. */
export interface RaftLogEntryView {
  readonly index: number
  readonly term: number
  /** `normal`, `conf-change`, `empty`. */
  readonly kind: string
  /** Its commands, decoded: `Put data: 3 pairs`; one line each. */
  readonly commands: readonly RaftCommandView[]
  /** Bytes of its data. */
  readonly dataBytes: number
  /** Where its record stands: segment file and offset; undefined while it is in memory only. */
  readonly segment: string | undefined
  readonly offset: number | undefined
  /** Bytes that the record takes on disk. */
  readonly recordBytes: number | undefined
}

export interface RaftCommandView {
  /** `PUT`, `DELETEBATCH`, as the protocol names it. */
  readonly type: string
  readonly summary: string
}

/** An entry whole, for looking into. */
export interface RaftLogEntryDetail extends RaftLogEntryView {
  /** The RaftCmdRequest as JSON of protobuf; undefined for entries that hold none. */
  readonly json: string | undefined
  /** The entry's data, at most 64 KiB. */
  readonly data: Uint8Array
  /** The record on disk with header and padding, at most 64 KiB; undefined while it is in memory only. */
  readonly record: Uint8Array | undefined
}

export interface RaftLogSegmentView {
  readonly name: string
  readonly firstIndex: number
  readonly bytes: number
}

/** A stretch of a replica's log. */
export interface RaftLogPage {
  readonly storeId: number
  readonly firstIndex: number
  readonly lastIndex: number
  readonly durableIndex: number
  readonly committedIndex: number
  readonly appliedIndex: number
  readonly entries: readonly RaftLogEntryView[]
  readonly segments: readonly RaftLogSegmentView[]
}
