import type { CutLink, DelayedLink } from '../../../src-main/sandbox/cluster/cluster-events'
import type { Box, PictureLayout } from './picture-layout'

/** The link between two nodes, and which ways of it are cut or late. `first` has the smaller place among all nodes. */
export interface LinkState {
  readonly first: number
  readonly second: number
  /** Nothing passes from the first to the second, from the second to the first. */
  readonly isCutForth: boolean
  readonly isCutBack: boolean
  /** How late what passes arrives that way, in ms; 0 for a link that is not delayed. */
  readonly delayForthMs: number
  readonly delayBackMs: number
}

/** In the picture, in px from its upper left corner. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** A link as a curve in the band between the rows. */
export interface LinkCurve {
  /** Of an SVG path, from the first node to the second. */
  readonly path: string
  /**
   * A point of the curve, and its direction there in degrees, from the first node to the second.
   *
   * @param part of the way: 0 at the first node, 1 at the second
   */
  readonly at: (part: number) => Point & { readonly angle: number }
}

/** Every pair of nodes once, in their order. */
export function allLinks(
  nodeIds: readonly number[],
  cut: readonly CutLink[],
  delayed: readonly DelayedLink[],
): readonly LinkState[] {
  const delays = new Map(delayed.map(({ from, to, delayMs }) => [`${from}>${to}`, delayMs]))
  const isCut = new Set(cut.map(({ from, to }) => `${from}>${to}`))
  return nodeIds.flatMap((first, index) =>
    nodeIds.slice(index + 1).map((second) => ({
      first,
      second,
      isCutForth: isCut.has(`${first}>${second}`),
      isCutBack: isCut.has(`${second}>${first}`),
      delayForthMs: delays.get(`${first}>${second}`) ?? 0,
      delayBackMs: delays.get(`${second}>${first}`) ?? 0,
    })),
  )
}

export const isCutAtAll = ({ isCutForth, isCutBack }: LinkState): boolean => isCutForth || isCutBack
export const isLateAtAll = ({ delayForthMs, delayBackMs }: LinkState): boolean => delayForthMs > 0 || delayBackMs > 0

/** Where links meet a node: coordinators below, stores above. */
export function anchorOf(box: Box, role: 'coordinator' | 'store'): Point {
  return { x: box.x + box.width / 2, y: role === 'coordinator' ? box.y + box.height : box.y }
}

/**
 * The curve between two anchors. Between the rows it is an S; between nodes of one row it hangs into the band, the deeper
 * the further they are apart, so that curves do not lie upon each other.
 */
export function linkCurve(first: Point, second: Point, band: PictureLayout['band']): LinkCurve {
  const bend = first.y === second.y ? bendOfRow(first, second, band) : undefined
  const middleY = (band.top + band.bottom) / 2
  const one: Point = { x: first.x, y: bend ?? middleY }
  const other: Point = { x: second.x, y: bend ?? middleY }
  return {
    path: `M${first.x} ${first.y}C${one.x} ${one.y} ${other.x} ${other.y} ${second.x} ${second.y}`,
    at: (part) => {
      const along = (axis: keyof Point) => cubicAt(part, first[axis], one[axis], other[axis], second[axis])
      const [x, y] = [along('x'), along('y')]
      return { x: x.value, y: y.value, angle: (Math.atan2(y.slope, x.slope) * 180) / Math.PI }
    },
  }
}

/** A coordinate of a cubic Bézier curve, and which way it goes there. */
function cubicAt(part: number, start: number, one: number, other: number, end: number) {
  const rest = 1 - part
  return {
    value: rest ** 3 * start + 3 * rest ** 2 * part * one + 3 * rest * part ** 2 * other + part ** 3 * end,
    slope: rest ** 2 * (one - start) + 2 * rest * part * (other - one) + part ** 2 * (end - other),
  }
}

function bendOfRow(first: Point, second: Point, band: PictureLayout['band']): number {
  const height = band.bottom - band.top
  const depth = Math.min(height * 0.9, height * 0.3 + Math.abs(second.x - first.x) * 0.06)
  return first.y === band.top ? first.y + depth : first.y - depth
}
