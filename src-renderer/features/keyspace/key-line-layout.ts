import type { KeySegment } from '../../../src-main/client/views/keyspace'

/** How wide a region is drawn: all the same, or by its bytes. */
export type LineWidths = 'equal' | 'proportional'

/** The part of the line that is in view, as shares of its whole length: 0 to 1. */
export interface LineWindow {
  readonly from: number
  readonly to: number
}

/** What is drawn: a region, or neighbours that would be too narrow one by one. */
export interface LineBox {
  /** Place of the first region among the segments, and how many there are. */
  readonly first: number
  readonly count: number
  /** In px, from the left edge of the view. */
  readonly x: number
  readonly width: number
}

/** Narrower regions are drawn together. */
const NARROWEST_PX = 3
/** The least share of an empty region, of the average: it can be seen and pointed at. */
const LEAST_SHARE = 0.15

export const wholeLine: LineWindow = { from: 0, to: 1 }

/** Where each segment begins on the line, as shares of its length; one entry more than segments, the last is 1. */
export function boundariesOf(segments: readonly KeySegment[], widths: LineWidths): Float64Array {
  const starts = new Float64Array(segments.length + 1)
  const bytes = segments.map(({ sizeBytes }) => sizeBytes ?? 0)
  const average = bytes.reduce((sum, each) => sum + each, 0) / Math.max(1, segments.length)
  let sum = 0
  for (const [index, size] of bytes.entries()) {
    sum += widths === 'equal' || average === 0 ? 1 : Math.max(size, average * LEAST_SHARE)
    starts[index + 1] = sum
  }
  if (sum > 0) for (let index = 0; index < starts.length; index += 1) starts[index] = (starts[index] ?? 0) / sum
  return starts
}

/** What to draw of the line. @param widthPx of the view */
export function boxesOf(starts: Float64Array, { from, to }: LineWindow, widthPx: number): LineBox[] {
  const boxes: LineBox[] = []
  const scale = widthPx / (to - from)
  const xOf = (share: number) => (share - from) * scale
  const count = starts.length - 1
  let index = Math.max(0, indexAt(starts, from))
  while (index < count && (starts[index] ?? 1) < to) {
    const first = index
    const x = xOf(starts[first] ?? 0)
    index += 1
    while (index < count && xOf(starts[index] ?? 1) - x < NARROWEST_PX) index += 1
    boxes.push({ first, count: index - first, x, width: xOf(starts[index] ?? 1) - x })
  }
  return boxes
}

/** The segment at a place of the line. @param share 0 to 1 */
export function indexAt(starts: Float64Array, share: number): number {
  let low = 0
  let high = starts.length - 2
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if ((starts[middle] ?? 1) <= share) low = middle
    else high = middle - 1
  }
  return low
}

/**
 * The window after zooming: what lies at a place of the view stays there.
 *
 * @param factor above 1 shows less, larger
 * @param at place in the view, 0 (left) to 1
 * @param count of segments: one of them is at most four times as wide as the view
 */
export function zoomed({ from, to }: LineWindow, factor: number, at: number, count: number): LineWindow {
  const length = Math.min(1, Math.max((to - from) / factor, 0.25 / Math.max(1, count)))
  const fixed = from + (to - from) * at
  return slid({ from: fixed - length * at, to: fixed - length * at + length }, 0)
}

/** The window moved along the line, within its ends. @param by share of the whole line */
export function slid({ from, to }: LineWindow, by: number): LineWindow {
  const length = Math.min(1, to - from)
  const start = Math.min(1 - length, Math.max(0, from + by))
  return { from: start, to: start + length }
}

/** The window moved as little as it takes to have a segment in view. */
export function showing(window: LineWindow, starts: Float64Array, index: number): LineWindow {
  const [begin, end] = [starts[index] ?? 0, starts[index + 1] ?? 1]
  if (begin < window.from) return slid(window, begin - window.from)
  if (end > window.to) return slid(window, Math.min(end - window.to, begin - window.from))
  return window
}
