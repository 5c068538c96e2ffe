import type { DiskFile } from '../../env'

/** One segment file as the store knows it. Owned by the store's writer; nobody else changes it. */
export interface Segment {
  /** Orders segments whatever their indexes; see SegmentHeader. */
  readonly sequence: number
  readonly firstIndex: number
  /** Length in bytes of what an earlier segment left in its file; 0 if the file is its own. See SpareSegment. */
  readonly reusedBytes: number
  /** File name; changes once, when the segment is closed. */
  name: string
  /** Length in bytes with everything encoded so far, written or not. */
  encodedBytes: number
  /** Length in bytes of what the operating system has. */
  writtenBytes: number
  /** Length in bytes of what is known to be durable. */
  durableBytes: number
  /** Up to here the file has bytes already, zeros behind what is written: see SpaceAhead. Says nothing if it is lower than `writtenBytes`. */
  laidBytes: number
  /** Rolling checksum of the last record encoded. */
  checksum: number
  /** Open while the segment is written to. */
  file: DiskFile | undefined
}

/** Bytes of one segment on their way to the disk, filled by the encoder and emptied by the writer. */
export interface SegmentPart {
  readonly segment: Segment
  buffer: Uint8Array
  length: number
  /** The name that the segment gets when these bytes, its last, are durable. */
  closedName: string | undefined
}
