import type { LinkCurve, Point } from './link-geometry'
import type { Box, PictureLayout } from './picture-layout'

/** A link that tells something beside its line. */
export interface MarkedLink {
  readonly key: string
  readonly curve: LinkCurve
  /** Has a sign on its line. */
  readonly isCut: boolean
  /** Of the words that tell its delay, in px; 0 for none. */
  readonly labelWidth: number
}

/** Where the marks of a link stand: their middles. */
export interface LinkMarks {
  /** With the direction of the line there, in degrees. */
  readonly sign: (Point & { readonly angle: number }) | undefined
  readonly label: Point | undefined
}

/** Of the ring around a sign, and half the height of a label, in px. */
export const SIGN_RADIUS = 9
export const LABEL_HALF = 8
/** Between marks, in px. */
const GAP = 3
/** Where on its line a mark may stand, the best place first: further out lines of the same node lie close together. */
const PLACES = [0.5, 0.44, 0.56, 0.38, 0.62, 0.32, 0.68, 0.26, 0.74]

/**
 * Puts signs and labels where none lies on another: in a picture that is the same on both sides, all lines cross in the middle.
 * Signs go first and stand on their lines. A label goes beside the sign of its link, below it if that is free; or on the
 * line; or beside that. What finds no free place goes where it covers least.
 */
export function placeMarks(
  links: readonly MarkedLink[],
  { width, band }: Pick<PictureLayout, 'width' | 'band'>,
): ReadonlyMap<string, LinkMarks> {
  const taken: Box[] = []
  /** The first of the places that is free, or the one where least is covered. */
  function take<Place extends Point>(
    places: readonly Place[],
    halfWidth: number,
    halfHeight: number,
  ): Place | undefined {
    let best: { readonly place: Place; readonly box: Box; readonly covered: number } | undefined
    for (const place of places) {
      const box = boxAround(place, halfWidth, halfHeight)
      const covered = taken.reduce((sum, other) => sum + overlap(box, other), 0)
      if (best === undefined || covered < best.covered) best = { place, box, covered }
      if (covered === 0) break
    }
    if (best !== undefined) taken.push(best.box)
    return best?.place
  }

  // A short line has the fewest places.
  const inOrder = [...links].sort((one, other) => spanOf(one) - spanOf(other))
  const signs = new Map<string, LinkMarks['sign']>()
  for (const { key, curve, isCut } of inOrder) {
    if (isCut) signs.set(key, take(PLACES.map(curve.at), SIGN_RADIUS, SIGN_RADIUS))
  }
  return new Map(
    inOrder.map(({ key, curve, labelWidth }) => {
      const sign = signs.get(key)
      if (labelWidth === 0) return [key, { sign, label: undefined }]
      const half = labelWidth / 2
      const inside = ({ x, y }: Point): Point => ({
        x: Math.min(Math.max(x, half), Math.max(half, width - half)),
        y: Math.min(Math.max(y, band.top + LABEL_HALF), band.bottom - LABEL_HALF),
      })
      const around = (point: Point, right: number, down: number) =>
        [
          [0, down],
          [0, -down],
          [right, 0],
          [-right, 0],
        ].map(([x = 0, y = 0]) => ({ x: point.x + x, y: point.y + y }))
      const besideSign = sign ? around(sign, SIGN_RADIUS + half + GAP, SIGN_RADIUS + LABEL_HALF + GAP) : []
      const onLine = PLACES.map(curve.at)
      const besideLine = onLine.flatMap((point) => around(point, half + GAP, LABEL_HALF + GAP))
      const places = [...besideSign, ...onLine, ...besideLine].map(inside)
      return [key, { sign, label: take(places, half, LABEL_HALF) }]
    }),
  )
}

/** How far a line goes to the side, in px. */
const spanOf = ({ curve }: MarkedLink) => Math.abs(curve.at(1).x - curve.at(0).x)

function boxAround({ x, y }: Point, halfWidth: number, halfHeight: number): Box {
  const [wide, high] = [halfWidth + GAP / 2, halfHeight + GAP / 2]
  return { x: x - wide, y: y - high, width: 2 * wide, height: 2 * high }
}

/** How much two boxes cover of each other, in px². */
function overlap(one: Box, other: Box): number {
  const wide = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x)
  const high = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y)
  return wide > 0 && high > 0 ? wide * high : 0
}
