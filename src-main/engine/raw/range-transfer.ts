import type { KeyRange } from './key-range'

// Export and ingest carry the data of a region from one node to another, whatever engine either has.
//
// An export is a stream of checksummed frames (range-stream/format.ts) with a header that names its range and families and
// a footer that counts its entries. Memory is bounded by a chunk, not by the range.
//
// An ingest replaces the range in the families that the stream names:
// 1. It reads the whole source once and checks everything: checksums, order, bounds, counts, families. A damaged or cut
//    stream is refused here with ENGINE_CORRUPTION and nothing has changed.
// 2. If the entries fit into one batch (`atomicIngestBytes`), the range is emptied and filled in that one batch: a crash
//    leaves the old data or the new.
// 3. Else one batch empties the range and notes the ingest in the engine, batches of bounded size fill the range, and a
//    last one strikes the note. A crash or a failing disk in between leaves a part of the new data and the note:
//    `incompleteIngests` names it, a new ingest over the range replaces it, `discardIncompleteIngest` empties it. Nothing
//    half-written is ever without a note. Who ingests keeps others from reading the range meanwhile.

/** Which part of an engine: a range of keys in some families. */
export interface RangeSelection {
  /** Default: all keys. */
  readonly range?: KeyRange | undefined
  /** Default: all families. */
  readonly columnFamilies?: readonly string[] | undefined
}

/** Opens an exported stream at its start. Called twice by an ingest, for checking and for applying. */
export type RangeSource = () => AsyncIterable<Uint8Array>

/** How to ingest. */
export interface IngestOptions {
  /** Refuse, with INVALID_ARGUMENT and nothing changed, a stream whose range is not inside this one. */
  readonly within?: KeyRange | undefined
}

/** What an ingest did. */
export interface IngestResult {
  readonly range: KeyRange
  readonly columnFamilies: readonly string[]
  readonly entries: number
  /** Bytes of keys and values. */
  readonly bytes: number
  /** Whether it was one batch. */
  readonly atomic: boolean
}

/** An ingest that began and did not end: the range holds part of its data. */
export interface IncompleteIngest {
  /** Names the ingest inside this engine. */
  readonly id: string
  readonly range: KeyRange
  readonly columnFamilies: readonly string[]
}

/** Ingests of up to so many bytes of keys and values are one batch. */
export const atomicIngestBytes = 4 * 1024 * 1024
