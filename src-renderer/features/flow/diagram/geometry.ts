/** Height of a row, of the heads above them, and where in its lane a point stands. In px. */
export const ROW_PX = 24
export const HEAD_PX = 32
const POINT_PX = 20

/** The line of a lane. */
export const laneX = (lane: number, laneWidthPx: number) => lane * laneWidthPx + POINT_PX

/** The middle of a row, below the heads. */
export const rowY = (row: number) => row * ROW_PX + ROW_PX

/** How long the tip of an arrow is. */
const TIP_PX = 7
/** Points are circles of this radius; arrows end at their edge. */
const POINT_RADIUS_PX = 5

/** The tip of an arrow, as the path of a filled triangle. */
export function arrowHead(fromX: number, fromY: number, toX: number, toY: number): string {
  const length = Math.hypot(toX - fromX, toY - fromY) || 1
  const [dx, dy] = [(toX - fromX) / length, (toY - fromY) / length]
  const [tipX, tipY] = [toX - dx * POINT_RADIUS_PX, toY - dy * POINT_RADIUS_PX]
  const [backX, backY] = [tipX - dx * TIP_PX, tipY - dy * TIP_PX]
  const half = TIP_PX / 2
  const corner = (side: number) => `${round(backX - dy * half * side)} ${round(backY + dx * half * side)}`
  return `M${round(tipX)} ${round(tipY)} L${corner(1)} L${corner(-1)} Z`
}

const round = (value: number) => Math.round(value * 10) / 10
