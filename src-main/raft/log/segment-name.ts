/** The name of a segment file, taken apart (docs/architecture.md, "On disk"). */
export interface SegmentName {
  readonly name: string
  /** Index that the segment's first entry has, or would have. */
  readonly firstIndex: number
  /** Index of the last entry when the segment was closed; undefined while it is open. */
  readonly lastIndex: number | undefined
}

/** Width of an index in a name: every 64-bit number fits, so that names sort as indexes do. */
const INDEX_DIGITS = 20
const pad = (index: number) => String(index).padStart(INDEX_DIGITS, '0')

/** `log_inprogress_<first>`: the segment that is written to. */
export function openSegmentName(firstIndex: number): string {
  return `log_inprogress_${pad(firstIndex)}`
}

/** `log_<first>_<last>`: a segment that is never written to again. */
export function closedSegmentName(firstIndex: number, lastIndex: number): string {
  return `log_${pad(firstIndex)}_${pad(lastIndex)}`
}

/** Where the file of a segment of which nothing counts any more waits to be used again; see SpareSegment. */
export const SPARE_SEGMENT_NAME = 'log_spare'

/** Where damaged bytes of a segment are kept aside for a person to look at. The program never reads it back. */
export function damagedBytesName(segmentName: string, offset: number): string {
  return `${segmentName}.damaged-at-${String(offset)}`
}

/** Undefined if the name is not that of a segment. */
export function parseSegmentName(name: string): SegmentName | undefined {
  const match = /^log_(?:inprogress_(\d{20})|(\d{20})_(\d{20}))$/.exec(name)
  if (match === null) return undefined
  const [, openFirst, closedFirst, closedLast] = match
  const firstIndex = Number(openFirst ?? closedFirst)
  const lastIndex = closedLast === undefined ? undefined : Number(closedLast)
  if (!Number.isSafeInteger(firstIndex) || (lastIndex !== undefined && !Number.isSafeInteger(lastIndex)))
    return undefined
  return { name, firstIndex, lastIndex }
}
