/**
 * What an entry carries: a command of the state machine, one membership change in the form of the paper, or a
 * membership change that can be joint.
 */
export const entryTypes = ['EntryNormal', 'EntryConfChange', 'EntryConfChangeV2'] as const
export type EntryType = (typeof entryTypes)[number]

/** One entry of the log. Never changed once made: the same object may be in the log, in messages and in a Ready. */
export interface Entry {
  /** The term of the leader that appended it; 0 in a proposal that no leader has taken yet. */
  readonly term: number
  /** Its place in the log, from 1; 0 in a proposal that no leader has taken yet. */
  readonly index: number
  readonly type: EntryType
  /** Empty for the entry that a new leader appends. Whoever hands bytes in must not change them afterwards. */
  readonly data: Uint8Array
}

/** Names one entry of one history: two logs that hold the same (term, index) hold the same entries up to it. */
export interface EntryId {
  readonly term: number
  readonly index: number
}

/** No bytes at all; shared, because it cannot be changed. */
export const NO_BYTES = new Uint8Array(0)

/** No entries; shared and frozen. */
export const NO_ENTRIES: readonly Entry[] = Object.freeze([])

/** A byte limit that is never reached. */
export const NO_LIMIT = Number.POSITIVE_INFINITY

/** What an entry costs beside its data when it is stored or sent: term, index, type, lengths and checksums. */
const ENTRY_OVERHEAD_BYTES = 32

/** The bytes that entries take in a message or in the log, overhead included. */
export function entriesSize(entries: readonly Entry[]): number {
  let bytes = 0
  for (const entry of entries) bytes += entry.data.length + ENTRY_OVERHEAD_BYTES
  return bytes
}

/** The bytes that proposers put into entries. Entries without data count nothing, so that they are never refused. */
export function payloadSize(entries: readonly Entry[]): number {
  let bytes = 0
  for (const entry of entries) bytes += entry.data.length
  return bytes
}

/**
 * How many of `entries[from..to)` fit into `maxBytes`. Always at least one if there is one, so that an entry larger
 * than the limit still makes progress.
 */
export function countWithinSize(entries: readonly Entry[], from: number, to: number, maxBytes: number): number {
  if (maxBytes === NO_LIMIT) return to - from
  let bytes = 0
  for (let position = from; position < to; position += 1) {
    bytes += (entries[position]?.data.length ?? 0) + ENTRY_OVERHEAD_BYTES
    if (bytes > maxBytes && position > from) return position - from
  }
  return to - from
}
