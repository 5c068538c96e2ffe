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

/** A link as a curve in the band between the rows. */
export interface LinkCurve {
  /** Of an SVG path, from the first node to the second. */
  readonly path: string
  /** The middle of the curve, where its sign stands. */
  readonly middle: { readonly x: number; readonly y: number }
  /** The direction of the curve in its middle, in degrees, from the first node to the second. */
  readonly angle: number
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

interface Point {
  readonly x: number
  readonly y: number
}

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
  // At its middle a cubic curve is (p0 + 3 p1 + 3 p2 + p3) / 8, and runs towards (p3 + p2 - p1 - p0).
  const middle: Point = {
    x: (first.x + 3 * one.x + 3 * other.x + second.x) / 8,
    y: (first.y + 3 * one.y + 3 * other.y + second.y) / 8,
  }
  const towards: Point = { x: second.x + other.x - one.x - first.x, y: second.y + other.y - one.y - first.y }
  return {
    path: `M${first.x} ${first.y}C${one.x} ${one.y} ${other.x} ${other.y} ${second.x} ${second.y}`,
    middle,
    angle: (Math.atan2(towards.y, towards.x) * 180) / Math.PI,
  }
}

function bendOfRow(first: Point, second: Point, band: PictureLayout['band']): number {
  const height = band.bottom - band.top
  const depth = Math.min(height * 0.9, height * 0.3 + Math.abs(second.x - first.x) * 0.06)
  return first.y === band.top ? first.y + depth : first.y - depth
}
